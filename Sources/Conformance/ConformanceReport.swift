import FoundationEssentials

/// The table and the JSON form of a conformance run.
public struct ConformanceReport: Sendable {
    /// The outcomes in file order.
    public var outcomes: [CaseOutcome]

    /// A report of these outcomes.
    public init(_ outcomes: [CaseOutcome]) { self.outcomes = outcomes }

    /// Cases that matched.
    public var passed: Int { outcomes.count { $0.result == .passed } }
    /// Cases that did not run.
    public var skipped: Int {
        outcomes.count {
            if case .skipped = $0.result { true } else { false }
        }
    }
    /// Cases with a difference.
    public var failed: Int { outcomes.count - passed - skipped }

    /// `N passed, N failed, N skipped`.
    public var summary: String { "\(passed) passed, \(failed) failed, \(skipped) skipped" }

    /// One row a case: rule, expected, got; the summary last.
    public var table: String {
        let width = outcomes.map { $0.group.count + $0.name.count + 1 }.max() ?? 0
        var lines: [String] = []
        for outcome in outcomes {
            let rule = "\(outcome.group)/\(outcome.name)"
            let padded = rule + String(repeating: " ", count: max(width - rule.count, 0))
            switch outcome.result {
            case .passed: lines.append("ok    \(padded)  as recorded")
            case .skipped(let reason): lines.append("skip  \(padded)  \(reason)")
            case .failed(let differences):
                lines.append("FAIL  \(padded)")
                for difference in differences {
                    lines.append("      \(difference.place)")
                    lines.append("        expected  \(difference.expected)")
                    lines.append("        got       \(difference.got)")
                }
            }
        }
        lines.append(summary)
        return lines.joined(separator: "\n")
    }

    private struct Document: Encodable {
        struct Case: Encodable {
            var group: String
            var name: String
            var outcome: String
            var reason: String?
            var differences: [Difference]?
            var rule: String
            var deviation: Deviation?
            var effect: String?
        }

        var passed: Int
        var failed: Int
        var skipped: Int
        var cases: [Case]
    }

    /// One JSON object: `passed`, `failed`, `skipped`, `cases[]` with `group`, `name`, `outcome`, and `rule`, and
    /// `differences[]` with `deviation` and `effect`, or `reason`.
    public var json: String {
        let cases = outcomes.map { outcome in
            switch outcome.result {
            case .passed:
                Document.Case(
                    group: outcome.group, name: outcome.name, outcome: "passed",
                    rule: ProducerRule.of(outcome.group).text)
            case .skipped(let why):
                Document.Case(
                    group: outcome.group, name: outcome.name, outcome: "skipped", reason: why,
                    rule: ProducerRule.of(outcome.group).text)
            case .failed(let differences):
                Document.Case(
                    group: outcome.group, name: outcome.name, outcome: "failed", differences: differences,
                    rule: ProducerRule.of(outcome.group).text, deviation: outcome.deviation,
                    effect: outcome.deviation?.effect)
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let document = Document(passed: passed, failed: failed, skipped: skipped, cases: cases)
        return (try? encoder.encode(document)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
