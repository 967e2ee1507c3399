import CaptureSynthesis
import FoundationEssentials
import KafkaWire

/// Small captures that between them reach every decoder.
enum Corpus {
    struct Entry {
        var bytes: [UInt8]
        /// Where TCP payload stands.
        var payloads: [Range<Int>]
    }

    static func make() throws -> [Entry] {
        var entries: [Entry] = []
        for version: Int16 in [0, 2, 3, 7, 8, 9, 11, 13] {
            for segmentSize in [1460, 61, 7] {
                entries.append(try produce(version: version, segmentSize: segmentSize, losing: []))
            }
            entries.append(try produce(version: version, segmentSize: 40, losing: [1, 3]))
        }
        for version: Int16 in [9, 10, 12] { entries.append(try metadata(version: version)) }
        entries.append(try producerID())
        entries += entries.prefix(12).map(asPcap)
        let whole = entries[0]
        for wrapping in Wrapping.allCases { entries.append(rewritten(whole) { wrapping.wrap($0) }) }
        entries.append(rewritten(whole, from: 4) { $0 })
        entries.append(rewritten(whole, from: 3) { $0 })
        entries.append(doubled(whole))
        entries.append(rewritten(whole) { Array($0.prefix(160)) })
        entries.append(try proxied(isBinary: false))
        entries.append(try proxied(isBinary: true))
        return entries
    }

    /// A capture file that is not packed.
    static func file(_ path: String) throws -> Entry {
        let bytes = Array(try Data(contentsOf: URL(filePath: path)))
        return Entry(bytes: bytes, payloads: payloads(in: bytes))
    }

    private static func capture(_ body: (SyntheticCapture) throws -> Void) rethrows -> [UInt8] {
        var bytes: [UInt8] = []
        let capture = SyntheticCapture { bytes += $0 }
        try body(capture)
        capture.finish()
        return bytes
    }

    private static func connection(_ capture: SyntheticCapture, segmentSize: Int) -> SyntheticConnection {
        SyntheticConnection(
            capture, client: .init(0xC612_0001, 40_000), broker: .init(0xC612_0101, 9092), clientISN: 0xffff_ff00,
            segmentSize: segmentSize)
    }

    private static func produce(version: Int16, segmentSize: Int, losing lost: Set<Int>) throws -> Entry {
        let bytes = try capture { capture in
            var connection = connection(capture, segmentSize: segmentSize)
            connection.open()
            for number: Int32 in 0..<3 {
                var first = SyntheticKafka.Batch()
                first.baseSequence = number == 2 ? 1 : number
                var second = first
                second.partition = 1
                connection.send(
                    try SyntheticKafka.request([first, second], correlationID: number, version: version),
                    fromClient: true, except: number == 1 ? lost : [])
                var answer = SyntheticKafka.Answer()
                answer.baseOffset = Int64(number)
                answer.logAppendTimeMs = number == 2 ? 5 : -1
                answer.errorCode = number == 1 ? 45 : 0
                connection.send(
                    try SyntheticKafka.response([answer], correlationID: number, version: version), fromClient: false)
            }
            connection.acknowledge(fromClient: true)
            connection.finish(fromClient: true)
            connection.reset(fromClient: false)
        }
        return Entry(bytes: bytes, payloads: payloads(in: bytes))
    }

    private static func metadata(version: Int16) throws -> Entry {
        var answer = MetadataResponse()
        answer.topics = [MetadataResponse.Topic(name: "orders", topicID: KafkaUUID(high: 1, low: 2))]
        return try exchange(.metadata, version, request: MetadataRequest(), response: answer)
    }

    private static func producerID() throws -> Entry {
        var answer = InitProducerIdResponse()
        answer.producerID = 1000
        answer.producerEpoch = 0
        return try exchange(.initProducerId, 4, request: InitProducerIdRequest(), response: answer)
    }

    private static func exchange(
        _ api: APIKey, _ version: Int16, request: some KafkaMessage, response: some KafkaMessage
    ) throws -> Entry {
        let bytes = try capture { capture in
            var connection = connection(capture, segmentSize: 1460)
            connection.open()
            let header = RequestHeader(apiKey: api, apiVersion: version, correlationID: 7, clientID: "fuzz")
            connection.send(
                try SyntheticKafka.frame(header) { try request.write(to: &$0, version: version) }, fromClient: true)
            var writer = ByteWriter()
            ResponseHeader.write(to: &writer, correlationID: 7, apiKey: api, apiVersion: version)
            try response.write(to: &writer, version: version)
            let length = withUnsafeBytes(of: UInt32(writer.count).bigEndian) { Array($0) }
            connection.send(length + writer.bytes, fromClient: false)
        }
        return Entry(bytes: bytes, payloads: payloads(in: bytes))
    }

    /// Where the payload of the packet blocks stands: behind the block header and 40 bytes of IPv4 and TCP.
    private static func payloads(in bytes: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        forEachBlock(bytes) { type, start, length in
            guard type == 6 else { return }
            let captured = Int(word(bytes, start + 20))
            if captured > 40 { ranges.append(start + 28 + 40..<start + 28 + captured) }
        }
        return ranges
    }

    /// The same packets as a classic file with microseconds in the other byte order.
    private static func asPcap(_ entry: Entry) -> Entry {
        var bytes: [UInt8] = []
        func append(_ value: UInt32) { withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) } }
        for value: UInt32 in [0xa1b2_c3d4, 0x0002_0004, 0, 0, 262_144, 101] { append(value) }
        var ranges: [Range<Int>] = []
        forEachBlock(entry.bytes) { type, start, length in
            guard type == 6 else { return }
            let captured = Int(word(entry.bytes, start + 20))
            for value: UInt32 in [1_795_550_000, UInt32(bytes.count), UInt32(captured), UInt32(captured)] {
                append(value)
            }
            if captured > 40 { ranges.append(bytes.count + 40..<bytes.count + captured) }
            bytes += entry.bytes[start + 28..<start + 28 + captured]
        }
        return Entry(bytes: bytes, payloads: ranges)
    }

    private static func forEachBlock(_ bytes: [UInt8], _ body: (UInt32, Int, Int) -> Void) {
        var offset = 0
        while offset + 12 <= bytes.count {
            let length = Int(word(bytes, offset + 4))
            body(word(bytes, offset), offset, length)
            offset += length
        }
    }

    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
    }
}
