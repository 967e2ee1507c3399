import KafkaWire
import RecordCompression

/// One batch of a log, or one message of magic 0 or 1. Replicas share the bytes.
struct StoredBatch: Sendable {
    /// The header with the offsets and timestamps that the leader assigned. Of a message only what a message has is set.
    let header: RecordBatchHeader
    /// The whole batch or message.
    let bytes: [UInt8]
    /// What a control batch says.
    var marker: TransactionMarker?

    var baseOffset: Int64 { header.baseOffset }
    var lastOffset: Int64 { header.baseOffset + Int64(header.lastOffsetDelta) }

    /// Copies `batch` once and writes `validated`'s header into the copy, at `baseOffset` of the log.
    init(
        _ batch: UnsafeRawBufferPointer, _ validated: BatchValidator.Validated, baseOffset: Int64, leaderEpoch: Int32
    ) {
        var header = validated.header
        // The last offset is what counts: it differs from the rest only where the offset range may be wrong.
        let base = baseOffset + Int64(header.recordCount) - 1 - Int64(header.lastOffsetDelta)
        header.baseOffset = base
        header.partitionLeaderEpoch = leaderEpoch
        var crc = header.crc
        bytes = Array(unsafeUninitializedCapacity: batch.count) { target, count in
            let raw = UnsafeMutableRawBufferPointer(target)
            raw.copyMemory(from: batch)
            raw.storeBytes(of: base.bigEndian, as: Int64.self)
            raw.storeBytes(of: leaderEpoch.bigEndian, toByteOffset: 12, as: Int32.self)
            if validated.isRewritten {
                raw.storeBytes(of: header.attributes.bigEndian, toByteOffset: 21, as: Int16.self)
                raw.storeBytes(of: header.maxTimestamp.bigEndian, toByteOffset: 35, as: Int64.self)
                crc = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(raw)[21...]))
                raw.storeBytes(of: crc.bigEndian, toByteOffset: 17, as: UInt32.self)
            }
            count = batch.count
        }
        header.crc = crc
        self.header = header
    }

    /// A message that holds `records`: more than one only when it is compressed.
    init(message bytes: [UInt8], magic: Int8, codec: Compression, records: [PlainRecord], maxTimestamp: Int64) {
        var header = RecordBatchHeader()
        header.baseOffset = records[0].offset
        header.lastOffsetDelta = Int32(truncatingIfNeeded: records[records.count - 1].offset - records[0].offset)
        header.recordCount = Int32(records.count)
        header.magic = magic
        header.attributes = Int16(codec.rawValue)
        header.baseTimestamp = records[0].timestamp
        header.maxTimestamp = maxTimestamp
        header.batchLength = Int32(bytes.count - 12)
        self.header = header
        self.bytes = bytes
    }

    /// The records with their offsets in the log; empty when they cannot be read.
    func records() -> [PlainRecord] {
        bytes.withUnsafeBytes { raw in
            (try? header.magic < 2 ? PlainRecord.ofMessage(raw) : PlainRecord.ofBatch(raw, header)) ?? []
        }
    }
}
