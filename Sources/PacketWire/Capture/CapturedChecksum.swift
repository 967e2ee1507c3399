/// What the checksums of a captured packet say.
public enum CapturedChecksum: Sendable, Equatable {
    /// IP header and TCP checksum are right: the packet was checked, or can be, by its receiver.
    case right
    /// The TCP checksum holds the sum of the pseudo-header only: captured before the sender's device completed it, or
    /// after the receiver's kernel joined packets. Nothing can be said.
    case unfinished
    /// The TCP checksum is wrong. At the receiver's end that is a packet which its kernel throws away; at the sender's
    /// end it may be another way of leaving the work to the device.
    case wrong
    /// The IP header's checksum is wrong, so that not even the addresses can be believed.
    case wrongHeader
    /// Not TCP over IPv4, a fragment, cut by the snap length, or longer than any packet on a wire.
    case unknown

    /// Longer packets were joined by the receiving device, some of which leave any checksum in them.
    private static let longest = 1600

    /// Looks at a packet.
    public static func of(_ packet: CapturedPacket) -> CapturedChecksum {
        guard packet.bytes.count == packet.originalLength,
            let offset = packet.linkType.networkOffset(in: packet.bytes), packet.bytes.count >= offset + 40
        else { return .unknown }
        let ip = UnsafeRawBufferPointer(rebasing: packet.bytes[offset...])
        let headerLength = Int(ip[0] & 15) * 4
        guard ip[0] >> 4 == 4, headerLength >= 20, headerLength <= ip.count else { return .unknown }
        // Nothing that the header says can be believed before its checksum is.
        guard InternetChecksum.of(UnsafeRawBufferPointer(rebasing: ip[0..<headerLength])) == 0 else {
            // Some systems leave a 0 for the device to fill in.
            return ip.wireUInt16(at: 10) == 0 ? .unknown : .wrongHeader
        }
        guard let whole = try? IPv4Packet(ip), whole.protocolNumber == IPv4Packet.ProtocolNumber.tcp, !whole.isFragment,
            whole.payload.count >= 20, whole.bytes.count <= longest
        else { return .unknown }
        var sum = whole.pseudoHeader(length: whole.payload.count)
        if whole.payload.wireUInt16(at: 16) == sum.folded { return .unfinished }
        sum.add(whole.payload)
        return sum.checksum == 0 ? .right : .wrong
    }
}
