import KafkaWire
import Testing

@testable import RawClient

/// Fetch answers as a broker that is wrong, or wants harm, would give them.
@Suite struct LogReaderTests {
    private func section(baseOffset: Int64, lastOffsetDelta: Int32 = 0) -> [UInt8] {
        var builder = RecordBatchBuilder([Record(value: [1, 2, 3])])
        builder.header.baseOffset = baseOffset
        builder.header.lastOffsetDelta = lastOffsetDelta
        return builder.build()
    }

    @Test(arguments: [Int64.max, Int64.max - 1, (Int64(1) << 62) + 1, Int64.min, -(Int64(1) << 31) - 1] as [Int64])
    func anOffsetThatNoLogCanHaveIsNamed(offset: Int64) throws {
        let error = #expect(throws: RawClientError.self) {
            try LogReader.batches(section(baseOffset: offset), "orders", 3, from: 0, "b:1")
        }
        #expect(error?.description.contains("a batch of orders-3 at offset \(offset), which no log can have") == true)
        var old = ByteWriter()
        Message(offset: offset, magic: 1, timestamp: 5, key: nil, value: [1]).write(to: &old)
        if offset > 0 {
            #expect(throws: RawClientError.self) { try LogReader.batches(old.bytes, "orders", 3, from: 0, "b:1") }
        }
    }

    @Test(arguments: [Int32.max, Int32.min, -1, 0] as [Int32])
    func theOffsetAfterABatchIsInBoundsWhateverItsHeaderSays(delta: Int32) throws {
        let section = section(baseOffset: 1 << 62, lastOffsetDelta: delta)
        let batches = try LogReader.batches(section, "t", 0, from: .min, "b:1")
        let batch = try #require(batches.first)
        #expect(LogReader.offset(after: batch) == 1 << 62 + Int64(max(delta, 0)) + 1)
    }
}
