/// A cause as it was found in a case.
public struct FoundCause: Sendable {
    /// How sure.
    public enum Confidence: String, Sendable, Comparable {
        case possible, likely, certain

        private var order: Int { self == .possible ? 0 : self == .likely ? 1 : 2 }

        /// From possible to certain.
        public static func < (a: Confidence, b: Confidence) -> Bool { a.order < b.order }
    }

    /// The cause.
    public var cause: Cause
    /// The sum of what its evidence weighs.
    public var score: Int
    /// The rules that hold, with their evidence, weightiest first.
    public var reasons: [(rule: Rule, evidence: [Evidence])]
    /// How sure.
    public var confidence: Confidence

    /// Every piece of evidence, each once.
    public var evidence: [Evidence] {
        var seen: Set<Evidence> = []
        return reasons.flatMap(\.evidence).filter { seen.insert($0).inserted }
    }
}

/// Weighs every cause against a case and orders what remains.
enum Ranking {
    /// From this sum on a cause is named.
    static let least = 50
    /// Two look-alikes that are no further apart than this are both named.
    static let margin = 30

    /// The causes found, the true one first: the heaviest that is no consequence of another one found.
    static func found(_ file: CaseFile, among causes: [Cause] = Cause.all) -> [FoundCause] {
        let weighed = causes.compactMap { weigh($0, file) }.filter { $0.score >= least }
        let ids = Set(weighed.map(\.cause.id))
        return weighed.enumerated().sorted { a, b in
            let (x, y) = (isConsequence(a.element, ids), isConsequence(b.element, ids))
            if x != y { return !x }
            return (b.element.score, a.offset) < (a.element.score, b.offset)
        }.map(\.element)
    }

    private static func isConsequence(_ found: FoundCause, _ ids: Set<String>) -> Bool {
        found.cause.follows.contains { ids.contains($0) }
    }

    /// A cause's sum; nil where a condition of it does not hold.
    static func weigh(_ cause: Cause, _ file: CaseFile) -> FoundCause? {
        var reasons: [(rule: Rule, evidence: [Evidence])] = []
        var score = 0
        for need in cause.needs {
            guard let evidence = need.holds(file) else { return nil }
            score += need.weight.rawValue
            reasons.append((need, evidence))
        }
        for rule in cause.rules {
            guard let evidence = rule.holds(file) else { continue }
            score += rule.weight.rawValue
            if rule.weight.rawValue > 0 { reasons.append((rule, evidence)) }
        }
        reasons.sort { $0.rule.weight.rawValue > $1.rule.weight.rawValue }
        let confidence: FoundCause.Confidence = score >= 100 ? .certain : score >= 60 ? .likely : .possible
        return FoundCause(cause: cause, score: score, reasons: reasons, confidence: confidence)
    }

    /// The candidates that the evidence cannot tell apart, the first one among them; empty where it decides.
    static func candidates(_ found: [FoundCause]) -> [FoundCause] {
        guard let first = found.first else { return [] }
        let others = found.dropFirst().filter {
            first.cause.lookAlikes.contains($0.cause.id) && first.score - $0.score <= margin
        }
        return others.isEmpty ? [] : [first] + others
    }
}
