import KafkaWire
import Testing

struct ProduceWalkTests {
    private let id = KafkaUUID(high: 1, low: 2)

    private func request(_ version: Int16) throws -> [UInt8] {
        var request = ProduceRequest()
        let first = RecordBatchBuilder([Record(value: [1])], producerID: 9, producerEpoch: 0, baseSequence: 4).build()
        let second = RecordBatchBuilder([Record(value: [UInt8](repeating: 5, count: 200))], producerID: 9).build()
        request.topics = [
            .init(
                name: "a", topicID: id, partitions: [.init(index: 0, records: first), .init(index: 1, records: nil)]),
            .init(name: "bb", topicID: id, partitions: [.init(index: 7, records: second)]),
        ]
        var writer = ByteWriter()
        try RequestHeader(apiKey: .produce, apiVersion: version, correlationID: 1, clientID: "c").write(to: &writer)
        try request.write(to: &writer, version: version)
        return writer.bytes
    }

    private struct Seen: Equatable {
        var topic: String
        var partition: Int32
        var length: Int
        var sequences: [Int32]
    }

    private func walk(_ bytes: [UInt8], visible: Int, version: Int16) throws -> (ProduceWalk.End, [Seen]) {
        try bytes.withUnsafeBytes { raw in
            let prefix = UnsafeRawBufferPointer(rebasing: raw[..<visible])
            var reader = ByteReader(prefix)
            let header = try RequestHeaderView(from: &reader)
            #expect(header.correlationID == 1)
            var seen: [Seen] = []
            let end = try ProduceWalk.walk(prefix, from: reader.position, length: raw.count, version: version) {
                seen.append(
                    Seen(
                        topic: String(decoding: $0.topicName, as: UTF8.self), partition: $0.partition,
                        length: $0.recordsLength, sequences: $0.batches.map(\.header.baseSequence)))
            }
            return (end, seen)
        }
    }

    @Test(arguments: [0, 3, 8, 9, 12, 13] as [Int16]) func walksEveryPartition(version: Int16) throws {
        let bytes = try request(version)
        let (end, seen) = try walk(bytes, visible: bytes.count, version: version)
        #expect(end == .complete)
        #expect(seen.map(\.partition) == [0, 1, 7])
        #expect(seen.map(\.sequences) == [[4], [], [-1]])
        #expect(seen.map(\.topic) == (version >= 13 ? ["", "", ""] : ["a", "a", "bb"]))
        #expect(seen[1].length == -1)
    }

    /// A snap length keeps a prefix: what it shows must be a prefix of the whole truth, and never an error.
    @Test(arguments: [3, 9, 13] as [Int16]) func everyPrefixShowsAPrefixOfTheTruth(version: Int16) throws {
        let bytes = try request(version)
        let (_, whole) = try walk(bytes, visible: bytes.count, version: version)
        for visible in 12..<bytes.count {
            let (end, seen) = try walk(bytes, visible: visible, version: version)
            #expect(end == .cut)
            #expect(seen.count <= whole.count)
            for (left, right) in zip(seen, whole) {
                #expect(left.topic == right.topic && left.partition == right.partition && left.length == right.length)
                #expect(left.sequences.isEmpty || left.sequences == right.sequences)
            }
        }
    }

    @Test func recordsBeyondTheFrameAreAnError() throws {
        var bytes = try request(8)
        bytes.removeLast(10)
        #expect(throws: KafkaWireError.self) { try walk(bytes, visible: bytes.count, version: 8) }
    }
}
