/// The Internet checksum (RFC 1071): the ones' complement of the ones' complement sum of 16-bit words.
public struct InternetChecksum: Sendable {
    private var sum: UInt64 = 0
    private var isOdd = false

    /// Starts with an empty sum.
    public init() {}

    /// Adds a 16-bit word in host byte order. Only at an even position.
    @inlinable public mutating func add(_ word: UInt16) { addWide(UInt64(word)) }

    @usableFromInline mutating func addWide(_ value: UInt64) { sum &+= value }

    /// Adds bytes as they stand in the packet. An odd number of bytes is padded with a zero at the very end only, so
    /// that parts may be added one after another.
    public mutating func add(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return }
        var index = 0
        let count = bytes.count
        if isOdd {
            sum &+= UInt64(base.load(as: UInt8.self))
            isOdd = false
            index = 1
        }
        // Adding words in the machine's order and swapping the folded sum is RFC 1071's "byte order independence". Four
        // sums of eight bytes each, with their carries, do not wait for one another.
        var (a, b, c, d) = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        while index + 32 <= count {
            a = Self.addWithCarry(a, base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            b = Self.addWithCarry(b, base.loadUnaligned(fromByteOffset: index + 8, as: UInt64.self))
            c = Self.addWithCarry(c, base.loadUnaligned(fromByteOffset: index + 16, as: UInt64.self))
            d = Self.addWithCarry(d, base.loadUnaligned(fromByteOffset: index + 24, as: UInt64.self))
            index += 32
        }
        var wide = Self.addWithCarry(Self.addWithCarry(a, b), Self.addWithCarry(c, d))
        while index + 4 <= count {
            wide = Self.addWithCarry(wide, UInt64(base.loadUnaligned(fromByteOffset: index, as: UInt32.self)))
            index += 4
        }
        var folded = (wide & 0xFFFF_FFFF) &+ (wide >> 32)
        folded = (folded & 0xFFFF) &+ (folded >> 16)
        folded = (folded & 0xFFFF) &+ (folded >> 16)
        folded = (folded & 0xFFFF) &+ (folded >> 16)
        sum &+= UInt64(UInt16(truncatingIfNeeded: folded).bigEndian)
        while index + 2 <= count {
            sum &+= UInt64(base.loadUnaligned(fromByteOffset: index, as: UInt16.self).bigEndian)
            index += 2
        }
        if index < count {
            sum &+= UInt64(base.load(fromByteOffset: index, as: UInt8.self)) << 8
            isOdd = true
        }
    }

    /// The ones' complement sum of two 64-bit numbers.
    @inline(__always)
    private static func addWithCarry(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (sum, carry) = a.addingReportingOverflow(b)
        return carry ? sum &+ 1 : sum
    }

    /// The sum folded to 16 bits, not complemented: what a partial checksum holds.
    public var folded: UInt16 {
        var value = sum
        while value > 0xFFFF { value = (value & 0xFFFF) &+ (value >> 16) }
        return UInt16(truncatingIfNeeded: value)
    }

    /// The checksum as it stands in a header, in host byte order.
    public var checksum: UInt16 { ~folded }

    /// The checksum of these bytes.
    public static func of(_ bytes: UnsafeRawBufferPointer) -> UInt16 {
        var sum = InternetChecksum()
        sum.add(bytes)
        return sum.checksum
    }
}
