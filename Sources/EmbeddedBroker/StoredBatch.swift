import KafkaWire

/// One batch of a log. Replicas share the bytes.
struct StoredBatch: Sendable {
    /// The header with the offsets and timestamps that the leader assigned.
    let header: RecordBatchHeader
    /// The whole batch.
    let bytes: [UInt8]

    var baseOffset: Int64 { header.baseOffset }
    var lastOffset: Int64 { header.baseOffset + Int64(header.lastOffsetDelta) }

    /// Copies `batch` once and writes `validated`'s header into the copy, at `baseOffset` of the log.
    init(
        _ batch: UnsafeRawBufferPointer, _ validated: BatchValidator.Validated, baseOffset: Int64, leaderEpoch: Int32
    ) {
        var header = validated.header
        header.baseOffset = baseOffset
        header.partitionLeaderEpoch = leaderEpoch
        var crc = header.crc
        bytes = Array(unsafeUninitializedCapacity: batch.count) { target, count in
            let raw = UnsafeMutableRawBufferPointer(target)
            raw.copyMemory(from: batch)
            raw.storeBytes(of: baseOffset.bigEndian, as: Int64.self)
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
}
