import EvidenceModel

/// What the repeats of one configuration say about one rate (`at_least: 8, of: 10`). No repeat is hidden: those that
/// proved nothing are counted as such, and never taken for a success.
public struct RateResult: Sendable, Equatable {
    /// What the repeats share: the cells' `group`.
    public var group: String
    /// The checks as written.
    public var text: String
    /// Line in the scenario file.
    public var line: Int
    /// Repeats that must fulfil the checks, and how many there are.
    public var rate: ExpectationSpec.Rate
    /// Repeats that fulfilled them.
    public var fulfilled: Int
    /// Repeats that prove nothing: inconclusive, or not run.
    public var unknown: Int

    /// Passed when enough repeats fulfilled the checks; failed when the unknown ones could not change that; else
    /// inconclusive.
    public var outcome: Outcome {
        if fulfilled >= rate.atLeast { return .passed }
        return fulfilled + unknown < rate.atLeast ? .failed : .inconclusive
    }

    /// For people: `duplicates: "> 0" in 9 of 10, at least 8`.
    public var summary: String {
        let unknown = unknown > 0 ? ", \(unknown) unknown" : ""
        return "\(text) in \(fulfilled) of \(rate.of), at least \(rate.atLeast)\(unknown)"
    }

    /// Every rate of a scenario, in the order of its cells.
    ///
    /// - Parameters:
    ///   - verdicts: by cell id; a missing one counts as unknown.
    ///   - measured: reads a measure, or `survives` as 1 or 0, from a verdict; nil when it was not measured.
    public static func of(
        _ scenario: Scenario, verdicts: [String: Verdict], measured: (String, Verdict) -> Double?
    ) -> [RateResult] {
        var results: [RateResult] = []
        for first in scenario.cells where first.repeatIndex == 0 {
            let repeats = scenario.cells.filter { $0.group == first.group }
            for rated in first.rated {
                guard let rate = rated.rate else { continue }
                var result = RateResult(
                    group: first.group, text: rated.checks.map(\.text).joined(separator: " and "),
                    line: rated.location.line, rate: rate, fulfilled: 0, unknown: 0)
                for cell in repeats {
                    let verdict = verdicts[cell.id].flatMap { $0.causesOfDoubt.isEmpty ? $0 : nil }
                    switch verdict.flatMap({ verdict in rated.holds { measured($0, verdict) } }) {
                    case .some(true): result.fulfilled += 1
                    case .some(false): break
                    case nil: result.unknown += 1
                    }
                }
                results.append(result)
            }
        }
        return results
    }
}
