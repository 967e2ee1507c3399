/// A packet that resets a TCP connection.
public enum TCPReset {
    /// Length of the packet in bytes: headers without options.
    public static let length = 40

    /// Writes a reset into the first 40 bytes.
    ///
    /// A receiver accepts it only where `sequence` is exactly what it expects next (RFC 5961, section 3.2).
    ///
    /// - Parameter acknowledgement: set with the ACK bit; nil leaves both out.
    /// - Precondition: at least 40 bytes.
    public static func write(
        into bytes: UnsafeMutableRawBufferPointer, source: IPv4Address, sourcePort: UInt16, destination: IPv4Address,
        destinationPort: UInt16, sequence: UInt32, acknowledgement: UInt32?
    ) {
        precondition(bytes.count >= length, "a reset needs \(length) bytes")
        for index in 0..<length { bytes[index] = 0 }
        bytes[0] = 0x45
        bytes.storeWire(UInt16(length), at: 2)
        bytes[6] = 0x40
        bytes[8] = 64
        bytes[9] = IPv4Packet.ProtocolNumber.tcp
        bytes.storeWire(source.value, at: 12)
        bytes.storeWire(destination.value, at: 16)
        bytes.storeWire(sourcePort, at: 20)
        bytes.storeWire(destinationPort, at: 22)
        bytes[32] = 0x50
        bytes[33] = TCPSegment.Flags.rst.rawValue
        setNumbers(sequence: sequence, acknowledgement: acknowledgement, in: bytes)
    }

    /// Sets sequence and acknowledgement numbers of a reset that `write` made, and both checksums.
    public static func setNumbers(
        sequence: UInt32, acknowledgement: UInt32?, in bytes: UnsafeMutableRawBufferPointer
    ) {
        bytes.storeWire(sequence, at: 24)
        bytes.storeWire(acknowledgement ?? 0, at: 28)
        bytes[33] =
            TCPSegment.Flags.rst.rawValue | (acknowledgement == nil ? 0 : TCPSegment.Flags.ack.rawValue)
        let packet = UnsafeMutableRawBufferPointer(rebasing: bytes[0..<length])
        IPv4Mutation.updateHeaderChecksum(packet)
        IPv4Mutation.updateTCPChecksum(packet)
    }
}
