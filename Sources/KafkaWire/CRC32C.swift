import CCRC32C

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), which protects record batches of magic 2.
///
/// By the processor's instruction where it has one, else eight bytes a step from eight tables.
public enum CRC32C {
    /// The checksum of `bytes`.
    public static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        update(0, bytes)
    }

    /// Continues `crc` (0 at the start) over `bytes`.
    public static func update(_ crc: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard isInHardware else { return SlicedCRC.castagnoli.update(crc, bytes) }
        guard let base = bytes.baseAddress else { return crc }
        return ~crosswind_crc32c(~crc, base, bytes.count)
    }

    private static let isInHardware = crosswind_crc32c_is_available() != 0
}

/// CRC-32 (IEEE 802.3), which protects messages of magic 0 and 1.
public enum CRC32 {
    /// The checksum of `bytes`.
    public static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        SlicedCRC.ieee.update(0, bytes)
    }
}

/// A reflected 32-bit CRC by slicing-by-8.
struct SlicedCRC: Sendable {
    private let tables: [UInt32]

    static let castagnoli = SlicedCRC(polynomial: 0x82f6_3b78)
    static let ieee = SlicedCRC(polynomial: 0xedb8_8320)

    init(polynomial: UInt32) {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for index in 0..<256 {
            var value = UInt32(index)
            for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ polynomial : value >> 1 }
            tables[index] = value
        }
        for table in 1..<8 {
            for index in 0..<256 {
                let previous = tables[(table - 1) * 256 + index]
                tables[table * 256 + index] = (previous >> 8) ^ tables[Int(previous & 0xff)]
            }
        }
        self.tables = tables
    }

    func update(_ crc: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard let base = bytes.baseAddress else { return crc }
        return tables.withUnsafeBufferPointer { table in
            let table = table.baseAddress!
            var crc = ~crc
            var offset = 0
            let count = bytes.count
            while count - offset >= 8 {
                let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                let low = UInt32(truncatingIfNeeded: word) ^ crc
                let high = UInt32(truncatingIfNeeded: word >> 32)
                let first =
                    table[7 &* 256 &+ Int(low & 0xff)] ^ table[6 &* 256 &+ Int((low >> 8) & 0xff)]
                    ^ table[5 &* 256 &+ Int((low >> 16) & 0xff)] ^ table[4 &* 256 &+ Int(low >> 24)]
                let second =
                    table[3 &* 256 &+ Int(high & 0xff)] ^ table[2 &* 256 &+ Int((high >> 8) & 0xff)]
                    ^ table[1 &* 256 &+ Int((high >> 16) & 0xff)] ^ table[Int(high >> 24)]
                crc = first ^ second
                offset &+= 8
            }
            while offset < count {
                let byte = base.loadUnaligned(fromByteOffset: offset, as: UInt8.self)
                crc = table[Int((crc ^ UInt32(byte)) & 0xff)] ^ (crc >> 8)
                offset &+= 1
            }
            return ~crc
        }
    }
}
