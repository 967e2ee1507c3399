/// An IPv4 or IPv6 address as a value that is cheap to compare and hash.
///
/// IPv4 addresses are kept as IPv4-mapped IPv6 addresses (RFC 4291, 2.5.5.2), so that one table serves both.
public struct IPAddress: Hashable, Sendable {
    /// The first 64 bits, most significant byte first.
    public let high: UInt64
    /// The last 64 bits.
    public let low: UInt64

    private static let mappedPrefix: UInt64 = 0x0000_ffff_0000_0000

    /// An IPv4 address in host byte order, for example `0xC612_0001` for 198.18.0.1.
    @inlinable
    public init(v4: UInt32) {
        high = 0
        low = 0x0000_ffff_0000_0000 | UInt64(v4)
    }

    /// An IPv6 address as two halves in host byte order.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// True for an IPv4 address.
    public var isV4: Bool { high == 0 && low & 0xffff_ffff_0000_0000 == Self.mappedPrefix }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted decimal for IPv4; for IPv6 the text of RFC 5952 (longest run of zero groups as `::`).
    public var description: String {
        if isV4 {
            return "\(low >> 24 & 255).\(low >> 16 & 255).\(low >> 8 & 255).\(low & 255)"
        }
        let groups = (0..<8).map { index -> UInt64 in
            let half = index < 4 ? high : low
            return half >> UInt64(48 - 16 * (index % 4)) & 0xffff
        }
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > best.count, end - start > 1 { best = start..<end }
            start = max(end, start + 1)
        }
        func text(_ range: Range<Int>) -> String {
            range.map { String(groups[$0], radix: 16) }.joined(separator: ":")
        }
        return best.isEmpty ? text(0..<8) : text(0..<best.lowerBound) + "::" + text(best.upperBound..<8)
    }
}
