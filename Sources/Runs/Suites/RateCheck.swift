import EvidenceModel
import Reports
import ScenarioModel
import Verdicts

/// Judges the honest rates of a run (`at_least: 8, of: 10`) over the repeats of each configuration.
enum RateCheck {
    /// Every rate of the run's scenarios.
    static func results(_ scenarios: [Scenario], _ results: RunResults) -> [RateResult] {
        let verdicts = Dictionary(results.cells.map { ($0.verdict.id, $0.verdict) }) { first, _ in first }
        return scenarios.flatMap { scenario in
            RateResult.of(scenario, verdicts: verdicts) { Judge.value(of: $0, in: $1) }
        }
    }

    /// A line for each rate.
    static func text(_ rates: [RateResult]) -> String {
        rates.map { rate in
            let mark =
                switch rate.outcome {
                case .passed: "passed"
                case .failed: "failed"
                case .inconclusive: "inconclusive"
                }
            return "\(mark)  \(rate.group): \(rate.summary) (line \(rate.line))"
        }.joined(separator: "\n")
    }
}
