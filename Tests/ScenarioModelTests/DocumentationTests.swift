import Foundation
import Testing

@testable import ScenarioModel

/// What docs/scenario-format.md shows must be valid, and docs/scenario.schema.json must agree with the decoder.
@Suite struct DocumentationTests {
    let rules = ScenarioRules(vocabulary: libraryVocabulary, clients: libraryClients, brokerKinds: testKinds)

    func text(_ file: String) throws -> String {
        try String(contentsOfFile: "\(repository)/docs/\(file)", encoding: .utf8)
    }

    /// The blocks marked as YAML, with the line on which each begins.
    func blocks(_ text: String) -> [(line: Int, yaml: String)] {
        var blocks: [(line: Int, yaml: String)] = []
        var open: (line: Int, lines: [Substring])?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line == "```yaml" {
                open = (index + 2, [])
            } else if line == "```", let block = open {
                blocks.append((block.line, block.lines.joined(separator: "\n")))
                open = nil
            } else {
                open?.lines.append(line)
            }
        }
        return blocks
    }

    @Test(arguments: ["scenario-format.md", "guide.md"])
    func everyExampleIsValid(file: String) throws {
        let blocks = blocks(try text(file))
        #expect(blocks.count >= 4)
        for block in blocks {
            let whole = block.yaml.contains("name: ") && block.yaml.hasPrefix("name: ")
            let yaml = whole ? block.yaml : "name: example\nclaim: An example.\n" + block.yaml
            do {
                let scenario = try Scenario(yaml: yaml, file: file, rules: rules, seed: .chosen(1))
                #expect(!scenario.cells.isEmpty || scenario.sweep != nil)
            } catch {
                Issue.record("\(file), the block at line \(block.line): \(error)")
            }
        }
    }

    /// What a baseline is made of is said in two places.
    @Test func thePageOnRegressionsNamesTheScenariosThatTheMakefileRuns() throws {
        let makefile = try String(contentsOfFile: "\(repository)/Makefile", encoding: .utf8)
        let line = try #require(makefile.split(separator: "\n").first { $0.hasPrefix("REGRESSION ?= ") })
        let scenarios = line.dropFirst("REGRESSION ?= ".count)
        #expect(try text("ci.md").contains("three runs of \(scenarios), written to"))
    }

    /// A link to a scenario is a promise that it is there.
    @Test func everyScenarioNamedInTheGuideExists() throws {
        let links = try text("guide.md").matches(of: /\(\.\.\/(Scenarios\/[^)]+)\)/).map { String($0.output.1) }
        #expect(links.count > 5)
        for link in links { #expect(FileManager.default.fileExists(atPath: "\(repository)/\(link)"), "\(link)") }
    }

    @Test func everyKeyIsDocumented() throws {
        let text = try text("scenario-format.md")
        let keys =
            ScenarioDecoder.keys + BrokerSpec.keys(rules) + ProducerSpec.keys + WorkloadSpec.keys + MessageMatch.keys
            + FaultSpec.keys + NetworkDecoder.keys + TCPDecoder.keys + SweepDecoder.keys + SweepDecoder.bisectKeys
            + SweepDecoder.rangeKeys
        for key in keys { #expect(text.contains("`\(key)") || text.contains("`{ \(key)"), "\(key) is not documented") }
        for measure in rules.measures where !measure.hasSuffix(".NN") {
            #expect(text.contains("`\(measure)`"), "\(measure) is not documented")
        }
    }

    /// The keys of an object of the schema, by the path of properties that leads to it; `[]` enters a list's items.
    func properties(_ path: String...) throws -> [String: Any] {
        let data = Data(try text("scenario.schema.json").utf8)
        var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        for step in path {
            let inner = step == "[]" ? object["items"] : (object["properties"] as? [String: Any])?[step]
            object = try #require(inner as? [String: Any], "the schema has no \(step) in \(path)")
        }
        return try #require(object["properties"] as? [String: Any])
    }

    @Test func theSchemaKnowsTheSameKeys() throws {
        #expect(try Set(properties().keys) == Set(ScenarioDecoder.keys))
        #expect(try Set(properties("broker").keys) == Set(BrokerSpec.keys(rules)))
        #expect(try Set(properties("broker", "topics", "[]").keys) == Set(BrokerSpec.topicKeys))
        #expect(try Set(properties("producer").keys) == Set(ProducerSpec.keys))
        #expect(try Set(properties("workload").keys) == Set(WorkloadSpec.keys))
        #expect(try Set(properties("faults", "[]").keys) == Set(FaultSpec.keys))
        #expect(try Set(properties("faults", "[]", "on").keys) == Set(MessageMatch.keys))
        #expect(try Set(properties("network").keys) == Set(NetworkDecoder.keys))
        #expect(try Set(properties("network", "tcp").keys) == Set(TCPDecoder.keys))
        #expect(try Set(properties("network", "tcp", "client").keys) == Set(TCPDecoder.sideWords))
        #expect(try Set(properties("network", "clientToBroker").keys) == Set(NetworkDecoder.directionWords))
        #expect(try Set(properties("sweep").keys) == Set(SweepDecoder.keys))
        #expect(try Set(properties("sweep", "bisect").keys) == Set(SweepDecoder.bisectKeys))
        #expect(try Set(properties("sweep", "objective").keys) == Set(SweepObjective.words))
        #expect(try Set(properties("expect", "[]").keys) == ["when", "survives", "refused", "at_least", "of"])
    }

    @Test func theSchemaKnowsTheSameWords() throws {
        func words(_ object: [String: Any], _ key: String) -> [String]? {
            (object[key] as? [String: Any])?["enum"] as? [String]
        }
        // A folder of one's own has any name.
        let client = try #require(try properties("producer")["client"] as? [String: Any])
        let known = try #require((client["anyOf"] as? [[String: Any]])?.first)
        #expect(known["enum"] as? [String] == libraryClients)
        #expect(try words(properties("network"), "profile") == NetworkProfile.all.map(\.name))
        #expect(try words(properties("workload"), "partitioner") == WorkloadSpec.Partitioner.allCases.map(\.rawValue))
        #expect(try words(properties("faults", "[]"), "during") == FaultSpec.Phase.allCases.map(\.rawValue))
        #expect(try words(properties("faults", "[]"), "direction") == ["clientToBroker", "brokerToClient", "both"])
    }
}

/// Every scenario of the library is valid, and says what a reader needs.
@Suite struct LibraryTests {
    func scenarios() throws -> [Scenario] {
        let rules = ScenarioRules(vocabulary: libraryVocabulary, clients: libraryClients, brokerKinds: testKinds)
        let loader = ScenarioLoader(rules: rules, seed: .chosen(1), files: .disk)
        do {
            return try loader.load(["\(repository)/Scenarios"])
        } catch {
            Issue.record("\(error)")
            return []
        }
    }

    @Test func everyFileIsValid() throws {
        #expect(try scenarios().count >= 3)
    }

    @Test func namesAndTagsFollowTheFolders() throws {
        let tags = ["smoke": "smoke", "causes": "cause", "incidents": "incident", "capacity": "capacity"]
        for scenario in try scenarios() {
            let parts = scenario.file.split(separator: "/").suffix(2)
            if let folder = parts.first.map(String.init), let tag = tags[folder] {
                #expect(parts.last.map(String.init) == scenario.name + ".yaml", "\(scenario.file)")
                #expect(scenario.tags.contains(tag), "\(scenario.file) needs the tag \(tag)")
            }
            #expect(scenario.claim.hasSuffix("."), "\(scenario.file): a claim is a sentence")
        }
    }
}
