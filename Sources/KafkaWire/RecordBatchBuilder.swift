/// Builds batches of magic 2, right or wrong: every header field can be set to anything, so that a test or the raw
/// producer can break any rule.
public struct RecordBatchBuilder: Sendable {
    /// The header's fields. ``build()`` computes `batchLength` and `crc`, and leaves the others as they are.
    public var header = RecordBatchHeader()
    /// The records section: already encoded, compressed if the attributes say so.
    public var records: [UInt8] = []

    /// A batch of `records` whose header counts them rightly.
    public init(
        _ records: [Record], baseTimestamp: Int64 = 0, producerID: Int64 = -1, producerEpoch: Int16 = -1,
        baseSequence: Int32 = -1
    ) {
        self.records = Self.encode(records)
        header.recordCount = Int32(records.count)
        header.lastOffsetDelta = Int32(records.count) - 1
        header.baseTimestamp = baseTimestamp
        header.maxTimestamp = baseTimestamp &+ (records.map(\.timestampDelta).max() ?? 0)
        header.producerID = producerID
        header.producerEpoch = producerEpoch
        header.baseSequence = baseSequence
    }

    /// The records section of `records`, uncompressed.
    public static func encode(_ records: [Record]) -> [UInt8] {
        var writer = ByteWriter(capacity: records.reduce(0) { $0 + 24 + ($1.value?.count ?? 0) })
        for (index, record) in records.enumerated() { record.write(to: &writer, offsetDelta: Int32(index)) }
        return writer.bytes
    }

    /// The batch with its length and its CRC.
    public func build() -> [UInt8] {
        var header = header
        header.batchLength = Int32(RecordBatchHeader.size - 12 + records.count)
        var writer = ByteWriter(capacity: RecordBatchHeader.size + records.count)
        header.write(to: &writer)
        writer.write(raw: records)
        Self.seal(&writer)
        return writer.bytes
    }

    private static func seal(_ writer: inout ByteWriter) {
        let crc = writer.bytes.withUnsafeBytes {
            CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[RecordBatchHeader.checkedFromOffset...]))
        }
        writer.overwrite(crc, at: 17)
    }
}
