/// Changing a packet in place. Every function leaves the checksums right.
public enum IPv4Mutation {
    /// Writes the header's checksum anew.
    ///
    /// - Precondition: the bytes hold a packet that `IPv4Packet` accepts.
    public static func updateHeaderChecksum(_ bytes: UnsafeMutableRawBufferPointer) {
        let headerLength = Int(bytes[0] & 0x0F) * 4
        bytes.storeWire(UInt16(0), at: 10)
        let sum = InternetChecksum.of(UnsafeRawBufferPointer(rebasing: bytes[0..<headerLength]))
        bytes.storeWire(sum, at: 10)
    }

    /// Writes the TCP checksum anew.
    ///
    /// - Precondition: the bytes are exactly a packet that `IPv4Packet` and `TCPSegment` accept.
    public static func updateTCPChecksum(_ bytes: UnsafeMutableRawBufferPointer) {
        let headerLength = Int(bytes[0] & 0x0F) * 4
        bytes.storeWire(UInt16(0), at: headerLength + 16)
        var sum = InternetChecksum()
        sum.add(UnsafeRawBufferPointer(rebasing: bytes[12..<20]))
        sum.add(UInt16(bytes[9]))
        sum.add(UInt16(truncatingIfNeeded: bytes.count - headerLength))
        sum.add(UnsafeRawBufferPointer(rebasing: bytes[headerLength...]))
        bytes.storeWire(sum.checksum, at: headerLength + 16)
    }

    /// Sets the total length and both checksums after the payload was cut to `length` bytes in all.
    public static func setTotalLength(_ length: Int, _ bytes: UnsafeMutableRawBufferPointer) {
        bytes.storeWire(UInt16(truncatingIfNeeded: length), at: 2)
        updateHeaderChecksum(bytes)
        updateTCPChecksum(UnsafeMutableRawBufferPointer(rebasing: bytes[0..<length]))
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Stores a 16-bit field in network byte order.
    @inlinable func storeWire(_ value: UInt16, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt16.self)
    }

    /// Stores a 32-bit field in network byte order.
    @inlinable func storeWire(_ value: UInt32, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt32.self)
    }
}
