import EvidenceModel

/// The broker: it had an unanswered request nearly all of the time, or most of a round trip was spent in it.
enum BrokerLimit: LimitRule {
    static func assess(_ situation: PointSituation) -> CapacityLimit? {
        guard let wire = situation.observation.wire, wire.requests > 0, wire.roundTripMs > 0 else { return nil }
        let share = wire.brokerMs / wire.roundTripMs
        // A client that waits for each answer leaves the broker idle for the way there and back.
        let used = max(wire.brokerBusyShare, share * windowShare(situation, wire))
        let ceiling = wire.brokerBusyShare > 0.05 ? situation.throughput / min(wire.brokerBusyShare, 1) : nil
        return CapacityLimit(
            kind: .broker, ceilingRecordsPerS: ceiling, used: min(used, 1),
            evidence: "the broker kept a request for \(Text.number(wire.brokerMs)) ms of its"
                + " \(Text.number(wire.roundTripMs)) ms and had one to answer \(Text.percent(wire.brokerBusyShare)) of"
                + " the time")
    }

    private static func windowShare(_ situation: PointSituation, _ wire: PointObservation.Wire) -> Double {
        min(wire.inFlightMean / Double(situation.inFlightLimit), 1)
    }
}
