import EvidenceModel
import ScenarioModel

/// Holds what was observed against the objectives of a sweep.
public enum ObjectiveJudge {
    /// The judgement on a point.
    public struct Judgement: Sendable, Equatable {
        /// Passed when every objective holds in every window and the evidence is sound.
        public var outcome: Outcome
        /// What decided, one sentence.
        public var reason: String
        /// Each objective with its worst window.
        public var objectives: [Assertion]
    }

    /// Judges a point.
    ///
    /// - Parameters:
    ///   - objectives: what it must fulfil.
    ///   - situation: what was observed.
    ///   - doubts: why the evidence is not sound. An objective that was seen to fail stays failed: doubts of a cell that
    ///     could not deliver its backlog in time are a consequence of that.
    public static func judge(
        _ objectives: [SweepObjective], _ situation: PointSituation, doubts: [String]
    ) -> Judgement {
        let assertions = objectives.map { assertion($0, situation) }
        let grave = doubts.filter(isGrave)
        if let late = grave.first(where: isOfHarness) {
            return Judgement(outcome: .inconclusive, reason: late, objectives: assertions)
        }
        if let failed = assertions.first(where: { $0.outcome == .failed }) {
            return Judgement(
                outcome: .failed, reason: "\(failed.text): \(failed.actual.map(Text.number) ?? "not reached")",
                objectives: assertions)
        }
        if let doubt = grave.first {
            return Judgement(outcome: .inconclusive, reason: doubt, objectives: assertions)
        }
        if let unknown = assertions.first(where: { $0.outcome == .inconclusive }) {
            return Judgement(
                outcome: .inconclusive, reason: "\(unknown.text) could not be measured", objectives: assertions)
        }
        return Judgement(outcome: .passed, reason: "holds in every window", objectives: assertions)
    }

    /// A rare fault that did not hit within some seconds is no reason to distrust what was measured: it was configured,
    /// and chance decided.
    private static func isGrave(_ doubt: String) -> Bool { !doubt.hasPrefix("the fault did not show") }

    /// What the harness itself did wrong makes every number worthless.
    private static func isOfHarness(_ doubt: String) -> Bool {
        doubt.hasPrefix("the harness failed") || doubt.hasPrefix("the link itself")
            || doubt.contains("the capture lost") || doubt.contains("that no fault asked for")
            || doubt.hasPrefix("the fault log lost")
    }

    private static func assertion(_ objective: SweepObjective, _ situation: PointSituation) -> Assertion {
        let values = measured(objective.quantity, situation)
        let outcome: Outcome
        var worst: Double?
        if values.isEmpty {
            outcome = .inconclusive
        } else {
            let isHigh = [Comparison.atMost, .less].contains(objective.comparison)
            // A latency that was never reached is worse than any number.
            let known = values.compactMap { $0 }
            worst = known.count < values.count ? nil : isHigh ? known.max() : known.min()
            let holds = values.allSatisfy { value in
                value.map { objective.comparison.holds($0, objective.value) } ?? false
            }
            outcome = holds ? .passed : .failed
            if !holds, !isHigh { worst = known.first { !objective.comparison.holds($0, objective.value) } ?? worst }
        }
        return Assertion(text: objective.text, line: objective.line, actual: worst, outcome: outcome)
    }

    /// A value for each window, or one for the point; a nil among them was never reached, none at all is not known.
    private static func measured(_ quantity: SweepObjective.Quantity, _ situation: PointSituation) -> [Double?] {
        let windows = situation.observation.windows
        switch quantity {
        case .throughputShare:
            guard let offered = situation.cell.workload.rateRecordsPerS else { return [] }
            return windows.map { $0.throughputRecordsPerS / offered }
        case .throughputRecords: return windows.map { $0.throughputRecordsPerS }
        case .throughputBytes:
            return windows.map { $0.throughputRecordsPerS * Double(situation.cell.workload.sizeBytes) }
        case .latency(let percentile):
            return windows.map { window in
                switch percentile {
                case "p50": window.latencyMs.p50
                case "p99": window.latencyMs.p99
                default: window.latencyMs.max
                }
            }
        case .measure(let name): return measure(name, situation.measures).map { [$0] } ?? []
        }
    }

    private static func measure(_ name: String, _ measures: Measures) -> Double? {
        switch name {
        case "lost": measures.lost.map(Double.init)
        case "duplicates": measures.duplicates.map(Double.init)
        case "reordered": measures.reordered.map(Double.init)
        case "sequence_errors": measures.sequenceErrors.map(Double.init)
        case "failed": Double(measures.failed)
        case "retried_batches": measures.retriedBatches.map(Double.init)
        case "deduplicated_batches": measures.deduplicatedBatches.map(Double.init)
        case "recovery_ms": measures.recoveryMs
        default: nil
        }
    }
}
