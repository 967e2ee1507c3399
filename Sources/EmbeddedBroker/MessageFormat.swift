import KafkaWire
import RecordCompression

/// Turns records into the format that a topic stores or an old consumer reads, keeping their codec
/// (`MemoryRecordsBuilder`).
enum MessageFormat {
    /// One batch of magic 2 for the messages of an old producer, as it would have sent it.
    static func batch(_ records: [PlainRecord], codec: Compression) -> [UInt8] {
        let base = records[0].timestamp
        var builder = RecordBatchBuilder(
            records.map { Record(key: $0.key, value: $0.value, timestampDelta: $0.timestamp &- base) },
            baseTimestamp: base)
        builder.header.maxTimestamp = records.map(\.timestamp).max() ?? -1
        if let packed = Compressor.compress(builder.records, codec) {
            builder.records = packed
            builder.header.attributes |= Int16(codec.rawValue)
        }
        return builder.build()
    }

    /// The messages of magic 0 or 1 that hold `records`, whose offsets are those of the log: one for each, or one for all
    /// when they are packed.
    ///
    /// - Parameter appendTime: the broker's time where it stands for the producer's.
    static func messages(
        _ records: [PlainRecord], magic: Int8, codec: Compression, appendTime: Int64? = nil
    ) -> [StoredBatch] {
        guard !records.isEmpty else { return [] }
        let kind: Int8 = appendTime != nil && magic > 0 ? 8 : 0
        guard codec != .none, codec != .zstd else {
            return records.map { record in
                let time = magic == 0 ? -1 : appendTime ?? record.timestamp
                let bytes = write([record], magic: magic, attributes: kind, firstOffset: nil, appendTime: appendTime)
                return StoredBatch(
                    message: bytes, magic: magic, codec: .none, records: [record], maxTimestamp: time)
            }
        }
        let inner = write(
            records, magic: magic, attributes: kind, firstOffset: magic == 1 ? records[0].offset : nil,
            appendTime: appendTime)
        let time = magic == 0 ? -1 : appendTime ?? records.map(\.timestamp).max() ?? -1
        var writer = ByteWriter(capacity: inner.count + 64)
        Message(
            offset: records[records.count - 1].offset, magic: magic, attributes: Int8(codec.rawValue) | kind,
            timestamp: time, value: Compressor.compress(inner, codec)
        ).write(to: &writer)
        return [StoredBatch(message: writer.bytes, magic: magic, codec: codec, records: records, maxTimestamp: time)]
    }

    private static func write(
        _ records: [PlainRecord], magic: Int8, attributes: Int8, firstOffset: Int64?, appendTime: Int64?
    ) -> [UInt8] {
        var writer = ByteWriter()
        for record in records {
            Message(
                offset: record.offset - (firstOffset ?? 0), magic: magic, attributes: attributes,
                timestamp: appendTime ?? record.timestamp, key: record.key, value: record.value
            ).write(to: &writer)
        }
        return writer.bytes
    }
}
