import KafkaWire
import RecordCompression

/// Turns batches into the messages of magic 0 or 1 that old Fetch versions return (until 3.x).
///
/// Plays `RecordsUtil.downConvert` and, since 2.0, `LazyDownConversionRecords`: the codec is kept, headers and producer ids
/// are dropped, records before the offset asked for are left out of batches that are not compressed.
struct DownConversion {
    let release: Release
    /// The magic that the consumer reads.
    let magic: Int8

    /// zstd has no place in the old formats (KIP-110): 76 UNSUPPORTED_COMPRESSION_TYPE.
    struct UnsupportedCodec: Error {}

    /// What a consumer that fetched from `offset` is given for `batches`.
    ///
    /// - Throws: ``UnsupportedCodec`` when the first batch, or before 2.0 any, cannot be converted.
    func records(of batches: ArraySlice<StoredBatch>, from offset: Int64) throws(UnsupportedCodec) -> [UInt8] {
        var result: [UInt8] = []
        var firstSize = 0
        for batch in batches {
            if batch.header.compression == .zstd {
                guard release.padsConvertedRecords, !result.isEmpty else { throw UnsupportedCodec() }
                break
            }
            result += converted(batch, from: offset)
            if firstSize == 0 { firstSize = result.count }
        }
        guard release.padsConvertedRecords, !batches.isEmpty else { return result }
        let promised = result.isEmpty ? 12 : max(batches.reduce(0) { $0 + $1.bytes.count }, firstSize)
        if result.count > promised { result.removeLast(result.count - promised) }
        fill(&result, to: promised)
        return result
    }

    private func converted(_ batch: StoredBatch, from offset: Int64) -> [UInt8] {
        let header = batch.header
        guard !header.isControl || header.magic < 2 else { return [] }
        guard header.magic > magic else { return batch.bytes }
        let codec = header.compression ?? .none
        let records = batch.records().filter { codec != .none || $0.offset >= offset }
        let time = header.isLogAppendTime ? header.maxTimestamp : nil
        return MessageFormat.messages(records, magic: magic, codec: codec, appendTime: time).flatMap(\.bytes)
    }

    /// Fills up with messages that claim to be longer than what is left, so that consumers skip them
    /// (`LazyDownConversionRecordsSend.buildOverflowBatch`).
    private func fill(_ result: inout [UInt8], to size: Int) {
        while result.count < size {
            let left = size - result.count
            var writer = ByteWriter(capacity: left + 12)
            writer.write(Int64(-1))
            writer.write(Int32(max(left + 1, RecordBatchHeader.size)))
            writer.write(raw: [UInt8](repeating: 0, count: max(min(left + 1, 128 << 10) - 12, 0)))
            result += writer.bytes.prefix(left)
        }
    }
}
