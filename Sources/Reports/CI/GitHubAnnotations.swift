import EvidenceModel

/// Workflow commands that make GitHub Actions show each failed expectation at its line of the scenario file.
///
/// Failed expectations are errors, inconclusive ones warnings. A job shows few annotations, so the gravest come first
/// and no more than 50 are written.
public enum GitHubAnnotations {
    private static let limit = 50

    /// True when the commands are understood by whoever reads the output.
    public static func isWanted(environment: [String: String]) -> Bool { environment["GITHUB_ACTIONS"] == "true" }

    /// One command a line; empty when every expectation holds.
    public static func text(_ results: RunResults) -> String {
        var lines: [(outcome: Outcome, text: String)] = []
        for cell in results.cells {
            let label = CellLabel.text(cell.verdict.parameters, id: cell.verdict.id)
            for assertion in cell.verdict.assertions where assertion.outcome != .passed {
                let actual = assertion.actual.map(Numbers.text) ?? "not measured"
                lines.append(
                    (
                        assertion.outcome,
                        command(
                            assertion.outcome, file: cell.file, line: assertion.line,
                            title: "\(cell.verdict.scenario): \(label)",
                            message: "\(assertion.text): \(actual). \(cell.verdict.reason)")
                    ))
            }
            if cell.verdict.runs > 1, cell.verdict.outcome == .passed {
                lines.append(
                    (
                        .passed,
                        command(
                            .passed, file: cell.file, line: 0, title: "\(cell.verdict.scenario): \(label)",
                            message: "runs: \(cell.verdict.runs). \(cell.verdict.remarks.joined(separator: ". "))")
                    ))
            }
            if cell.verdict.outcome == .inconclusive, cell.verdict.assertions.allSatisfy({ $0.outcome == .passed }) {
                lines.append(
                    (
                        .inconclusive,
                        command(
                            .inconclusive, file: cell.file, line: 0, title: "\(cell.verdict.scenario): \(label)",
                            message: cell.verdict.reason)
                    ))
            }
        }
        let sorted = [Outcome.failed, .inconclusive, .passed].flatMap { outcome in
            lines.filter { $0.outcome == outcome }
        }
        return sorted.prefix(limit).map { $0.text + "\n" }.joined()
    }

    private static func command(
        _ outcome: Outcome, file: String, line: Int, title: String, message: String
    ) -> String {
        var properties = file.isEmpty ? [] : ["file=\(property(file))"]
        if line > 0 { properties.append("line=\(line)") }
        properties.append("title=\(property(title))")
        let kind =
            switch outcome {
            case .failed: "error"
            case .inconclusive: "warning"
            case .passed: "notice"
            }
        return "::\(kind) \(properties.joined(separator: ","))::\(data(message))"
    }

    /// The text of a command: a line end in it would begin another command.
    private static func data(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return TextWidth.harmless(result)
    }

    /// A property of a command, in which `,` and `:` have a meaning too.
    private static func property(_ text: String) -> String {
        data(text).split(separator: ":", omittingEmptySubsequences: false).joined(separator: "%3A")
            .split(separator: ",", omittingEmptySubsequences: false).joined(separator: "%2C")
    }
}
