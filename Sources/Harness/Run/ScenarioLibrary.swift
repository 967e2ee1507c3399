import Drivers
import EvidenceModel
import FoundationEssentials
import LinkEmulator
import ScenarioModel
import SystemCalls
import Verdicts

/// Loads scenario files by the rules of this build: the faults that the link and the brokers know, the clients with a
/// driver, the measures that the judge knows.
public enum ScenarioLibrary {
    /// Every word that a fault may use.
    package static let vocabulary =
        FaultVocabulary(LinkVocabulary.keywords) + FaultVocabulary(BrokerVocabulary.keywords)

    /// What a scenario file may name.
    ///
    /// - Throws: `ScenarioError` or `ScenarioErrors` for a client's folder that is wrong.
    package static func rules() throws -> ScenarioRules { try shared.get() }

    private static let shared = Result {
        ScenarioRules(
            vocabulary: vocabulary, releases: BrokerVocabulary.releases,
            playsRelease: { BrokerVocabulary.plays($0) }, abilities: BrokerAbilities.ofKinds,
            clientProperties: Dictionary(
                uniqueKeysWithValues: try DriverCatalog.installed().clients.map { ($0.name, $0.properties) }))
    }

    /// Loads files, directories and globs.
    ///
    /// - Parameter seed: the seed that the user named; nil lets a file's own seed or a random one decide.
    /// - Throws: `ScenarioErrors` with everything that is wrong in all files.
    public static func load(_ paths: [String], seed: UInt64? = nil) throws -> [Scenario] {
        let seed = seed.map { RunSeed.asked($0) } ?? .chosen(UInt64.random(in: 0...UInt64(Int64.max)))
        return try ScenarioLoader(rules: rules(), seed: seed, files: .disk).load(
            paths.map(InstalledFiles.locate))
    }

    /// The scenarios that carry one of `tags` (all when empty) and none of `withoutTags`.
    static func select(_ scenarios: [Scenario], tags: [String], withoutTags: [String]) -> [Scenario] {
        scenarios.filter { scenario in
            (tags.isEmpty || !Set(tags).isDisjoint(with: scenario.tags))
                && Set(withoutTags).isDisjoint(with: scenario.tags)
        }
    }

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
        return lines.sorted().map { line in
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
        PlanDescription.dryRun(
            select(
                try load(options.scenarios, seed: options.seed), tags: options.tags, withoutTags: options.withoutTags))
    }
}
