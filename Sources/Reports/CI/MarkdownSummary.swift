import EvidenceModel

/// A summary for the job page of a CI service, in the Markdown that GitHub and GitLab share.
public enum MarkdownSummary {
    /// Rows that one table may have; a job page has a limit of 1 MiB.
    private static let rowLimit = 300

    /// The text.
    public static func text(_ results: RunResults) -> String {
        let counts = Dictionary(grouping: results.cells, by: \.verdict.outcome).mapValues(\.count)
        let parts = [Outcome.failed, .inconclusive, .passed].compactMap { outcome in
            counts[outcome].map { "\($0) \(outcome.rawValue)" }
        }
        var text = "## \(mark(results.outcome)) \(escape(results.scenario))\n\n"
        text += "\(results.cells.count) cells: \(parts.isEmpty ? "nothing was run" : parts.joined(separator: ", "));"
        text += " seed `\(results.seed)`, crosswind \(escape(results.version))\n\n"
        text +=
            "| | cell | survived | acked | lost | dup | reordered | seq. errors | given up | records/s | p99 ms | why |\n"
        text += "|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|\n"
        let worst = results.cells.sorted { $0.verdict.outcome > $1.verdict.outcome }
        for cell in worst.prefix(rowLimit) { text += row(cell) }
        if worst.count > rowLimit { text += "\nand \(worst.count - rowLimit) more\n" }
        return text
    }

    static func mark(_ outcome: Outcome) -> String {
        switch outcome {
        case .passed: "✅"
        case .failed: "❌"
        case .inconclusive: "⚠️"
        }
    }

    private static func row(_ cell: RunResults.Cell) -> String {
        let verdict = cell.verdict
        let m = verdict.measures
        func number(_ value: Int?) -> String { value.map(String.init) ?? "–" }
        func number(_ value: Double?) -> String { value.map(Numbers.text) ?? "–" }
        let name = "\(verdict.scenario): \(CellLabel.text(verdict.parameters, id: verdict.id))"
        let columns = [
            mark(verdict.outcome), escape(name), verdict.survived.map { $0 ? "yes" : "no" } ?? "–",
            "\(m.acked)/\(m.sent)", number(m.lost), number(m.duplicates), number(m.reordered),
            number(m.sequenceErrors), number(m.failed), number(m.throughputRecordsPerS), number(m.ackLatencyMs?.p99),
            escape(
                ([verdict.reason] + (verdict.runs > 1 ? ["(runs: \(verdict.runs))"] + verdict.remarks : [])).joined(
                    separator: " ")),
        ]
        return "| " + columns.joined(separator: " | ") + " |\n"
    }

    /// `text` as plain words of Markdown: no markup, no table, no link, no HTML, no mention comes of it.
    static func escape(_ text: String) -> String {
        var result = ""
        for scalar in TextWidth.harmless(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "@": result += "&#64;"
            case ":": result += "&#58;"
            case "\\", "`", "*", "_", "{", "}", "[", "]", "(", ")", "#", "+", "!", "|", "~", "$":
                result += "\\"
                result.unicodeScalars.append(scalar)
            case "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
