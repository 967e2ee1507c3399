/// A TCP segment of a capture: headers decoded, payload as a view.
///
/// It differs from the link's header views in what a capture may hold: packets cut by a snap length, IPv6 extension
/// headers, lengths of 0 left by segmentation offload. Checksums are
/// not verified, since offload leaves them wrong in captures: see ``CapturedChecksum``.
public struct CapturedSegment {
    /// Sender.
    public var source: IPAddress
    /// Receiver.
    public var destination: IPAddress
    /// Sender's port.
    public var sourcePort: UInt16
    /// Receiver's port.
    public var destinationPort: UInt16
    /// Sequence number of the first payload byte (of the SYN itself for a SYN).
    public var sequence: UInt32
    /// Acknowledgement number; meaningful when ``hasAcknowledgement``.
    public var acknowledgement: UInt32
    /// The flag byte of RFC 9293, 3.1.
    public var flags: UInt8
    /// Time to live or hop limit.
    public var timeToLive: UInt8
    /// The part of the payload that was captured.
    public var payload: UnsafeRawBufferPointer
    /// Length of the payload on the wire.
    public var payloadLength: Int
    /// The window field, not scaled (RFC 9293, 3.1).
    public var window: UInt16
    /// The shift of a SYN's window scale option (RFC 7323, 2.2), 14 at most; nil where there is none.
    public var windowShift: UInt8?
    /// The identification of an IPv4 packet, with which most senders count their packets; 0 for IPv6.
    public var packetNumber: UInt16
    /// The IP packet, from its version field on, as far as it was captured.
    public var network: UnsafeRawBufferPointer
    /// The tunnels that it was found in.
    public var tunnels: TunnelSet

    /// The identification field of an IPv4 packet.
    public var identification: UInt16 { network.wireUInt16(at: 4) }
    /// The length of an IPv4 packet as its header says; 0 where segmentation offload left none.
    public var networkLength: Int { Int(network.wireUInt16(at: 2)) }

    /// FIN.
    public var isFinish: Bool { flags & 0x01 != 0 }
    /// SYN.
    public var isSynchronise: Bool { flags & 0x02 != 0 }
    /// RST.
    public var isReset: Bool { flags & 0x04 != 0 }
    /// ACK.
    public var hasAcknowledgement: Bool { flags & 0x10 != 0 }

    /// What a packet turned out to be.
    public enum Outcome {
        /// A TCP segment.
        case segment(CapturedSegment)
        /// Something else, by its kind.
        case passedOver(PassedOver)
        /// A part of an IP packet.
        case fragment(IPFragment)
        /// Too short or contradictory.
        case malformed
    }

    /// Decodes a captured packet: link layer, tunnels, IPv4 or IPv6 with extension headers, TCP.
    public static func decode(_ packet: CapturedPacket) -> Outcome {
        let bytes = packet.bytes
        guard let offset = packet.linkType.networkOffset(in: bytes), bytes.count > offset else {
            return PacketDissector.link(packet)
        }
        return PacketDissector.network(
            PacketDissector.Place(
                bytes: UnsafeRawBufferPointer(rebasing: bytes[offset...]), onWire: packet.originalLength - offset))
    }

    /// Decodes an IP packet that was put together of fragments.
    ///
    /// - Parameters:
    ///   - onWire: its length on the wire.
    ///   - tunnels: what its fragments were found in.
    public static func decode(
        network: UnsafeRawBufferPointer, onWire: Int, tunnels: TunnelSet, depth: Int
    ) -> Outcome {
        PacketDissector.network(
            PacketDissector.Place(bytes: network, onWire: onWire, tunnels: tunnels, depth: depth))
    }

    static func decodeIPv4(_ place: PacketDissector.Place) -> Outcome {
        let ip = place.bytes
        guard ip.count >= 20 else { return .malformed }
        let headerLength = Int(ip[0] & 15) * 4
        guard headerLength >= 20, ip.count >= headerLength else { return .malformed }
        // Segmentation offload can leave 0 here; then the frame's own length is all there is.
        let stated = Int(be16(ip, 2))
        let total = stated == 0 ? place.onWire : stated
        guard total >= headerLength else { return .malformed }
        if be16(ip, 6) & 0x3fff != 0 {
            return IPFragment(v4: ip, headerLength: headerLength, total: total, place).map { .fragment($0) }
                ?? .malformed
        }
        guard ip[9] == 6 else {
            guard var body = place.behind(headerLength) else { return .malformed }
            body.limit(to: total - headerLength)
            return PacketDissector.transport(ip[9], body, isV4: true)
        }
        return decodeTCP(
            ip, at: headerLength, end: total, source: IPAddress(v4: be32(ip, 12)),
            destination: IPAddress(v4: be32(ip, 16)), timeToLive: ip[8], place.tunnels)
    }

