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
        var assertions = objectives.map { assertion($0, situation) }
        var grave = doubts.filter(isGrave)
        if let late = grave.first(where: isLate) {
            // A late link is a longer way: it makes nothing better. So what holds holds all the same, and what fails
            // by more than the lateness can explain fails; only between the two nothing is known.
            let relieved = objectives.map { assertion($0, situation, relief: relief(situation)) }
            for index in assertions.indices where assertions[index].outcome == .failed {
                if relieved[index].outcome != .failed { assertions[index].outcome = .inconclusive }
            }
            grave.removeAll(where: isLate)
            let isOpen = assertions.contains { $0.outcome == .inconclusive }
            if isOpen, !assertions.contains(where: { $0.outcome == .failed }) {
                return Judgement(outcome: .inconclusive, reason: late, objectives: assertions)
            }
        }
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

    private static func isLate(_ doubt: String) -> Bool { doubt.hasPrefix("the link itself was late") }

    /// What the numbers could have been with a link that is on time.
    struct Relief {
        /// Throughput of a window of requests could have been so many times what it was.
        var factor: Double
        /// Latencies could have been so much shorter, milliseconds.
        var lessMs: Double
    }

    /// The most that the lateness explains: its 99th percentile, both ways, off every round trip.
    private static func relief(_ situation: PointSituation) -> Relief {
        let lessMs = 2 * Double(situation.observation.linkLatenessP99Us ?? 0) / 1000
        guard let roundTrip = situation.observation.wire?.roundTripMs, roundTrip > 0 else {
            return Relief(factor: .infinity, lessMs: lessMs)
        }
        return Relief(factor: roundTrip / max(roundTrip - lessMs, 0.05 * roundTrip), lessMs: lessMs)
    }

    /// What the harness itself did wrong makes every number worthless.
    private static func isOfHarness(_ doubt: String) -> Bool {
        doubt.hasPrefix("the harness failed") || doubt.hasPrefix("the link itself")
            || doubt.contains("the capture lost") || doubt.contains("that no fault asked for")
            || doubt.hasPrefix("the fault log lost") || doubt.contains("could not be written")
    }

    private static func assertion(
        _ objective: SweepObjective, _ situation: PointSituation, relief: Relief? = nil
    ) -> Assertion {
        var values = measured(objective.quantity, situation)
        if let relief {
            switch objective.quantity {
            case .throughputShare, .throughputRecords, .throughputBytes:
                values = values.map { $0.map { $0 * relief.factor } }
            case .latency: values = values.map { $0.map { $0 - relief.lessMs } }
            case .measure: break
            }
        }
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
