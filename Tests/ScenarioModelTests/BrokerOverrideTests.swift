import EvidenceModel
import Testing

@testable import ScenarioModel

/// A broker in place of the scenarios' own: what it takes over, and what it leaves out by name.
@Suite struct BrokerOverrideTests {
    private func rules(_ yaml: String) throws -> ScenarioRules {
        var rules = testRules
        rules.abilities = [
            "command": BrokerAbilities(
                actions: [], undoes: [], takesRelease: false, takesConfig: false, servesTransactions: true)
        ]
        rules.broker = try BrokerOverride(yaml: yaml, file: "b.yaml", name: "theirs")
        return rules
    }

    private let description = """
        broker: { kind: command, command: [run, "{host}"], ready_within: 90s }
        plays: "4.3"
        nodes: [1, 3]
        cannot: { retention.ms: it keeps everything }
        clients: { librdkafka: "2.16" }
        """

    private func scenario(_ text: String, _ yaml: String? = nil) throws -> Scenario {
        try Scenario(
            yaml: "name: s\nclaim: c\n" + text, file: "s.yaml", rules: rules(yaml ?? description), seed: .asked(1))
    }

    @Test func itTakesTheSectionAndKeepsTheTopics() throws {
        let read = try scenario(
            "broker: { topics: [{ name: a, partitions: 4 }] }\nworkload: { records: 10, rate: 10/s, size: 100B }")
        let broker = try #require(read.cells.first?.broker)
        #expect(
            broker.kind.name == "command" && broker.option == ["run", "{host}"] && broker.readyWithin == .seconds(90))
        #expect(broker.topics == [.init(name: "a", partitions: 4, replicas: 1)])
        #expect(read.cells.first?.producer.version == "2.16")
        #expect(read.leftOut.isEmpty)
    }

    @Test func whatItCannotDoIsLeftOutByNameAndTheOthersKeepTheirNames() throws {
        let text = """
            workload: { records: 10, rate: 10/s, size: 100B }
            matrix:
              broker:
                - { as: plain, value: {} }
                - { as: old, value: { release: "2.5" } }
                - { as: same, value: { release: "4.3" } }
                - { as: two, value: { nodes: 2 } }
                - { as: three, value: { nodes: 3 } }
                - { as: five, value: { nodes: 5 } }
                - { as: ours, value: { config: { crosswind.append.delay.ms: 5 } } }
                - { as: kept, value: { topics: [{ name: a, config: { retention.ms: 5 } }] } }
                - { as: set, value: { config: { min.insync.replicas: 2 } } }
            """
        let read = try scenario(text)
        #expect(read.cells.map(\.id) == ["s,broker=plain", "s,broker=same", "s,broker=two", "s,broker=three"])
        #expect(read.cells.map(\.broker.nodes) == [1, 1, 3, 3])
        // Two nodes were wanted, three are there: the topic keeps its two replicas.
        #expect(read.cells.map { $0.broker.topics[0].replicas } == [1, 1, 2, 3])
        let reasons = Dictionary(uniqueKeysWithValues: read.leftOut.map { ($0.cell, $0.reason) })
        #expect(reasons["s,broker=old"] == "it names release 2.5, and theirs plays 4.3")
        #expect(reasons["s,broker=five"] == "it wants 5 nodes, and theirs has 1 or 3")
        #expect(reasons["s,broker=ours"] == "crosswind.append.delay.ms: the embedded broker alone has it")
        #expect(reasons["s,broker=kept"] == "retention.ms: it keeps everything")
        #expect(reasons["s,broker=set"]?.contains("it has no effect with broker kind 'command'") == true)
        #expect(reasons.count == 5)
    }

    @Test func aScenarioThatIsWrongByItselfIsStillAnError() throws {
        #expect(throws: ScenarioErrors.self) { try scenario("broker: { nodes: 99 }") }
    }

    @Test func aDescriptionThatIsWrongIsAnError() {
        #expect(throws: ScenarioErrors.self) { try rules("broker: { kind: command, topics: [] }") }
        #expect(throws: ScenarioErrors.self) { try rules("nodes: [1]\nbrokr: {}") }
    }

    @Test func aCommandWithAFileOfPropertiesTakesThem() throws {
        let read = try scenario(
            "broker: { config: { min.insync.replicas: 2 } }\nworkload: { records: 10, rate: 10/s, size: 100B }",
            "broker: { kind: command, command: [run, \"{properties}\"] }")
        #expect(read.cells.first?.broker.config == ["min.insync.replicas": "2"])
    }

    @Test func topicsGetThePrefixWhereverTheyAreNamed() throws {
        let read = try Scenario(
            yaml: """
                name: s
                claim: c
                broker: { topics: [{ name: a }, { name: b }], topic_prefix: "x-{run}-" }
                workload: { records: 10, rate: 10/s, size: 100B }
                """, file: "s.yaml", rules: testRules, seed: .asked(1))
        let cell = try #require(read.cells.first).withTopicPrefix(run: "r1")
        #expect(cell.broker.topics.map(\.name) == ["x-r1-a", "x-r1-b"])
        #expect(throws: ScenarioErrors.self) {
            try Scenario(
                yaml: "name: s\nclaim: c\nbroker: { topic_prefix: \"a b\" }", file: "s.yaml", rules: testRules,
                seed: .asked(1))
        }
    }

    @Test func otherBrokersAreColumnsOfTheClaims() {
        let column = BrokerOutcomes(
            name: "theirs",
            cells: [
                "s,acks=1": .init(outcome: .passed, lost: 3, duplicates: 0, sequenceErrors: nil),
                "s,acks=0": .init(leftOut: "why"),
            ], impliedRelease: "4.3")
        #expect(column.cell("s,release=4.3,acks=1")?.text == "passed, 3 lost")
        #expect(column.cell("s,release=2.5,acks=1") == nil)
        #expect(column.cell("s,acks=0")?.text == "left out: why")
        #expect(column.summary(["s,acks=1", "s,acks=0", "s,acks=2"]) == "1 of 1 as expected, 2 not run")
        #expect(column.summary(["s,acks=2"]) == "not run")
    }
}
