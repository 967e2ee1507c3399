import EvidenceModel

/// The client itself: records wait in its queue, or are refused by it, while nothing behind it is busy.
enum ProducerQueueLimit: LimitRule {
    static func assess(_ situation: PointSituation) -> CapacityLimit? {
        let observation = situation.observation
        guard let latency = observation.latencyFromSendMs.p50, latency > 0 else { return nil }
        let ceiling = Double(observation.outstandingMax) / latency * 1000
        let late = observation.handoverLatenessP99Ms ?? 0
        // A client that takes records late has no room; one that takes them all in time has.
        let used = situation.cell.workload.rateRecordsPerS == nil ? 1 : min(late / max(late + latency, 1), 1)
        return CapacityLimit(
            kind: .producerQueue, ceilingRecordsPerS: ceiling, used: used,
            evidence: "at most \(observation.outstandingMax) records were with the client, \(Text.number(latency)) ms"
                + " each (median); it took records up to \(Text.number(late)) ms late (p99)")
    }
}
