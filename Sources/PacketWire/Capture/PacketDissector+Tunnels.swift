extension PacketDissector {
    /// UDP: by the receiver's port, which every such tunnel keeps, and by what the header must look like.
    static func udp(_ place: Place) -> CapturedSegment.Outcome {
        guard place.bytes.count >= 8, let body = place.behind(8) else { return .passedOver(.udp) }
        let source = place.bytes.wireUInt16(at: 0)
        let destination = place.bytes.wireUInt16(at: 2)
        switch destination {
        case 4789, 8472: return vxlan(body.inside(.vxlan))
        case 4790: return vxlanGPE(body.inside(.vxlan))
        case 6081: return geneve(body.inside(.geneve))
        case 2152: return gtpU(body.inside(.gtpU))
        default: break
        }
        if isWireGuard(body, source, destination) { return .passedOver(.wireGuard) }
        if source == 4500 || destination == 4500 { return .passedOver(.esp) }
        if source == 1701 || destination == 1701 { return .passedOver(.l2tp) }
        return .passedOver(.udp)
    }

    /// Four message types with three zero bytes and lengths of their own (the WireGuard paper, 5.4).
    private static func isWireGuard(_ body: Place, _ source: UInt16, _ destination: UInt16) -> Bool {
        guard body.bytes.count >= 4, body.bytes[1] == 0, body.bytes[2] == 0, body.bytes[3] == 0 else { return false }
        switch body.bytes[0] {
        case 1: return body.onWire == 148
        case 2: return body.onWire == 92
        case 3: return body.onWire == 64
        case 4: return body.onWire >= 32 && body.onWire % 16 == 0
        default: return false
        }
    }

    /// VXLAN (RFC 7348, 5): eight bytes, of which the I flag must be set; then Ethernet.
    private static func vxlan(_ place: Place) -> CapturedSegment.Outcome {
        guard place.bytes.count >= 8, place.bytes[0] & 0x08 != 0, let body = place.behind(8) else {
            return .passedOver(.tunnelContent)
        }
        return ethernet(body)
    }

    /// VXLAN-GPE: the last byte of the first word names what is inside: 1 IPv4, 2 IPv6, 3 Ethernet, 5 MPLS.
    private static func vxlanGPE(_ place: Place) -> CapturedSegment.Outcome {
        guard place.bytes.count >= 8, let body = place.behind(8) else { return .passedOver(.tunnelContent) }
        switch place.bytes[3] {
        case 1, 2: return network(body)
        case 3: return ethernet(body)
        case 5: return mpls(body.inside(.mpls))
        default: return .passedOver(.tunnelContent)
        }
    }

    /// GENEVE (RFC 8926, 3.4): eight bytes and options in words of four bytes.
    private static func geneve(_ place: Place) -> CapturedSegment.Outcome {
        guard place.bytes.count >= 8, place.bytes[0] >> 6 == 0,
            let body = place.behind(8 + 4 * Int(place.bytes[0] & 0x3f))
        else { return .passedOver(.tunnelContent) }
        return payload(body, etherType: place.bytes.wireUInt16(at: 2))
    }

    /// GTP-U (3GPP TS 29.281, 5.1): a G-PDU with an IP packet behind eight bytes, four optional ones and extension headers.
    private static func gtpU(_ place: Place) -> CapturedSegment.Outcome {
        guard place.bytes.count >= 8, place.bytes[0] & 0xf0 == 0x30, place.bytes[1] == 0xff else {
            return .passedOver(.tunnelContent)
        }
        var offset = 8
        if place.bytes[0] & 0x07 != 0 {
            guard place.bytes.count >= 12 else { return .passedOver(.tunnelContent) }
            var next = place.bytes[0] & 0x04 != 0 ? place.bytes[11] : 0
            offset = 12
            while next != 0 {
                guard place.bytes.count > offset, place.bytes[offset] > 0 else { return .passedOver(.tunnelContent) }
                let end = offset + 4 * Int(place.bytes[offset])
                guard place.bytes.count >= end else { return .passedOver(.tunnelContent) }
                next = place.bytes[end - 1]
                offset = end
            }
        }
        guard let body = place.behind(offset) else { return .passedOver(.tunnelContent) }
        return network(body)
    }

    /// GRE (RFC 2784, with key and sequence of RFC 2890): four bytes, and four for each of checksum, key and sequence.
    static func gre(_ outer: Place) -> CapturedSegment.Outcome {
        let place = outer.inside(.gre)
        guard place.bytes.count >= 4 else { return .passedOver(.tunnelContent) }
        let flags = place.bytes[0]
        // Version 1 is PPTP's (RFC 2637).
        guard place.bytes[1] & 0x07 == 0 else { return .passedOver(.l2tp) }
        var length = 4
        if flags & 0xc0 != 0 { length += 4 }
        if flags & 0x20 != 0 { length += 4 }
        if flags & 0x10 != 0 { length += 4 }
        guard let body = place.behind(length) else { return .passedOver(.tunnelContent) }
        switch place.bytes.wireUInt16(at: 2) {
        // Type I has no header of its own and no sequence number; type II has eight bytes.
        case 0x88be: return erspan(body.inside(.erspan), header: flags & 0x10 != 0 ? 8 : 0)
        case 0x22eb: return erspan3(body.inside(.erspan))
        case 0x880b: return ppp(body)
        case let type: return payload(body, etherType: type)
        }
    }

    private static func erspan(_ place: Place, header: Int) -> CapturedSegment.Outcome {
        guard let body = place.behind(header) else { return .passedOver(.tunnelContent) }
        return ethernet(body)
    }

    /// Type III: twelve bytes, and eight more where the O bit is set; the frame type says Ethernet (0) or IP (2).
    private static func erspan3(_ place: Place) -> CapturedSegment.Outcome {
        guard place.bytes.count >= 12, let body = place.behind(place.bytes[11] & 1 != 0 ? 20 : 12) else {
            return .passedOver(.tunnelContent)
        }
        switch place.bytes[10] >> 2 & 0x1f {
        case 0: return ethernet(body)
        case 2: return network(body)
        default: return .passedOver(.tunnelContent)
        }
    }

    /// MPLS (RFC 3032): labels up to the one with the bottom bit; then IP by its version, or Ethernet behind a control word
    /// (RFC 4448) or without one.
    static func mpls(_ place: Place) -> CapturedSegment.Outcome {
        var offset = 0
        while true {
            guard place.bytes.count > offset + 4, offset < 64 else { return .passedOver(.tunnelContent) }
            offset += 4
            if place.bytes[offset - 2] & 1 != 0 { break }
        }
        guard let body = place.behind(offset), let first = body.bytes.first else { return .passedOver(.tunnelContent) }
        switch first >> 4 {
        case 4, 6: return network(body)
        case 0 where body.bytes.count > 18 && body.bytes.wireUInt32(at: 0) & 0xffff_0000 == 0:
            guard let frame = body.behind(4) else { return .passedOver(.tunnelContent) }
            return ethernet(frame)
        default: return ethernet(body)
        }
    }
}
