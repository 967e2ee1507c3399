import EvidenceModel

/// The table at the end of a run: one row for each cell with the numbers that decided it, under it the reason and every
/// expectation with its actual value.
public struct ResultTable {
    private let results: RunResults
    private let style: TerminalStyle

    /// The table of `results`.
    public init(_ results: RunResults, style: TerminalStyle) {
        self.results = results
        self.style = style
    }

    /// A column: its title, how dear it is (0 is kept longest), and its text; nil where there is no number.
    private struct Column: Sendable {
        var title: String
        var rank: Int
        var text: @Sendable (Verdict) -> String?
    }

    private static let columns: [Column] = [
        Column(title: "survived", rank: 1) { $0.survived.map { $0 ? "yes" : "no" } ?? "–" },
        Column(title: "acked", rank: 2) { "\($0.measures.acked)/\($0.measures.sent)" },
        Column(title: "lost", rank: 3) { $0.measures.lost.map(String.init) },
        Column(title: "dup", rank: 3) { $0.measures.duplicates.map(String.init) },
        Column(title: "reord", rank: 4) { $0.measures.reordered.map(String.init) },
        Column(title: "seq err", rank: 4) { $0.measures.sequenceErrors.map(String.init) },
        Column(title: "failed", rank: 4) { String($0.measures.failed) },
        Column(title: "resent", rank: 6) { $0.measures.retriedBatches.map(String.init) },
        Column(title: "dedup", rank: 5) { $0.measures.deduplicatedBatches.map(String.init) },
        Column(title: "rec/s", rank: 7) { $0.measures.throughputRecordsPerS.map(Numbers.text) },
        Column(title: "p99 ms", rank: 8) { $0.measures.ackLatencyMs.map { Numbers.text($0.p99) } },
        Column(title: "send p99", rank: 10) { $0.measures.ackLatencyFromSendMs.map { Numbers.text($0.p99) } },
        Column(title: "recov ms", rank: 9) { $0.measures.recoveryMs.map(Numbers.text) },
    ]

    /// The text, with a line end at its end.
    public func text() -> String {
        var lines: [String] = []
        var start = results.cells.startIndex
        while start < results.cells.endIndex {
            let scenario = results.cells[start].verdict.scenario
            let end = results.cells[start...].firstIndex { $0.verdict.scenario != scenario } ?? results.cells.endIndex
            if !lines.isEmpty { lines.append("") }
            lines += section(results.cells[start..<end])
            start = end
        }
        lines.append("")
        lines += gravest()
        lines.append(summary())
        return lines.joined(separator: "\n") + "\n"
    }

    private func section(_ cells: ArraySlice<RunResults.Cell>) -> [String] {
        guard let first = cells.first else { return [] }
        var lines = [style.paint(TextWidth.harmless(first.verdict.scenario), .bold)]
        lines += TextWidth.wrap(TextWidth.harmless(first.claim), style.width - 2).map { style.paint("  " + $0, .dim) }
        // One network for all cells of a scenario is said once; where a matrix changes it, the labels tell.
        if let network = first.network, cells.allSatisfy({ $0.network == network }) {
            lines += TextWidth.wrap("network: " + TextWidth.harmless(network), style.width - 2).map {
                style.paint("  " + $0, .dim)
            }
        }
        // The same of TCP, where it is not stock.
        let stock = TCPOfCell().summary
        if let tcp = first.tcp, !tcp.hasPrefix(stock + ";"), cells.allSatisfy({ $0.tcp == tcp }) {
            lines += TextWidth.wrap("TCP: " + TextWidth.harmless(tcp), style.width - 2).map {
                style.paint("  " + $0, .dim)
            }
        }
        let labels = cells.map { TextWidth.harmless(CellLabel.text($0.verdict.parameters, id: $0.verdict.id)) }
        let columns = fitted(cells, labelWidth: max(4, min(labels.map(TextWidth.of).max() ?? 4, style.width / 2)))
        let labelWidth = columns.labelWidth
        var header = "  " + TextWidth.pad("cell", labelWidth)
        for column in columns.columns { header += "  " + TextWidth.pad(column.column.title, column.width, right: true) }
        lines.append(style.paint(header, .dim))
        for (cell, label) in zip(cells, labels) {
            var row = style.mark(cell.verdict.outcome) + " "
            row += TextWidth.pad(TextWidth.cut(label, labelWidth), labelWidth)
            for column in columns.columns {
                let text = column.column.text(cell.verdict) ?? "–"
                let padded = TextWidth.pad(text, column.width, right: true)
                row += "  " + paint(padded, column.column.title, text)
            }
            lines.append(row)
            lines += details(cell.verdict)
        }
        return lines
    }

