import PacketWire

/// The first stage: from the bytes of a packet to a TCP segment that its receiver did not throw away.
struct PacketStage {
    private(set) var cutPackets = 0
    private(set) var fragments = 0
    private(set) var malformedPackets = 0
    private(set) var unsupportedPackets = 0
    /// Packets whose checksum was wrong at the end that received them.
    private(set) var rejectedPackets = 0
    private var hostChecksums = HostChecksums()

    /// The TCP segment of a packet; nil, and counted, where it has none.
    @inline(__always)
    mutating func segment(_ packet: CapturedPacket) -> CapturedSegment? {
        if packet.bytes.count < packet.originalLength { cutPackets += 1 }
        switch CapturedSegment.decode(packet) {
        case .segment(let segment): return segment
        case .notTCP: if !packet.linkType.isSupported { unsupportedPackets += 1 }
        case .fragment: fragments += 1
        case .malformed: malformedPackets += 1
        }
        return nil
    }

    /// False for a segment that its receiver's kernel throws away because a checksum is wrong.
    @inline(__always)
    mutating func isSound(_ packet: CapturedPacket, _ segment: CapturedSegment) -> Bool {
        guard hostChecksums.rejects(packet, from: segment.source) else { return true }
        rejectedPackets += 1
        return false
    }
}
