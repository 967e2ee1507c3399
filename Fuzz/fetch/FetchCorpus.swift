import FuzzKit
import KafkaWire
import RecordCompression

/// Sound Fetch answers of every version.
enum FetchCorpus {
    static func entries() throws -> [(version: Int16, entry: FuzzEntry)] {
        var result: [(Int16, FuzzEntry)] = []
        for records in try sections() {
            for version in FetchResponse.versions {
                var answer = FetchResponse()
                answer.responses = [
                    .init(
                        topic: "t",
                        partitions: [.init(highWatermark: 9, lastStableOffset: 9, logStartOffset: 0, records: records)])
                ]
                var writer = ByteWriter()
                try answer.write(to: &writer, version: version)
                let frame = writer.bytes
                result.append((version, FuzzEntry(frame: frame, numbers: numbers(of: records, in: frame))))
            }
        }
        return result
    }

    /// Records as a log has them: batches of every codec, and messages of both old formats.
    private static func sections() throws -> [[UInt8]] {
        let records = (0..<3).map { Record(key: [1, 2], value: Array("value-\($0)".utf8), headers: [("h", [3])]) }
        var plain = RecordBatchBuilder(records, baseTimestamp: 1000, producerID: 4, producerEpoch: 0, baseSequence: 0)
        var control = plain
        control.header.attributes = 0x30
        var sections = [plain.build() + plain.build(), control.build()]
        plain.header.attributes = 1
        plain.records = Compressor.compress(plain.records, .gzip) ?? []
        sections.append(plain.build())
        // Snappy, LZ4 and zstd that hold bytes as they are; damage does the rest.
        for (codec, bytes) in [
            (Int16(2), [UInt8]([6, 20]) + [12, 0, 2, 4, 1, 2]),
            (3, [4, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, 4, 0, 0, 0x80]),
            (4, [0x28, 0xb5, 0x2f, 0xfd, 0x20, 4, 0x21, 0, 0, 1, 2, 3, 4]),
        ] {
            plain.header.attributes = codec
            plain.records = bytes
            sections.append(plain.build())
        }
        for magic in [Int8(0), 1] {
            var writer = ByteWriter()
            for offset in 0..<3 {
                Message(offset: Int64(offset), magic: magic, timestamp: 5, key: [1], value: [2, 3]).write(to: &writer)
            }
            sections.append(writer.bytes)
        }
        return sections
    }

    /// Where the numbers of the batch headers stand: each field that arithmetic is done with.
    private static func numbers(of records: [UInt8], in frame: [UInt8]) -> [Range<Int>] {
        guard let start = (0...frame.count - records.count).first(where: { frame[$0...].starts(with: records) }) else {
            return []
        }
        let fields = [(0, 8), (8, 4), (21, 2), (23, 4), (27, 8), (35, 8), (43, 8), (53, 4), (57, 4)]
        var numbers = fields.map { start + $0.0..<start + $0.0 + $0.1 }.filter { $0.upperBound <= frame.count }
        numbers += stride(from: 0, to: start - 8, by: 4).map { $0..<$0 + 8 }
        return numbers
    }
}
