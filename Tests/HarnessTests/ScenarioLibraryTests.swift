import EvidenceModel
import Foundation
import ScenarioModel
import Testing

@testable import BrokerKinds
@testable import Cells
@testable import Runs

/// The library and the reference against the words that this build really knows.
@Suite struct ScenarioLibraryTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    @Test func everyScenarioIsValidForThisBuild() throws {
        #expect(try ScenarioLibrary.validate(["\(Self.root)/Scenarios"]).hasSuffix(": valid"))
    }

    @Test func everyWordOfAFaultIsDocumented() throws {
        let text = try String(contentsOfFile: "\(Self.root)/docs/scenario-format.md", encoding: .utf8)
        for keyword in ScenarioLibrary.vocabulary.keywords {
            #expect(text.contains("`\(keyword.name)`"), "\(keyword.name) is not in docs/scenario-format.md")
        }
    }

    @Test func theSchemaNamesEveryKindOfBroker() throws {
        let schema = try Data(contentsOf: URL(fileURLWithPath: "\(Self.root)/docs/scenario.schema.json"))
        var object = try JSONSerialization.jsonObject(with: schema) as? [String: Any]
        for step in ["broker", "kind"] { object = (object?["properties"] as? [String: Any])?[step] as? [String: Any] }
        #expect(object?["enum"] as? [String] == BrokerCatalog.all.map(\.name), "docs/scenario.schema.json, broker.kind")
    }

    @Test func everyMeasureIsDocumented() throws {
        let format = try String(contentsOfFile: "\(Self.root)/docs/scenario-format.md", encoding: .utf8)
        let schema = try String(contentsOfFile: "\(Self.root)/docs/results.schema.json", encoding: .utf8)
        for name in Measure.all.map(\.name) + Measure.Family.all.map(\.prefix) {
            #expect(format.contains("`\(name)"), "\(name) is not in docs/scenario-format.md")
            let key = name.split(separator: ".")[0]
            #expect(schema.contains("\"\(key)\": {"), "\(key) is not in docs/results.schema.json")
        }
    }

    /// `--tag` and `--without-tag` choose by what a machine has, so the tags must be what the cells need.
    @Test func theTagsOfAScenarioFollowFromItsCells() throws {
        let guide = try String(contentsOfFile: "\(Self.root)/docs/guide.md", encoding: .utf8)
        for scenario in try ScenarioLibrary.load(["\(Self.root)/Scenarios"], seed: 0) {
            guard scenario.sweep == nil else {
                // The cells of a sweep are known only while it runs.
                #expect(scenario.tags.contains("capacity"), "\(scenario.file)")
                continue
            }
            let clients = Set(scenario.cells.map(\.producer.client))
            let newer = scenario.cells.contains { $0.producer.version.map { $0 != "2.0" } ?? false }
            let tagged: [(String, Bool)] = [
                ("client:java", clients.contains("kafka-clients")),
                ("client:python", !clients.isDisjoint(with: ["kafka-python", "aiokafka"])),
                ("needs-clients", newer || !clients.isSubset(of: ["librdkafka", "raw"])),
                ("needs-docker", scenario.cells.contains { BrokerCatalog.kind($0.broker).usesContainers }),
                ("cluster", scenario.cells.contains { $0.broker.nodes > 1 }),
                ("capacity", false),
            ]
            for (tag, isNeeded) in tagged {
                #expect(scenario.tags.contains(tag) == isNeeded, "\(scenario.file): \(tag)")
            }
            let undocumented = scenario.tags.filter { !guide.contains("`\($0)`") }
            #expect(undocumented.isEmpty, "not in docs/guide.md, used by \(scenario.file)")
        }
    }
}
