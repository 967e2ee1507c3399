import Cells
import FoundationEssentials
import Reports
import ScenarioModel

extension ScenarioLibrary {
    /// `crosswind validate`: checks files and says what they hold.
    public static func validate(_ paths: [String]) throws -> String {
        let scenarios = try load(paths, seed: 0)
        let cells = scenarios.reduce(0) { $0 + $1.cells.count }
        let summary =
            "\(scenarios.count) scenario\(scenarios.count == 1 ? "" : "s"), "
            + "\(cells) cell\(cells == 1 ? "" : "s"): valid"
        return ([summary] + scenarios.flatMap(notes)).joined(separator: "\n")
    }

    /// What a reader of the file should know although nothing is wrong: words whose meaning has changed.
    private static func notes(_ scenario: Scenario) -> [String] {
        var lines: Set<Int> = []
        for cell in scenario.cells {
            let checks = cell.expectations + cell.rated.flatMap(\.checks)
            lines.formUnion(checks.filter { $0.measure.hasPrefix("ack_latency_ms.") }.map(\.line))
        }
        return scenario.notes.map(\.description)
            + lines.sorted().map { line in
                "\(scenario.file):\(line): note: ack_latency_ms counts from the time a record was due, not from the send "
                    + "call as in release 0.1; ack_latency_from_send_ms does"
            }
    }

    /// `crosswind list`: a line for each scenario.
    public static func list(_ paths: [String], tags: [String], withoutTags: [String]) throws -> String {
        PlanDescription.list(select(try load(paths, seed: 0), tags: tags, withoutTags: withoutTags))
    }

    /// `crosswind run --dry-run`: the cells and the timeline of each; nothing is started.
    public static func dryRun(_ options: RunOptions) throws -> String {
        let broker = try options.broker.map(BrokerChoice.override)
        let scenarios = select(
            try load(options.scenarios, seed: options.seed, broker: broker), tags: options.tags,
            withoutTags: options.withoutTags)
        return PlanDescription.dryRun(scenarios) + BrokerChoice.leftOut(scenarios, broker)
    }
}
