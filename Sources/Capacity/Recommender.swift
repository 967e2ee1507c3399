import EvidenceModel
import ScenarioModel

/// Chooses what to recommend: of the combinations that met the objective in all repeats the one that carries the most;
/// of those that carry the same the one that is fastest.
public enum Recommender {
    /// The recommendation of a sweep; nil where no combination met the objective.
    public static func recommend(
        _ points: [SweepPoint], brackets: [SweepBracket], objectives: [SweepObjective], lowMeets: Bool
    ) -> SweepRecommendation? {
        let groups = Dictionary(grouping: points, by: \.group).values.filter { group in
            group.allSatisfy { $0.outcome == .passed }
        }
        let best = groups.max { a, b in isWorse(Candidate(a, brackets, lowMeets), Candidate(b, brackets, lowMeets)) }
        guard let best, let first = best.min(by: { $0.repeatIndex < $1.repeatIndex }) else { return nil }
        var margins: [String: Double] = [:]
        for objective in objectives where objective.quantity.isPerWindow && objective.value > 0 {
            let values = best.compactMap { point in
                point.objectives.first { $0.text == objective.text }?.actual
            }
            let isHigh = [Comparison.atMost, .less].contains(objective.comparison)
            guard let worst = isHigh ? values.max() : values.min() else { continue }
            let margin = (worst - objective.value) / objective.value
            margins[objective.text] = isHigh ? -margin : margin
        }
        return SweepRecommendation(
            parameters: first.parameters, producer: first.producer, margins: margins,
            evidence: evidence(best, brackets))
    }

    private struct Candidate {
        var along = 0.0
        var bytesPerS: Double
        var p99: Double

        init(_ points: [SweepPoint], _ brackets: [SweepBracket], _ lowMeets: Bool) {
            bytesPerS = points.map { ($0.observation.throughputRecordsPerS ?? 0) * Double($0.sizeBytes) }.min() ?? 0
            p99 = points.map { $0.observation.latencyMs.p99 ?? .infinity }.max() ?? .infinity
            // Of a search only the end of its bracket is an answer, and the farthest bracket is the best one.
            guard let parameters = points.first?.parameters else { return }
            let bracket = brackets.first { bracket in
                bracket.parameters.allSatisfy { parameters[$0.key] == $0.value }
                    && parameters[bracket.path] == bracket.lastMet
            }
            if let value = bracket?.lastMetValue {
                along = lowMeets ? value : 1 / max(value, 1e-9)
            } else if !brackets.isEmpty {
                along = -1
            }
        }
    }

    /// Differences of less than 2 % are noise.
    private static func isWorse(_ a: Candidate, _ b: Candidate) -> Bool {
        if (a.along - b.along).magnitude > 0.02 * max(a.along.magnitude, b.along.magnitude) { return a.along < b.along }
        if (a.bytesPerS - b.bytesPerS).magnitude > 0.02 * max(a.bytesPerS, b.bytesPerS) {
            return a.bytesPerS < b.bytesPerS
        }
        return a.p99 > b.p99
    }

    private static func evidence(_ points: [SweepPoint], _ brackets: [SweepBracket]) -> [String] {
        let throughputs = points.compactMap { $0.observation.throughputRecordsPerS }
        let latencies = points.compactMap { $0.observation.latencyMs.p99 }
        var lines: [String] = []
        if let low = throughputs.min() {
            lines.append("\(Text.number(low)) records/s carried in the slowest of \(points.count) runs")
        }
        if let high = latencies.max() {
            lines.append("99 % of the records acknowledged within \(Text.number(high)) ms of the time they were due")
        }
        if let limit = points.first?.binding { lines.append("limit \(limit.kind.rawValue): \(limit.evidence)") }
        lines += brackets.filter { bracket in
            points.first.map { point in bracket.parameters.allSatisfy { point.parameters[$0.key] == $0.value } }
                ?? false
        }.map {
            "\($0.path) \($0.text)"
                + ($0.limit.map { "; there the limit is \($0.kind.rawValue): \($0.evidence)" } ?? "")
        }
        return lines
    }
}
