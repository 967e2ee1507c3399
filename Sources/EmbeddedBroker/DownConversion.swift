import KafkaWire
import RecordCompression

/// Turns batches into the messages of magic 0 or 1 that old Fetch versions return (until 3.x).
///
/// The messages are uncompressed whatever the batch was: every old client reads them, at the price of size. Headers and
/// producer ids have no place in the old format and are dropped, as Kafka drops them.
enum DownConversion {
    static func messages(of batch: StoredBatch, from offset: Int64, magic: Int8) -> [UInt8] {
        var writer = ByteWriter(capacity: batch.bytes.count + Int(batch.header.recordCount) * 16)
        let header = batch.header
        guard !header.isControl else { return [] }
        batch.bytes.withUnsafeBytes { raw in
            let section = UnsafeRawBufferPointer(rebasing: raw[RecordBatchHeader.size...])
            try? Decompression.withRecords(section, header.compression ?? .none) { records in
                try RecordView.forEach(in: records, count: header.recordCount) { record in
                    let at = header.baseOffset + Int64(record.offsetDelta)
                    guard at >= offset else { return }
                    let time =
                        header.isLogAppendTime ? header.maxTimestamp : header.baseTimestamp &+ record.timestampDelta
                    Message(
                        offset: at, magic: magic, attributes: header.isLogAppendTime && magic > 0 ? 8 : 0,
                        timestamp: time, key: record.key.map(Array.init), value: record.value.map(Array.init)
                    ).write(to: &writer)
                }
            }
        }
        return writer.bytes
    }
}
