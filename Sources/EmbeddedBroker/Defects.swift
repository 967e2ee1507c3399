import KafkaWire

/// Wrongs that the broker does on purpose, to show that a judge finds them: a check that cannot fail proves nothing.
///
/// Properties of the broker, all off by default: `crosswind.defect.append.duplicates`,
/// `crosswind.defect.corrupt.payload`, `crosswind.defect.lose.every`, and those of ``TransactionDefects``.
struct Defects: Sendable {
    /// Appends a batch again where a deduplication was due.
    var appendsDuplicates = false
    /// Flips one bit of each batch's last byte, which is part of the last value, and corrects the checksum.
    var corruptsPayload = false
    /// Acknowledges every nth batch without appending it; 0 for none.
    var losesEvery = 0
    /// Wrongs of transactions.
    var transactions: TransactionDefects

    init(_ reader: PropertyReader, release: Release) throws {
        transactions = try TransactionDefects(reader, release: release)
        try reader.bool("", "crosswind.defect.append.duplicates", into: &appendsDuplicates)
        try reader.bool("", "crosswind.defect.corrupt.payload", into: &corruptsPayload)
        try reader.int("", "crosswind.defect.lose.every", into: &losesEvery, 0...Int.max)
    }

    /// The batch as a corrupting broker would store it. A record without headers ends with its header count, a zero, so
    /// the last byte of its value is the one before.
    static func corrupted(_ batch: UnsafeRawBufferPointer) -> [UInt8] {
        var bytes = [UInt8](batch)
        guard bytes.count > RecordBatchHeader.size + 2 else { return bytes }
        bytes[bytes.count - 2] ^= 1
        let crc = bytes[21...].withUnsafeBytes { CRC32C.checksum($0) }
        withUnsafeBytes(of: crc.bigEndian) { bytes.replaceSubrange(17..<21, with: $0) }
        return bytes
    }
}
