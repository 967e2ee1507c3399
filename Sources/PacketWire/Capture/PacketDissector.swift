/// Follows a packet through its link layer and its tunnels to TCP.
///
/// Panic contract: no input makes it trap; every length is checked before it is used, and the depth is bounded.
public enum PacketDissector {
    /// Tunnels inside one another that are followed.
    public static let deepest = 6

    /// Where in a packet the dissection stands.
    struct Place {
        /// The rest of the packet as it was captured.
        var bytes: UnsafeRawBufferPointer
        /// Bytes of it on the wire.
        var onWire: Int
        var tunnels: TunnelSet = []
        var depth = 0

        /// Leaves out what lies behind the end that a header states: padding of short frames.
        mutating func limit(to length: Int) {
            onWire = min(onWire, length)
            if bytes.count > length { bytes = UnsafeRawBufferPointer(rebasing: bytes[..<max(length, 0)]) }
        }

        /// The place behind `count` bytes; nil when they are not there.
        func behind(_ count: Int) -> Place? {
            guard count <= bytes.count, count <= onWire else { return nil }
            var place = self
            place.bytes = UnsafeRawBufferPointer(rebasing: bytes[count...])
            place.onWire = onWire - count
            return place
        }

        /// Inside one more tunnel.
        func inside(_ tunnel: TunnelSet) -> Place {
            var place = self
            place.tunnels.insert(tunnel)
            place.depth += 1
            return place
        }
    }

    /// A packet whose link layer does not lead to IP directly.
    static func link(_ packet: CapturedPacket) -> CapturedSegment.Outcome {
        guard packet.linkType.isSupported else { return .passedOver(.linkType) }
        let place = Place(bytes: packet.bytes, onWire: packet.originalLength)
        switch packet.linkType {
        case .ethernet: return etherType(place, at: 12)
        case .linuxSLL: return etherType(place, at: 14)
        case .ppp: return ppp(place)
        case .linuxSLL2:
            guard packet.bytes.count >= 20, let body = place.behind(20) else { return .malformed }
            return payload(body, etherType: packet.bytes.wireUInt16(at: 0))
        default: return packet.bytes.isEmpty ? .malformed : .passedOver(.notIP)
        }
    }

    /// An Ethernet frame inside a tunnel.
    static func ethernet(_ place: Place) -> CapturedSegment.Outcome { etherType(place, at: 12) }

    /// Follows VLAN tags (802.1Q, 802.1ad, the older 0x9100 and 0x9200) to what they hold.
    private static func etherType(_ place: Place, at first: Int) -> CapturedSegment.Outcome {
        var offset = first
        while place.bytes.count >= offset + 2 {
            let type = place.bytes.wireUInt16(at: offset)
            switch type {
            case 0x8100, 0x88a8, 0x9100, 0x9200: offset += 4
            default:
                guard let body = place.behind(offset + 2) else { return .malformed }
                return payload(body, etherType: type)
            }
        }
        return .malformed
    }

    /// What an ethertype announces.
    static func payload(_ place: Place, etherType: UInt16) -> CapturedSegment.Outcome {
        switch etherType {
        case 0x0800, 0x86dd: return network(place)
        case 0x8847, 0x8848: return mpls(place.inside(.mpls))
        case 0x6558: return ethernet(place)
        case 0x8864: return pppoe(place)
        default: return place.tunnels.isEmpty ? .passedOver(.notIP) : .passedOver(.tunnelContent)
        }
    }

    /// A PPPoE session (RFC 2516): six bytes, then PPP.
    private static func pppoe(_ place: Place) -> CapturedSegment.Outcome {
        guard let body = place.behind(6) else { return .malformed }
        return ppp(body)
    }

    /// PPP (RFC 1661), with or without address and control bytes: 0x0021 IPv4, 0x0057 IPv6, 0x0281 MPLS.
    static func ppp(_ place: Place) -> CapturedSegment.Outcome {
        var place = place
        if place.bytes.count >= 2, place.bytes.wireUInt16(at: 0) == 0xff03 {
            guard let body = place.behind(2) else { return .malformed }
            place = body
        }
        guard place.bytes.count >= 2, let body = place.behind(2) else { return .malformed }
        switch place.bytes.wireUInt16(at: 0) {
        case 0x0021, 0x0057: return network(body)
        case 0x0281: return mpls(body.inside(.mpls))
        default: return .passedOver(.notIP)
        }
    }

    /// An IP packet, by its version field.
    static func network(_ place: Place) -> CapturedSegment.Outcome {
        guard place.depth <= deepest else { return .passedOver(.tooDeep) }
        guard let first = place.bytes.first else { return .malformed }
        switch first >> 4 {
        case 4: return CapturedSegment.decodeIPv4(place)
        case 6: return CapturedSegment.decodeIPv6(place)
        default: return place.tunnels.isEmpty ? .passedOver(.notIP) : .passedOver(.tunnelContent)
        }
    }

    /// What an IP header announces that is not TCP.
    static func transport(_ number: UInt8, _ place: Place, isV4: Bool) -> CapturedSegment.Outcome {
        switch number {
        case 4: return network(place.inside(isV4 ? .ipInIP : .v4InV6))
        case 41: return network(place.inside(isV4 ? .v6InV4 : .v6InV6))
        case 47: return gre(place)
        case 137: return mpls(place.inside(.mpls))
        case 17: return udp(place)
        case 1, 58: return .passedOver(.icmp)
        case 50: return .passedOver(.esp)
        case 115: return .passedOver(.l2tp)
        default: return .passedOver(.otherProtocol)
        }
    }
}
