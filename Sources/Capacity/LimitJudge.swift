import EvidenceModel

/// Names what bound a point. Every limit is listed with its evidence; the first that explains the point, in an order
/// from what is seen directly to what remains, is the binding one.
public enum LimitJudge {
    private static let rules: [any (LimitRule & Sendable).Type] = [
        LinkLimit.self, HarnessLimit.self, BrokerLimit.self, TCPLimit.self, SocketBufferLimit.self, InFlightLimit.self,
        ProducerQueueLimit.self,
    ]

    /// A limit that was in use for so much of the time, or of its ceiling, explains a point.
    static let explains = 0.8

    /// Every limit, exactly one of them binding.
    ///
    /// - Parameter isMet: whether the point meets its objective: a point that carries its load and meets it is bound by
    ///   the load that was offered.
    public static func limits(_ situation: PointSituation, isMet: Bool) -> [CapacityLimit] {
        var limits = rules.compactMap { $0.assess(situation) }
        let kind =
            situation.isSaturated
            ? saturated(situation, limits) : isMet ? .offeredLoad : lateButCarried(situation, limits)
        if let index = limits.firstIndex(where: { $0.kind == kind }) {
            limits[index].binding = true
        } else {
            limits.append(remaining(kind, situation))
        }
        return limits
    }

    private static func saturated(_ situation: PointSituation, _ limits: [CapacityLimit]) -> CapacityLimit.Kind {
        func used(_ kind: CapacityLimit.Kind) -> Double { limits.first { $0.kind == kind }?.used ?? 0 }
        if used(.link) >= explains { return .link }
        if isOutage(situation) { return .outage }
        if used(.harness) >= HarnessLimit.boundShare { return .harness }
        guard let wire = situation.observation.wire, wire.requests > 0 else { return .producerQueue }
        let isWindowFull = used(.inFlight) >= explains
        if used(.socketBuffer) >= explains, wire.lossShare == 0, SocketBufferLimit.isWanted(situation) {
            return .socketBuffer
        }
        if used(.broker) >= explains || (isWindowFull && wire.brokerMs >= 0.5 * wire.roundTripMs) { return .broker }
        // What a round trip takes longer than the way and the broker is time that TCP needed to get the bytes across.
        let excess = (wire.transitMs - wire.baseTransitMs) / max(wire.roundTripMs, 0.001)
        if wire.lossShare > 0, wire.retransmittedRequestShare > 0, excess >= 0.3 || !isWindowFull { return .tcp }
        if isWindowFull { return .inFlight }
        return .producerQueue
    }

    /// The load is carried, but too late or with damage: the largest part of the way is to blame.
    private static func lateButCarried(_ situation: PointSituation, _ limits: [CapacityLimit]) -> CapacityLimit.Kind {
        if isOutage(situation) { return .outage }
        guard let wire = situation.observation.wire, wire.requests > 0 else { return .producerQueue }
        let latency = situation.observation.latencyMs.p99 ?? .infinity
        let tail = situation.observation.latencyMs.p50.map { latency - $0 } ?? 0
        if let link = situation.observation.link, link.heldMs >= 0.3 * wire.roundTripMs { return .link }
        if wire.brokerMs >= 0.5 * wire.roundTripMs { return .broker }
        // A lost segment costs a round trip more, a lost last segment a time-out.
        if wire.lossShare > 0, wire.retransmittedRequestShare > 0, tail >= wire.baseTransitMs / 2 { return .tcp }
        if limits.first(where: { $0.kind == .inFlight })?.used ?? 0 >= explains,
            latency >= 2 * wire.roundTripMs
        {
            return .inFlight
        }
        return wire.baseTransitMs >= 0.5 * latency ? .delay : .producerQueue
    }

    /// Records were given up, or nothing went through, because of a fault that lets nothing through for a time.
    private static func isOutage(_ situation: PointSituation) -> Bool {
        let words: Set = ["partition", "pause", "kill", "shutdown", "flap", "isolate"]
        return situation.cell.faults.contains { !words.isDisjoint(with: $0.effects) }
    }

    private static func remaining(_ kind: CapacityLimit.Kind, _ situation: PointSituation) -> CapacityLimit {
        let observation = situation.observation
        switch kind {
        case .offeredLoad:
            return CapacityLimit(
                kind: kind, ceilingRecordsPerS: situation.cell.workload.rateRecordsPerS, used: 1, binding: true,
                evidence: "\(Text.number(situation.throughput)) records/s were carried, all that was offered")
        case .delay:
            return CapacityLimit(
                kind: kind, used: 1, binding: true,
                evidence: "the way there and back takes \(Text.number(observation.wire?.baseTransitMs ?? 0)) ms of the"
                    + " \(Text.number(observation.latencyMs.p99 ?? .infinity)) ms")
        case .outage:
            let lengths = situation.cell.faults.compactMap(\.forMs)
            return CapacityLimit(
                kind: kind, used: 1, binding: true,
                evidence: "nothing went through for \(Text.number((lengths.max() ?? 0) / 1000)) s;"
                    + " \(situation.measures.failed) records were given up and \(observation.unacknowledged) had no outcome"
            )
        default:
            return CapacityLimit(kind: kind, used: 1, binding: true, evidence: "no other limit was in use")
        }
    }
}
