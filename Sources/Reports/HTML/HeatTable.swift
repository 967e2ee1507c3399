import EvidenceModel

/// The matrix of a scenario as a table: colour says whether the configuration survived, the sign whether that was
/// expected, and the number what decided.
struct HeatTable {
    private let cells: [RunResults.Cell]

    init(_ cells: [RunResults.Cell]) { self.cells = cells }

    /// Columns that still fit a page.
    private static let columnLimit = 12

    /// The markup.
    func html() -> String {
        let keys = Set(cells.flatMap { $0.verdict.parameters.keys }).sorted()
        let values = keys.map { key in (key: key, values: distinct { $0.parameters[key] ?? "" }) }
        // The parameter with the most values that fit goes across; all others make the rows.
        let across = values.filter { $0.values.count <= Self.columnLimit }.max { $0.values.count < $1.values.count }
        guard let across else { return html(rows: [("", cells)], columns: nil) }
        let others = keys.filter { $0 != across.key }
        let names = distinct { Self.name($0, others) }
        let rows = names.map { name in (name, cells.filter { Self.name($0.verdict, others) == name }) }
        return html(rows: rows, columns: across)
    }

    private func distinct(_ value: (Verdict) -> String) -> [String] {
        var seen: Set<String> = []
        return cells.map { value($0.verdict) }.filter { seen.insert($0).inserted }
    }

    private static func name(_ verdict: Verdict, _ keys: [String]) -> String {
        keys.map { "\(CellLabel.name($0))=\(verdict.parameters[$0] ?? "–")" }.joined(separator: " ")
    }

    private func html(rows: [(String, [RunResults.Cell])], columns: (key: String, values: [String])?) -> String {
        var text = "<div class=\"scroll\"><table class=\"heat\">"
        if let columns {
            text += "<thead><tr><th></th>"
            for value in columns.values {
                text +=
                    "<th>\(Markup.escape(CellLabel.name(columns.key)))=\(value.isEmpty ? "–" : Markup.escape(value))</th>"
            }
            text += "</tr></thead>"
        }
        for (name, cells) in rows {
            text += "<tr><th>\(Markup.escape(name))</th>"
            if let columns {
                for value in columns.values {
                    let here = cells.filter { ($0.verdict.parameters[columns.key] ?? "") == value }
                    text += here.isEmpty ? "<td></td>" : "<td>" + here.map(Self.html).joined() + "</td>"
                }
            } else {
                text += "<td>" + cells.map(Self.html).joined() + "</td>"
            }
            text += "</tr>"
        }
        return text + "</table></div>"
    }

    private static func html(_ cell: RunResults.Cell) -> String {
        let verdict = cell.verdict
        let word = survival(verdict)
        let sign =
            switch verdict.outcome {
            case .passed: "✓ as expected"
            case .failed: "✗ not as expected"
            case .inconclusive: "? proves nothing"
            }
        return "<a class=\"hot \(word.style)\" href=\"#\(Markup.anchor(verdict.id))\""
            + " title=\"\(Markup.escape(verdict.reason))\"><b>\(Markup.escape(number(verdict)))</b>"
            + "<small>\(word.text)</small><small class=\"sign \(verdict.outcome.rawValue)\">\(sign)</small></a>"
    }

    static func survival(_ verdict: Verdict) -> (text: String, style: String) {
        switch verdict.survived {
        case true: ("survived", "good")
        case false: ("broke", "bad")
        case nil: ("not known", "unknown")
        }
    }

    /// The number that decided: of what broke first, else what it cost to survive.
    static func number(_ verdict: Verdict) -> String {
        let measures = verdict.measures
        let broken = verdict.properties.first { $0.outcome == .failed }?.property
        switch broken {
        case "no-loss": return "\(measures.lost ?? 0) lost"
        case "no-duplicates": return "\(measures.duplicates ?? 0) duplicates"
        case "order": return "\(measures.reordered ?? 0) reordered"
        case "no-sequence-errors": return "\(measures.sequenceErrors ?? 0) sequence errors"
        case "nothing-given-up": return "\(max(measures.failed, measures.sent - measures.acked)) given up"
        case "payload-integrity": return "payload changed"
        case "acks-on-wire": return "accounts differ"
        case "recovery": return measures.recoveryMs.map { "back after \(Numbers.text($0)) ms" } ?? "no recovery"
        case .some(let other): return other
        case nil: break
        }
        if verdict.survived == nil {
            return verdict.causesOfDoubt.isEmpty ? "?" : "\(verdict.causesOfDoubt.count) doubts"
        }
        if let retried = measures.retriedBatches, retried > 0 { return "\(retried) retried" }
        return measures.throughputRecordsPerS.map { "\(Numbers.text($0.rounded()))/s" } ?? "–"
    }
}