    static func decodeIPv6(_ place: PacketDissector.Place) -> Outcome {
        let ip = place.bytes
        guard ip.count >= 40 else { return .malformed }
        let stated = Int(be16(ip, 4))
        let total = stated == 0 ? place.onWire : 40 + stated
        var next = ip[6]
        var offset = 40
        while next != 6 {
            switch next {
            case 0, 43, 60:  // hop-by-hop options, routing, destination options
                guard ip.count >= offset + 8 else { return .passedOver(.otherProtocol) }
                next = ip[offset]
                offset += 8 + 8 * Int(ip[offset + 1])
            case 51:  // authentication header
                guard ip.count >= offset + 8 else { return .passedOver(.otherProtocol) }
                next = ip[offset]
                offset += 8 + 4 * Int(ip[offset + 1])
            case 44:  // fragment
                guard ip.count >= offset + 8 else { return .passedOver(.otherProtocol) }
                guard be16(ip, offset + 2) & 0xfff9 == 0 else {
                    return IPFragment(v6: ip, at: offset, total: total, place).map { .fragment($0) } ?? .malformed
                }
                next = ip[offset]
                offset += 8
            default:
                guard var body = place.behind(offset), total >= offset else { return .malformed }
                body.limit(to: total - offset)
                return PacketDissector.transport(next, body, isV4: false)
            }
        }
        return decodeTCP(
            ip, at: offset, end: total, source: IPAddress(high: be64(ip, 8), low: be64(ip, 16)),
            destination: IPAddress(high: be64(ip, 24), low: be64(ip, 32)), timeToLive: ip[7], place.tunnels)
    }

    private static func decodeTCP(
        _ ip: UnsafeRawBufferPointer, at offset: Int, end: Int, source: IPAddress, destination: IPAddress,
        timeToLive: UInt8, _ tunnels: TunnelSet
    ) -> Outcome {
        guard ip.count >= offset + 20, end >= offset + 20 else { return .malformed }
        let headerLength = Int(ip[offset + 12] >> 4) * 4
        let start = offset + headerLength
        guard headerLength >= 20, end >= start else { return .malformed }
        let capturedEnd = min(ip.count, end)
        let payload =
            capturedEnd > start
            ? UnsafeRawBufferPointer(rebasing: ip[start..<capturedEnd]) : UnsafeRawBufferPointer(start: nil, count: 0)
        return .segment(
            CapturedSegment(
                source: source, destination: destination, sourcePort: be16(ip, offset),
                destinationPort: be16(ip, offset + 2), sequence: be32(ip, offset + 4),
                acknowledgement: be32(ip, offset + 8), flags: ip[offset + 13], timeToLive: timeToLive,
                payload: payload, payloadLength: end - start, window: be16(ip, offset + 14),
                windowShift: ip[offset + 13] & 0x02 == 0
                    ? nil : windowShift(UnsafeRawBufferPointer(rebasing: ip[offset + 20..<min(start, ip.count)])),
                packetNumber: ip[0] >> 4 == 4 ? be16(ip, 4) : 0, network: ip,
                tunnels: tunnels))
    }

    /// Looks for the window scale among a TCP header's options.
    private static func windowShift(_ options: UnsafeRawBufferPointer) -> UInt8? {
        var offset = 0
        while offset < options.count {
            switch options[offset] {
            case 0: return nil
            case 1: offset += 1
            case 3: return offset + 2 < options.count ? min(options[offset + 2], 14) : nil
            default:
                guard offset + 1 < options.count, options[offset + 1] >= 2 else { return nil }
                offset += Int(options[offset + 1])
            }
        }
        return nil
    }

    @inline(__always)
    private static func be16(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt16 {
        UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    @inline(__always)
    private static func be32(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
        UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    @inline(__always)
    private static func be64(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
