/// A checked view of an IPv4 packet (RFC 791). It borrows the bytes: it is valid as long as they are.
///
/// The initialiser proves that every accessor stays inside the bytes, so that none can trap, whatever a peer sends.
public struct IPv4Packet {
    /// The bytes of the packet, from the version field to the end of the payload. Padding after the packet is cut off.
    public let bytes: UnsafeRawBufferPointer

    /// Why bytes are not an IPv4 packet.
    public enum Flaw: UInt8, Error, Sendable, CaseIterable {
        /// Fewer than 20 bytes, or fewer than the header says.
        case truncatedHeader
        /// The version is not 4.
        case wrongVersion
        /// The header length field is below 20 bytes.
        case shortHeaderLength
        /// The total length is below the header's length, or above the number of bytes at hand.
        case wrongTotalLength
    }

    /// Checks the header's fields against the bytes. The checksum is not checked: see `hasValidHeaderChecksum`.
    ///
    /// - Parameter allowsTruncation: accept fewer bytes than the total length says, as a capture with a snap length
    ///   holds them; the view is then shorter than the packet.
    /// - Throws: `Flaw`.
    @inlinable
    public init(_ bytes: UnsafeRawBufferPointer, allowsTruncation: Bool = false) throws(Flaw) {
        guard bytes.count >= 20 else {
            if let first = bytes.first, first >> 4 != 4 { throw .wrongVersion }
            throw .truncatedHeader
        }
        guard bytes[0] >> 4 == 4 else { throw .wrongVersion }
        let headerLength = Int(bytes[0] & 0x0F) * 4
        guard headerLength >= 20 else { throw .shortHeaderLength }
        guard headerLength <= bytes.count else { throw .truncatedHeader }
        let total = Int(bytes.wireUInt16(at: 2))
        guard total >= headerLength, total <= bytes.count || allowsTruncation else { throw .wrongTotalLength }
        self.bytes = UnsafeRawBufferPointer(rebasing: bytes[0..<min(total, bytes.count)])
    }

    /// Length of the header with its options, in bytes.
    @inlinable public var headerLength: Int { Int(bytes[0] & 0x0F) * 4 }
    /// The total length that the header names, in bytes.
    @inlinable public var totalLength: Int { Int(bytes.wireUInt16(at: 2)) }
    /// The identification field.
    @inlinable public var identification: UInt16 { bytes.wireUInt16(at: 4) }
    /// The don't-fragment bit.
    @inlinable public var dontFragment: Bool { bytes[6] & 0x40 != 0 }
    /// True for every part of a fragmented packet, the first too.
    @inlinable public var isFragment: Bool { bytes.wireUInt16(at: 6) & 0x3FFF != 0 }
    /// Time to live.
    @inlinable public var timeToLive: UInt8 { bytes[8] }
    /// Protocol number of the payload: 6 TCP, 17 UDP, 1 ICMP.
    @inlinable public var protocolNumber: UInt8 { bytes[9] }
    /// Source address.
    @inlinable public var source: IPv4Address { IPv4Address(bytes.wireUInt32(at: 12)) }
    /// Destination address.
    @inlinable public var destination: IPv4Address { IPv4Address(bytes.wireUInt32(at: 16)) }
    /// What follows the header.
    @inlinable public var payload: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[headerLength...]) }

    /// Whether the header's checksum is right.
    public var hasValidHeaderChecksum: Bool {
        InternetChecksum.of(UnsafeRawBufferPointer(rebasing: bytes[0..<headerLength])) == 0
    }

    /// The sum over the pseudo-header of TCP and UDP (RFC 9293, section 3.1) for a payload of that length.
    public func pseudoHeader(length: Int) -> InternetChecksum {
        var sum = InternetChecksum()
        sum.add(UnsafeRawBufferPointer(rebasing: bytes[12..<20]))
        sum.add(UInt16(protocolNumber))
        sum.add(UInt16(truncatingIfNeeded: length))
        return sum
    }

    /// Protocol numbers.
    public enum ProtocolNumber {
        /// TCP.
        public static let tcp: UInt8 = 6
        /// UDP.
        public static let udp: UInt8 = 17
    }
}

extension UnsafeRawBufferPointer {
    /// The 16-bit field in network byte order at an offset that is known to lie inside.
    @inlinable func wireUInt16(at offset: Int) -> UInt16 {
        UInt16(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    /// The 32-bit field in network byte order at an offset that is known to lie inside.
    @inlinable func wireUInt32(at offset: Int) -> UInt32 {
        UInt32(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
