/// A checked view of a TCP segment (RFC 9293). It borrows the bytes: it is valid as long as they are.
public struct TCPSegment {
    /// The bytes of the segment, from the source port to the end of the data.
    public let bytes: UnsafeRawBufferPointer

    /// Why bytes are not a TCP segment.
    public enum Flaw: UInt8, Error, Sendable, CaseIterable {
        /// Fewer than 20 bytes, or fewer than the data offset says.
        case truncatedHeader
        /// The data offset is below 20 bytes.
        case shortDataOffset
    }

    /// Checks the header's fields against the bytes. The checksum is not checked: see `hasValidChecksum`.
    ///
    /// - Throws: `Flaw`.
    @inlinable
    public init(_ bytes: UnsafeRawBufferPointer) throws(Flaw) {
        guard bytes.count >= 20 else { throw .truncatedHeader }
        let headerLength = Int(bytes[12] >> 4) * 4
        guard headerLength >= 20 else { throw .shortDataOffset }
        guard headerLength <= bytes.count else { throw .truncatedHeader }
        self.bytes = bytes
    }

    /// Source port.
    @inlinable public var sourcePort: UInt16 { bytes.wireUInt16(at: 0) }
    /// Destination port.
    @inlinable public var destinationPort: UInt16 { bytes.wireUInt16(at: 2) }
    /// Sequence number of the first byte of data, or of the SYN.
    @inlinable public var sequence: UInt32 { bytes.wireUInt32(at: 4) }
    /// Acknowledgement number; counts only with `Flags.ack`.
    @inlinable public var acknowledgement: UInt32 { bytes.wireUInt32(at: 8) }
    /// Length of the header with its options, in bytes.
    @inlinable public var headerLength: Int { Int(bytes[12] >> 4) * 4 }
    /// The control bits.
    @inlinable public var flags: Flags { Flags(rawValue: bytes[13]) }
    /// The receive window, not scaled.
    @inlinable public var window: UInt16 { bytes.wireUInt16(at: 14) }
    /// The checksum as it stands in the header.
    @inlinable public var checksum: UInt16 { bytes.wireUInt16(at: 16) }
    /// Options, with their padding.
    @inlinable public var options: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[20..<headerLength]) }
    /// The data.
    @inlinable public var payload: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[headerLength...]) }

    /// How much of the sequence space the segment takes: its data, and one each for SYN and FIN.
    @inlinable public var sequenceLength: UInt32 {
        UInt32(truncatingIfNeeded: bytes.count - headerLength)
            &+ (flags.contains(.syn) ? 1 : 0) &+ (flags.contains(.fin) ? 1 : 0)
    }

    /// Whether the checksum is right. A segment that was captured before the device filled it in has a wrong one.
    public func hasValidChecksum(in packet: IPv4Packet) -> Bool {
        var sum = packet.pseudoHeader(length: bytes.count)
        sum.add(bytes)
        return sum.checksum == 0
    }

    /// The control bits of a TCP header.
    public struct Flags: OptionSet, Sendable, Hashable {
        /// The bits as they stand in the header.
        public let rawValue: UInt8

        /// Makes the set from the header's byte.
        @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// No more data from the sender.
        @inlinable public static var fin: Flags { Flags(rawValue: 0x01) }
        /// Synchronise sequence numbers.
        @inlinable public static var syn: Flags { Flags(rawValue: 0x02) }
        /// Reset the connection.
        @inlinable public static var rst: Flags { Flags(rawValue: 0x04) }
        /// Push.
        @inlinable public static var psh: Flags { Flags(rawValue: 0x08) }
        /// The acknowledgement number counts.
        @inlinable public static var ack: Flags { Flags(rawValue: 0x10) }
        /// Urgent.
        @inlinable public static var urg: Flags { Flags(rawValue: 0x20) }
        /// ECN echo (RFC 3168).
        @inlinable public static var ece: Flags { Flags(rawValue: 0x40) }
        /// Congestion window reduced (RFC 3168).
        @inlinable public static var cwr: Flags { Flags(rawValue: 0x80) }
    }
}

/// Comparison of TCP sequence numbers, modulo 2^32 (RFC 9293, section 3.4).
public enum TCPSequence {
    /// The distance from `b` to `a`: positive when `a` comes after `b`.
    @inlinable public static func distance(_ a: UInt32, from b: UInt32) -> Int { Int(Int32(bitPattern: a &- b)) }
    /// Whether `a` comes before `b`.
    @inlinable public static func isBefore(_ a: UInt32, _ b: UInt32) -> Bool { Int32(bitPattern: a &- b) < 0 }
}