    /// Numbers that speak against a configuration stand out.
    private func paint(_ padded: String, _ title: String, _ text: String) -> String {
        switch title {
        case "lost", "dup", "reord", "seq err", "failed":
            text == "0" || text == "–" ? style.paint(padded, .dim) : style.paint(padded, .red)
        case "survived":
            text == "yes" ? style.paint(padded, .green) : style.paint(padded, text == "no" ? .red : .yellow)
        default: padded
        }
    }

    private func details(_ verdict: Verdict) -> [String] {
        var lines = TextWidth.wrap(TextWidth.harmless(verdict.reason), style.width - 4).map {
            "    " + (verdict.outcome == .passed ? style.paint($0, .dim) : $0)
        }
        for assertion in verdict.assertions {
            var text = TextWidth.harmless(assertion.text)
            if assertion.line > 0 { text += " (line \(assertion.line))" }
            text += ": " + actual(assertion)
            lines.append("    " + style.mark(assertion.outcome) + " " + TextWidth.cut(text, style.width - 6))
        }
        for doubt in verdict.doubts where !verdict.reason.contains(doubt) {
            let word = verdict.remarks.contains(doubt) ? "note: " : "doubt: "
            let wrapped = TextWidth.wrap(word + TextWidth.harmless(doubt), style.width - 6)
            lines += wrapped.enumerated().map { i, text in
                "    " + style.paint((i == 0 ? "? " : "  ") + text, .yellow)
            }
        }
        return lines
    }

    private func actual(_ assertion: Assertion) -> String {
        guard let actual = assertion.actual else { return "not measured" }
        if assertion.text.hasPrefix("survives") { return actual == 1 ? "it survived" : "it did not survive" }
        return Numbers.text(actual)
    }

    /// The columns that fit into the width: those without a single number go first, then the least dear.
    private func fitted(
        _ cells: ArraySlice<RunResults.Cell>, labelWidth: Int
    ) -> (labelWidth: Int, columns: [(column: Column, width: Int)]) {
        var columns: [(column: Column, width: Int)] = Self.columns.compactMap { column in
            let texts = cells.map { column.text($0.verdict) }
            if !texts.contains(where: { $0 != nil }) { return nil }
            return (column, max(TextWidth.of(column.title), texts.compactMap { $0 }.map(TextWidth.of).max() ?? 1))
        }
        func total() -> Int { 2 + labelWidth + columns.reduce(0) { $0 + 2 + $1.width } }
        while total() > style.width,
            let dropped = columns.indices.max(by: { a, b in
                (columns[a].column.rank, a) < (columns[b].column.rank, b)
            })
        {
            columns.remove(at: dropped)
        }
        return (labelWidth, columns)
    }

    /// What is not as expected, once more and in short: of many scenarios only the end of the text is in sight.
    private func gravest() -> [String] {
        guard Set(results.cells.map(\.verdict.scenario)).count > 1 else { return [] }
        let bad = [Outcome.failed, .inconclusive].flatMap { outcome in
            results.cells.lazy.map(\.verdict).filter { $0.outcome == outcome }
        }
        if bad.isEmpty { return [] }
        var lines = bad.prefix(Self.gravestLimit).map { verdict in
            let label = TextWidth.harmless(CellLabel.full(scenario: verdict.scenario, verdict.parameters))
            let text = label + "  " + TextWidth.harmless(verdict.reason)
            return style.mark(verdict.outcome) + " " + TextWidth.cut(text, style.width - 2)
        }
        if bad.count > Self.gravestLimit { lines.append("  and \(bad.count - Self.gravestLimit) more") }
        if bad.contains(where: { $0.causesOfDoubt.contains { $0.contains("was late") } }) {
            lines += TextWidth.wrap(
                "A link is late when the machine is busy: run fewer cells at a time (--jobs), or nothing beside them.",
                style.width - 2
            ).map { style.paint("  " + $0, .dim) }
        }
        return lines + [""]
    }

    private static let gravestLimit = 20

    private func summary() -> String {
        let counts = Dictionary(grouping: results.cells, by: \.verdict.outcome).mapValues(\.count)
        let parts = [Outcome.passed, .failed, .inconclusive].compactMap { outcome in
            counts[outcome].map { "\($0) " + style.word(outcome) }
        }
        let cells = results.cells.count == 1 ? "1 cell" : "\(results.cells.count) cells"
        var what = "\(cells): " + (parts.isEmpty ? "nothing was run" : parts.joined(separator: ", "))
        let plain = parts.isEmpty ? 40 : cells.count + 2 + parts.count * 18
        let again = results.cells.filter { $0.verdict.runs > 1 }.count
        if again > 0 { what += ", \(again) of them run again" }
        let seed = style.paint("seed \(results.seed)", .dim)
        return what + (plain + 10 + String(results.seed).count > style.width ? "\n" : "  ") + seed
    }
}
