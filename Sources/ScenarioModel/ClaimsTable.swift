import EvidenceModel

/// The table of claims: each statement of a scenario with its verdict by experiment, the cells that back it, and what
/// the fix costs. Markdown, made from scenarios and the verdicts on their cells alone.
public enum ClaimsTable {
    /// The page. Scenarios without a statement are left out; cells are found by id.
    ///
    /// - Parameter brokers: other brokers that cells were run on, a column each.
    public static func markdown(
        _ scenarios: [Scenario], verdicts: [Verdict], brokers: [BrokerOutcomes] = []
    ) -> String {
        let byCell = Dictionary(verdicts.map { ($0.id, $0) }) { first, _ in first }
        let stated = scenarios.compactMap { scenario in scenario.statement.map { Claim(scenario, $0, byCell, brokers) }
        }
        var lines = [
            "# Claims, tested", "",
            "Made by `make claims` from a run; do not edit. A verdict stands here only when every cell of its scenario",
            "met its expectations in that run.", "",
            "| scenario | statement | verdict by experiment | cost of the fix |" + heads(brokers),
            "|---|---|---|---|" + rules(brokers),
        ]
        for claim in stated {
            let name = claim.scenario.name
            lines.append(
                "| [\(name)](#\(anchor(name))) | \(cell(claim.statement.says)) | \(claim.verdict) | \(claim.cost) |"
                    + claim.brokers.map { " \($0.summary(claim.ids)) |" }.joined())
        }
        for claim in stated { lines += [""] + claim.section }
        return lines.joined(separator: "\n") + "\n"
    }

    fileprivate static func heads(_ brokers: [BrokerOutcomes]) -> String {
        brokers.map { " \(cell($0.name)) |" }.joined()
    }

    fileprivate static func rules(_ brokers: [BrokerOutcomes]) -> String {
        String(repeating: "---|", count: brokers.count)
    }

    /// The anchor that Markdown renderers give a heading: small letters, no dots.
    private static func anchor(_ name: String) -> String { name.lowercased().filter { $0 != "." } }

    /// A text that may stand in a cell of a table.
    fileprivate static func cell(_ text: String) -> String { text.split(separator: "|").joined(separator: "\\|") }
}

/// One statement with what its cells say.
private struct Claim {
    let scenario: Scenario
    let statement: StatementSpec
    let verdicts: [(cell: ScenarioCell, verdict: Verdict?)]

    let brokers: [BrokerOutcomes]
    var ids: [String] { scenario.cells.map(\.id) }

    init(
        _ scenario: Scenario, _ statement: StatementSpec, _ byCell: [String: Verdict], _ brokers: [BrokerOutcomes]
    ) {
        self.brokers = brokers
        self.scenario = scenario
        self.statement = statement
        verdicts = scenario.cells.map { ($0, byCell[$0.id]) }
    }

    /// The verdict, or why there is none.
    var verdict: String {
        let met = verdicts.count { $0.verdict?.outcome == .passed }
        guard met == verdicts.count else { return "not shown: \(met) of \(verdicts.count) cells as expected" }
        return "**\(statement.verdict.rawValue)**: \(ClaimsTable.cell(statement.because))"
    }

    var cost: String {
        guard let cost = statement.cost else { return "" }
        let parts = [
            change("records/s", cost) { $0.throughputRecordsPerS },
            change("ack p99 ms", cost) { $0.ackLatencyMs?.p99 },
        ]
        return ([cost.of] + parts.compactMap { $0 }).joined(separator: "<br>")
    }

    var section: [String] {
        var lines = ["## \(scenario.name)", "", scenario.claim, ""]
        if !scenario.references.isEmpty { lines += ["From: \(scenario.references.joined(separator: "; ")).", ""] }
        lines += [
            "| cell | outcome | survived | acked | failed | lost | duplicates | reordered | retried | dedup | wire errors "
                + "| records/s | ack p99 ms |" + ClaimsTable.heads(brokers),
            "|---|---|---|---|---|---|---|---|---|---|---|---|---|" + ClaimsTable.rules(brokers),
        ]
        return lines + verdicts.map { row($0.cell, $0.verdict) }
    }

    private func row(_ cell: ScenarioCell, _ verdict: Verdict?) -> String {
        var name = cell.id
        if name.hasPrefix(scenario.name + ",") { name = String(name.dropFirst(scenario.name.count + 1)) }
        let others = brokers.map { " \(ClaimsTable.cell($0.cell(cell.id)?.text ?? "not run")) |" }.joined()
        guard let verdict else { return "| \(name) | not run |" + String(repeating: " |", count: 11) + others }
        let measures = verdict.measures
        let codes =
            (measures.errorCodes ?? [:]).filter { $0.key != "0" && $0.value > 0 }
            .sorted { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) }
            .map { "\($0.key): \($0.value)" }
            + (measures.fetchErrors ?? [:]).filter { $0.value != 0 }.sorted { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) }
            .map { "fetch v\($0.key): \($0.value)" }
        let columns = [
            name, verdict.outcome.rawValue, verdict.survived.map { $0 ? "yes" : "no" } ?? "?",
            String(measures.acked), String(measures.failed), shown(measures.lost), shown(measures.duplicates),
            shown(measures.reordered), shown(measures.retriedBatches), shown(measures.deduplicatedBatches),
            codes.joined(separator: ", "), shown(measures.throughputRecordsPerS), shown(measures.ackLatencyMs?.p99),
        ]
        return "| " + columns.joined(separator: " | ") + " |" + others
    }

    /// `records/s 4990 -> 4985 (-0.1 %)`, medians of both sides; nil where a side has no number.
    private func change(
        _ name: String, _ cost: StatementSpec.Cost, _ measure: (Measures) -> Double?
    ) -> String? {
        func median(_ conditions: [ParameterCondition]) -> Double? {
            let values = verdicts.filter { $0.cell.matches(conditions) }.compactMap {
                $0.verdict.flatMap { measure($0.measures) }
            }
            return values.isEmpty ? nil : values.sorted()[values.count / 2]
        }
        guard let before = median(cost.before), let after = median(cost.after), before > 0 else { return nil }
        let percent = ((after / before - 1) * 1000).rounded() / 10
        return "\(name) \(shown(before)) -> \(shown(after)) (\(percent > 0 ? "+" : "")\(DecimalText.shown(percent)) %)"
    }

    private func shown(_ value: Int?) -> String { value.map(String.init) ?? "?" }

    private func shown(_ value: Double?) -> String {
        guard let value else { return "?" }
        return DecimalText.shown(value >= 100 ? value.rounded() : (value * 10).rounded() / 10)
    }
}
