import KafkaWire

/// Packs bytes as gzip with stored blocks: valid for every reader, without making them smaller. For the raw client,
/// which must send gzip and need not save bytes.
public enum GzipStored {
    /// The gzip form of `bytes`.
    public static func compress(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
        var start = 0
        repeat {
            let count = min(bytes.count - start, 65535)
            let isLast = start + count == bytes.count
            result.append(isLast ? 1 : 0)
            for value in [UInt16(count), ~UInt16(count)] {
                result.append(UInt8(value & 0xff))
                result.append(UInt8(value >> 8))
            }
            result += bytes[start..<start + count]
            start += count
        } while start < bytes.count
        let crc = bytes.withUnsafeBytes { CRC32.checksum($0) }
        for value in [crc, UInt32(truncatingIfNeeded: bytes.count)] {
            withUnsafeBytes(of: value.littleEndian) { result.append(contentsOf: $0) }
        }
        return result
    }
}
