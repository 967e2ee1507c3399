import Capacity
import EvidenceModel
import FoundationEssentials
import ScenarioModel

/// Makes the results of a sweep from the points on disk: the same for a sweep in one go, one that was continued, and one
/// that was merged.
enum SweepAssembly {
    /// The results.
    static func results(
        _ plan: SweepPlan, _ manifest: SweepDirectory.Manifest, _ points: [SweepPoint]
    ) -> SweepResults {
        let spec = plan.spec
        let brackets = brackets(plan, points)
        var axes = spec.axes.map { SweepResults.Axis(path: $0.path, values: $0.labels, isBisected: false) }
        for path in spec.paths where path != spec.bisection?.path && !axes.contains(where: { $0.path == path }) {
            var labels: [String] = []
            for parameter in spec.combinations.joined()
            where parameter.path == path && !labels.contains(parameter.label) {
                labels.append(parameter.label)
            }
            axes.append(.init(path: path, values: labels, isBisected: false))
        }
        if let bisection = spec.bisection { axes.append(.init(path: bisection.path, values: [], isBisected: true)) }
        return SweepResults(
            scenario: plan.scenario.name, claim: plan.scenario.claim, file: manifest.file, seed: manifest.seed,
            startedUs: manifest.startedUs, endedUs: manifest.endedUs, axes: axes,
            objective: spec.objectives.map(\.text), loadS: spec.loadTime / .seconds(1), repeats: spec.repeats,
            plannedPoints: spec.bisection == nil ? spec.combinations.count * spec.repeats : nil, points: points,
            brackets: brackets,
            recommendation: Recommender.recommend(
                points, brackets: brackets, objectives: spec.objectives, lowMeets: spec.bisection?.lowMeets ?? true))
    }

    /// The answers of the searches whose points are there, by searching again among them.
    private static func brackets(_ plan: SweepPlan, _ points: [SweepPoint]) -> [SweepBracket] {
        guard let bisection = plan.spec.bisection else { return [] }
        let groups = Dictionary(grouping: points) { Key($0.parameters) }
        return plan.spec.combinations.compactMap { combination in
            let base = Dictionary(combination.map { ($0.path, $0.label) }) { first, _ in first }
            func group(_ value: Double) -> [SweepPoint] {
                var parameters = base
                parameters[bisection.path] = bisection.range.text(value)
                return groups[Key(parameters)] ?? []
            }
            var search = BisectionSearch(bisection)
            var hasBegun = false
            while let value = search.next {
                let repeats = group(value)
                guard repeats.count == plan.spec.repeats else { break }
                hasBegun = true
                search.take(outcome(repeats), at: value)
            }
            return hasBegun ? bracket(search, bisection, base, group) : nil
        }
    }

    private static func bracket(
        _ search: BisectionSearch, _ bisection: SweepBisection, _ base: [String: String],
        _ group: (Double) -> [SweepPoint]
    ) -> SweepBracket {
        var bracket = SweepBracket(parameters: base, path: bisection.path)
        bracket.lastMet = search.lastMet.map(bisection.range.text)
        bracket.lastMetValue = search.lastMet
        bracket.firstNotMet = search.firstNotMet.map(bisection.range.text)
        bracket.firstNotMetValue = search.firstNotMet
        bracket.undecided = search.undecided.map(bisection.range.text)
        if let value = search.firstNotMet, let failed = group(value).first(where: { $0.outcome == .failed }) {
            bracket.limit = failed.binding
            bracket.reason = failed.reason
        } else if let value = search.lastMet, let met = group(value).first {
            bracket.limit = met.binding
            bracket.reason = met.reason
        }
        return bracket
    }

    /// How many combinations of the plan have not run whole: a repeat of a point, or the end of a search, is missing.
    static func missing(_ plan: SweepPlan, _ results: SweepResults) -> Int {
        plan.spec.combinations.filter { combination in
            let base = Dictionary(combination.map { ($0.path, $0.label) }) { first, _ in first }
            if plan.spec.bisection != nil {
                let bracket = results.brackets.first { $0.parameters == base }
                return bracket.map { $0.lastMet == nil && $0.firstNotMet == nil } ?? true
            }
            return results.points.filter { $0.parameters == base }.count < plan.spec.repeats
        }.count
    }

    /// Every repeat must hold; one that fails decides.
    static func outcome(_ repeats: [SweepPoint]) -> Outcome { repeats.map(\.outcome).max() ?? .inconclusive }

    private struct Key: Hashable {
        var parameters: [String: String]
        init(_ parameters: [String: String]) { self.parameters = parameters }
    }
}
