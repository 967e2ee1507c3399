import EvidenceModel

/// This machine: the same driver without any fault, as fast as it can, is the most that any point can show.
enum HarnessLimit: LimitRule {
    /// From here on a number says more about this machine than about the configuration.
    static let boundShare = 0.8

    static func assess(_ situation: PointSituation) -> CapacityLimit? {
        guard let ceiling = situation.harnessCeiling, ceiling > 0 else { return nil }
        let used = situation.throughput / ceiling
        return CapacityLimit(
            kind: .harness, ceilingRecordsPerS: ceiling, used: min(used, 1),
            evidence: "this machine carries \(Text.number(ceiling)) records/s without a fault; the point carried"
                + " \(Text.percent(used)) of that")
    }
}
