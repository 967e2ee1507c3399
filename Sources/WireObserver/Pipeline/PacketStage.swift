import PacketWire

/// The first stage: from the bytes of a packet to a TCP segment. Link layers, tunnels and fragments are PacketWire's; here is
/// the count of what was passed over.
struct PacketStage {
    /// Fragments inside a packet that was put together, tunnel in tunnel.
    private static let deepestFragments = 4

    private(set) var cutPackets = 0
    private(set) var fragments = 0
    private(set) var malformedPackets = 0
    /// Packets without a TCP segment, by their kind.
    private(set) var passedOver: [PassedOver: Int] = [:]
    /// Segments found in tunnels.
    private(set) var tunnels: [TunnelSet: Int] = [:]
    /// Link types that are not supported, with their packets.
    private(set) var unsupportedLinkTypes: [UInt32: Int] = [:]
    private var assembler = FragmentAssembler()

    /// Fragments whose packets never came together.
    var incompleteFragments: Int { assembler.incomplete }

    /// Passes the TCP segment of a packet on; counts what has none.
    @inline(__always)
    mutating func segment(_ packet: CapturedPacket, _ body: (CapturedSegment) -> Void) {
        if packet.bytes.count < packet.originalLength { cutPackets += 1 }
        take(CapturedSegment.decode(packet), packet, depth: 0, body)
    }

    @inline(__always)
    private mutating func take(
        _ outcome: CapturedSegment.Outcome, _ packet: CapturedPacket, depth: Int, _ body: (CapturedSegment) -> Void
    ) {
        if case .segment(let segment) = outcome {
            if !segment.tunnels.isEmpty { tunnels[segment.tunnels, default: 0] += 1 }
            body(segment)
            return
        }
        note(outcome, packet, depth: depth, body)
    }

    private mutating func note(
        _ outcome: CapturedSegment.Outcome, _ packet: CapturedPacket, depth: Int, _ body: (CapturedSegment) -> Void
    ) {
        switch outcome {
        case .segment: break
        case .malformed: malformedPackets += 1
        case .passedOver(let kind):
            passedOver[kind, default: 0] += 1
            if kind == .linkType { unsupportedLinkTypes[packet.linkType.rawValue, default: 0] += 1 }
        case .fragment(let fragment):
            fragments += 1
            guard depth < Self.deepestFragments, let whole = assembler.add(fragment) else { return }
            whole.bytes.withUnsafeBytes { bytes in
                let inner = CapturedSegment.decode(
                    network: bytes, onWire: whole.length, tunnels: whole.tunnels, depth: whole.depth)
                if case .segment(let segment) = inner {
                    if !segment.tunnels.isEmpty { tunnels[segment.tunnels, default: 0] += 1 }
                    body(segment)
                } else {
                    note(inner, packet, depth: depth + 1, body)
                }
            }
        }
    }

}
