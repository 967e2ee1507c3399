import EvidenceModel

/// The top of report.html: what is wrong in the whole run, worst first, and where each scenario is. A suite of thirty
/// scenarios must not be scrolled through to find the one that failed.
enum RunOverview {
    /// Cells that are listed; a run in which more fail has one cause.
    private static let cellLimit = 20
    /// Scenarios that a title names.
    private static let nameLimit = 2

    /// The run's name: of many scenarios, how many.
    static func name(_ results: RunResults) -> String {
        let names = scenarios(results).map(\.name)
        if names.isEmpty { return results.scenario.isEmpty ? "no scenario" : results.scenario }
        return names.count > nameLimit ? "\(names.count) scenarios" : names.joined(separator: ", ")
    }

    /// The fragment of a scenario's section. No cell's anchor begins like this: theirs spell an underscore out.
    static func anchor(_ scenario: String) -> String { "_s." + Markup.anchor(scenario) }

    /// The markup; empty for a run of one cell, which is all in sight.
    static func html(_ results: RunResults) -> String {
        guard results.cells.count > 1 else { return "" }
        return worst(results) + contents(results)
    }

    private static func worst(_ results: RunResults) -> String {
        let bad = [Outcome.failed, .inconclusive].flatMap { outcome in
            results.cells.filter { $0.verdict.outcome == outcome }
        }
        if bad.isEmpty { return "" }
        var text = "<ul class=\"worst\">"
        for cell in bad.prefix(cellLimit) {
            let verdict = cell.verdict
            let label = CellLabel.full(scenario: verdict.scenario, verdict.parameters)
            text += "<li><b class=\"\(verdict.outcome.rawValue)\">\(CellSection.mark(verdict.outcome))</b> "
            text += "<a href=\"#\(Markup.anchor(verdict.id))\">\(Markup.escape(label))</a> "
            text += "<span class=\"dim\">\(Markup.escape(verdict.reason))</span></li>"
        }
        if bad.count > cellLimit { text += "<li class=\"dim\">and \(bad.count - cellLimit) more</li>" }
        return text + "</ul>"
    }

    private static func contents(_ results: RunResults) -> String {
        let scenarios = scenarios(results)
        if scenarios.count < 2 { return "" }
        let links = scenarios.map { scenario in
            "<span class=\"\(scenario.outcome.rawValue)\">\(CellSection.mark(scenario.outcome))</span> "
                + "<a href=\"#\(anchor(scenario.name))\">\(Markup.escape(scenario.name))</a>"
        }
        return "<p class=\"contents\"><span>\(links.joined(separator: "</span> <span>"))</span></p>"
    }

    private static func scenarios(_ results: RunResults) -> [(name: String, outcome: Outcome)] {
        var order: [String] = []
        var outcomes: [String: Outcome] = [:]
        for cell in results.cells {
            let name = cell.verdict.scenario
            if outcomes[name] == nil { order.append(name) }
            outcomes[name] = max(outcomes[name] ?? .passed, cell.verdict.outcome)
        }
        return order.map { ($0, outcomes[$0] ?? .passed) }
    }
}
