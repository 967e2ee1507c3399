import BrokerKinds
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

    /// The same with a broker in place of the scenarios' own.
    package static func rules(broker: BrokerOverride?) throws -> ScenarioRules {
        var rules = try rules()
        rules.broker = broker
        return rules
    }

    private static let shared = Result {
        var rules = ScenarioRules(
            vocabulary: vocabulary, brokerKinds: BrokerCatalog.all.map(\.spec), releases: BrokerVocabulary.releases,
            playsRelease: { BrokerVocabulary.plays($0) },
            abilities: Dictionary(uniqueKeysWithValues: BrokerCatalog.all.map { ($0.name, $0.abilities) }),
            clientProperties: Dictionary(
                uniqueKeysWithValues: try DriverCatalog.installed().clients.map { ($0.name, $0.properties) }))
        rules.propertiesBesideDriver = { try OwnDriver.properties(beside: $0) }
        return rules
    }

    /// Loads files, directories and globs.
    ///
    /// - Parameters:
    ///   - seed: the seed that the user named; nil lets a file's own seed or a random one decide.
    ///   - broker: takes the place of the scenarios' own.
    /// - Throws: `ScenarioErrors` with everything that is wrong in all files.
    public static func load(
        _ paths: [String], seed: UInt64? = nil, broker: BrokerOverride? = nil
    ) throws -> [Scenario] {
        let seed = seed.map { RunSeed.asked($0) } ?? .chosen(UInt64.random(in: 0...UInt64(Int64.max)))
        return try ScenarioLoader(rules: rules(broker: broker), seed: seed, files: .disk).load(
            paths.map(InstalledFiles.locate))
    }

    /// The scenarios that carry one of `tags` (all when empty) and none of `withoutTags`.
    package static func select(_ scenarios: [Scenario], tags: [String], withoutTags: [String]) -> [Scenario] {
        scenarios.filter { scenario in
            (tags.isEmpty || !Set(tags).isDisjoint(with: scenario.tags))
                && Set(withoutTags).isDisjoint(with: scenario.tags)
        }
    }
}
