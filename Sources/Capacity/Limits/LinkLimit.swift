import EvidenceModel

/// The rate of the link: the bottleneck had something to send nearly all of the time.
enum LinkLimit: LimitRule {
    static func assess(_ situation: PointSituation) -> CapacityLimit? {
        guard let link = situation.observation.link else { return nil }
        let rate = situation.configured("rate_bit_per_s", link.direction) ?? link.drainBitsPerS
        var ceiling: Double?
        if link.direction == .clientToBroker, let bytes = situation.observation.wire?.wireBytesPerRecord, bytes > 0 {
            ceiling = rate / 8 / bytes
        }
        var evidence =
            "the bottleneck of \(Text.number(rate / 1e6)) Mbit/s was busy \(Text.percent(link.busyShare)) of the time,"
            + " passed \(Text.number(link.drainBitsPerS / 1e6)) Mbit/s and held a packet \(Text.number(link.heldMs)) ms"
        if link.dropped > 0 { evidence += "; \(link.dropped) packets found its queue full" }
        return CapacityLimit(kind: .link, ceilingRecordsPerS: ceiling, used: link.busyShare, evidence: evidence)
    }
}
