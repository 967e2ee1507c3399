import KafkaWire

/// The CRC-32C of a batch's records alone, worked out from the batch's own CRC without touching the records.
///
/// A batch's CRC covers 40 bytes of header and then the records. The header changes when a client raises its epoch and
/// sends the same records again; the records do not, and they are what must be recognised. CRCs are linear: the CRC of
/// `header ++ records` is the header's, moved on by the length of the records, xor that of the records. So one
/// multiplication modulo the polynomial takes the header's part out again, at a cost that grows with the logarithm of the
/// length, and it works for records that a snap length cut off.
enum RecordsChecksum {
    private static let polynomial: UInt32 = 0x82f6_3b78
    /// x^(8 * 2^n) modulo the polynomial, reflected.
    private static let powers: [UInt32] = {
        var powers: [UInt32] = [1 << 23]  // x^8
        for _ in 1..<32 { powers.append(multiply(powers[powers.count - 1], powers[powers.count - 1])) }
        return powers
    }()

    /// The checksum of the records of a batch whose checked header part is `header` (40 bytes) and whose records' length
    /// has this ``factor(_:)``.
    static func records(batch: UInt32, header: UnsafeRawBufferPointer, factor: UInt32) -> UInt32 {
        batch ^ multiply(CRC32C.checksum(header), factor)
    }

    /// `crc` moved on over `length` bytes.
    static func advance(_ crc: UInt32, by length: Int) -> UInt32 { multiply(crc, factor(length)) }

    /// x^(8 * length) modulo the polynomial.
    static func factor(_ length: Int) -> UInt32 {
        var result: UInt32 = 1 << 31
        var rest = UInt32(clamping: length)
        var bit = 0
        while rest != 0 {
            if rest & 1 != 0 { result = multiply(result, powers[bit]) }
            rest >>= 1
            bit += 1
        }
        return result
    }

    /// The product of two reflected polynomials modulo the CRC-32C polynomial.
    private static func multiply(_ a: UInt32, _ b: UInt32) -> UInt32 {
        var product: UInt32 = 0
        var b = b
        var mask: UInt32 = 1 << 31
        while mask != 0 {
            if a & mask != 0 { product ^= b }
            b = b & 1 != 0 ? (b >> 1) ^ polynomial : b >> 1
            mask >>= 1
        }
        return product
    }
}
