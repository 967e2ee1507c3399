import EvidenceModel

/// The window of requests: `max.in.flight` requests of the size seen, one round trip each.
enum InFlightLimit: LimitRule {
    static func assess(_ situation: PointSituation) -> CapacityLimit? {
        guard let wire = situation.observation.wire, wire.requests > 0, wire.roundTripMs > 0 else { return nil }
        let limit = Double(situation.inFlightLimit)
        let used = min(wire.inFlightMean / limit, 1)
        // A load that is carried does not fill its batches: the large ones tell what a request can hold.
        let records = situation.isSaturated ? wire.recordsPerRequest : wire.largeRequestRecords
        let roundTrip = wire.baseTransitMs + wire.brokerMs
        let ceiling = limit * records / max(roundTrip, 0.001) * 1000 * Double(max(wire.connections, 1))
        return CapacityLimit(
            kind: .inFlight, ceilingRecordsPerS: ceiling, used: used,
            evidence: "\(Text.number(wire.inFlightMean)) of at most \(situation.inFlightLimit) requests were in flight;"
                + " \(situation.inFlightLimit) x \(Text.number(records)) records / \(Text.number(roundTrip)) ms ="
                + " \(Text.number(ceiling)) records/s")
    }
}
