import EvidenceModel

/// `report.html`: one file without a script and without anything from the network, for a desk or a phone.
///
/// Records are added one at a time and aggregated at once, so that a run of any size needs the memory of one cell.
/// Everything from outside is escaped, and the page forbids scripts and network access to itself (CSP).
public struct HTMLReport {
    private let results: RunResults
    private var sections: [String?]
    /// Cells that are unfolded from the start: the first that failed, then those that prove nothing.
    private let opened: Set<Int>

    private static let openLimit = 3

    /// A report of `results`, without records yet.
    public init(_ results: RunResults) {
        self.results = results
        sections = Array(repeating: nil, count: results.cells.count)
        let cells = results.cells
        let order =
            cells.indices.filter { cells[$0].verdict.outcome == .failed }
            + cells.indices.filter { cells[$0].verdict.outcome == .inconclusive }
        opened = Set(cells.count == 1 ? [0] : order.prefix(Self.openLimit))
    }

    /// Draws a cell from its record.
    ///
    /// - Parameters:
    ///   - record: the record of the cell; nil draws the verdict alone.
    ///   - index: the cell's place in `results.cells`; others are ignored.
    ///   - files: names in the cell's directory to link to, for example `client.pcapng`.
    public mutating func draw(_ record: CellRecord?, ofCell index: Int, files: [String] = []) {
        guard sections.indices.contains(index) else { return }
        let cell = results.cells[index]
        sections[index] = CellSection(cell, runSeed: results.seed, record: record, files: files).html(
            isOpen: opened.contains(index))
    }

    /// The page. Cells that were not drawn show their verdict alone.
    public mutating func html() -> String {
        for index in sections.indices where sections[index] == nil { draw(nil, ofCell: index) }
        var text = head()
        var start = results.cells.startIndex
        while start < results.cells.endIndex {
            let scenario = results.cells[start].verdict.scenario
            let end = results.cells[start...].firstIndex { $0.verdict.scenario != scenario } ?? results.cells.endIndex
            let cells = Array(results.cells[start..<end])
            text +=
                "<section><h2 id=\"\(RunOverview.anchor(scenario))\">\(Markup.escape(scenario))</h2><p>\(Markup.escape(cells[0].claim))</p>"
            text += "<p class=\"dim\"><code>\(Markup.escape(cells[0].file))</code></p>"
            text += HeatTable(cells).html()
            for index in start..<end { text += sections[index] ?? "" }
            text += "</section>"
            start = end
        }
        return text + "</body></html>\n"
    }

    private func head() -> String {
        let counts = Dictionary(grouping: results.cells, by: \.verdict.outcome).mapValues(\.count)
        let summary = [Outcome.failed, .inconclusive, .passed].compactMap { outcome in
            counts[outcome].map { "<b class=\"\(outcome.rawValue)\">\($0) \(outcome.rawValue)</b>" }
        }.joined(separator: ", ")
        let title =
            "\(CellSection.mark(results.outcome)) \(RunOverview.name(results))"
        var facts = ["crosswind \(Markup.escape(results.version))", "seed <code>\(results.seed)</code>"]
        if results.startedUs > 0 { facts.append(Markup.escape(UTCTime.text(results.startedUs))) }
        if results.endedUs > results.startedUs, results.startedUs > 0 {
            facts.append("took \(Numbers.text(Double(results.endedUs - results.startedUs) / 1e6)) s")
        }
        return """
            \(HTMLPage.head(title: title))
            <h1 class="\(results.outcome.rawValue)">\(Markup.escape(title))</h1>
            <p>\(results.cells.count == 1 ? "1 cell" : "\(results.cells.count) cells"): \(summary.isEmpty ? "nothing was run" : summary)</p>
            <p class="dim">\(facts.joined(separator: " · "))</p>
            \(RunOverview.html(results))
            """
    }
}
