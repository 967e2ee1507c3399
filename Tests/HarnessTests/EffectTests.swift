import EmbeddedBroker
import Foundation
import ScenarioModel
import Testing

@testable import BrokerKinds
@testable import Cells
@testable import Runs

/// No setting without an effect: what a broker or a client would ignore is refused before anything starts.
@Suite struct EffectTests {
    /// Everything that is wrong with a scenario; empty when it is valid.
    private func mistakes(_ sections: String) -> [ScenarioError] {
        let yaml = "name: effects\nclaim: A test of the harness.\n" + sections
        do {
            _ = try Scenario(yaml: yaml, file: "s.yaml", rules: ScenarioLibrary.rules(), seed: .chosen(1))
            return []
        } catch let errors as ScenarioErrors {
            return errors.errors
        } catch {
            Issue.record(error)
            return []
        }
    }

    /// The one mistake of a scenario.
    private func mistake(_ sections: String) throws -> ScenarioError {
        let found = mistakes(sections)
        try #require(found.count == 1, "\(found)")
        return found[0]
    }

    // MARK: - Properties of brokers and topics

    @Test func aQuotaThatNobodyKeepsIsRefused() throws {
        let found = mistakes(
            """
            broker:
              release: "4.3"
              topics: [{ name: orders, partitions: 1, config: { min.insync.replica: 2 } }]
              config: { quota.producer.default: 20000, quota.window.num: 3, connections.max.idle.ms: 1000 }
            producer: { client: kafka-clients, config: { acks: all } }
            """)
        #expect(found.count == 4)
        for name in ["quota.producer.default", "quota.window.num", "connections.max.idle.ms"] {
            let error = try #require(found.first { $0.what.contains("'\(name)'") })
            #expect(error.location.line == 6)
            #expect(error.what.contains("has no effect with broker kind 'embedded'"))
            #expect(error.allowed?.contains("producer.id.expiration.ms") == true)
        }
        let topic = try #require(found.first { $0.what.contains("'min.insync.replica'") })
        #expect(topic.location.line == 5)
        #expect(topic.didYouMean == "min.insync.replicas")
        #expect(topic.allowed?.contains("max.message.bytes") == true)
    }

    /// Names of Apache Kafka's own that the embedded broker does not act upon, for the whole kind.
    @Test(arguments: [
        "num.io.threads", "log.flush.interval.messages", "quota.consumer.default", "compression.type",
        "socket.send.buffer.bytes", "transaction.two.phase.commit.enable", "message.max.byte", "no.such.thing",
    ])
    func otherPropertiesOfABrokerAreRefused(name: String) throws {
        let error = try mistake("broker: { config: { \(name): 1 } }")
        #expect(error.what.contains("'\(name)' has no effect"))
    }

    @Test(arguments: ["flush.messages", "compression.type", "retention.bites", "index.interval.bytes"])
    func otherPropertiesOfATopicAreRefused(name: String) throws {
        let error = try mistake("broker: { topics: [{ name: orders, config: { \(name): 1 } }] }")
        #expect(error.what.contains("'\(name)' has no effect"))
    }

    @Test func aPropertyInTheWrongPlaceIsNamed() throws {
        #expect(
            try mistake("broker: { topics: [{ name: orders, config: { log.retention.ms: 1 } }] }").what
                .hasSuffix("it is a broker's property"))
        #expect(
            try mistake("broker: { config: { max.message.bytes: 1 } }").what.hasSuffix("it is a topic's property"))
    }

    @Test func whatARelaseDoesNotHaveIsRefusedForIt() throws {
        let topic = { (release: String) in
            """
            broker:
              release: "\(release)"
              topics: [{ name: orders, config: { message.downconversion.enable: false } }]
            """
        }
        #expect(mistakes(topic("3.9")).isEmpty)
        #expect(try mistake(topic("4.3")).what.contains("and release 4.3"))
    }

    @Test func aValueThatTheBrokerCannotUseIsRefused() throws {
        let error = try mistake("broker: { topics: [{ name: orders, config: { min.insync.replicas: many } }] }")
        #expect(error.what == "min.insync.replicas: 'many' is not a whole number from 1")
        #expect(error.location.line == 3)
        #expect(try mistake("broker: { config: { sasl.enabled.mechanisms: GSSAPI } }").what.contains("PLAIN"))
    }

    /// Whatever the broker's code asks for is known, and docs/broker.md names it.
    @Test func everyPropertyWithAnEffectIsDocumented() throws {
        let path =
            URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path() + "/docs/broker.md"
        let page = try String(contentsOfFile: path, encoding: .utf8)
        var missing: Set<String> = []
        for release in Release.tested {
            let names = BrokerPropertyNames(release: try #require(Release(release)))
            #expect(names.topic.count > 8 && names.broker.count > 20)
            missing.formUnion((names.topic + names.broker).filter { !page.contains("`\($0)`") })
        }
        #expect(missing.isEmpty, "not in docs/broker.md: \(missing.sorted())")
    }

    @Test(arguments: ["command, command: [x]", "external, address: \"h:1\"", "compose"])
    func aKindThatHasItsOwnConfigurationTakesNone(kind: String) throws {
        let error = try mistake("broker: { kind: \(kind), config: { num.partitions: 3 } }")
        #expect(error.what.contains("no effect with broker kind"))
        #expect(error.allowed == "with kind embedded")
    }

    @Test func aReleaseThatNobodyPlaysIsRefused() throws {
        for kind in ["command, command: [x]", "external, address: \"h:1\""] {
            let error = try mistake("broker: { kind: \(kind), release: \"4.3\" }")
            #expect(error.what.contains("'release' has no effect"))
            #expect(error.allowed == "with kind embedded or compose")
        }
        #expect(mistakes("broker: { kind: compose, release: \"4.1.0\" }").isEmpty)
    }

    /// An image that is always the same plays one release.
    @Test func aReleaseBesideAnImageThatDoesNotChangeIsRefused() throws {
        let error = try mistake("broker: { kind: compose, service: tansu, release: \"4.3\" }")
        #expect(error.what.contains("it has no effect with service 'tansu'"))
        #expect(mistakes("broker: { kind: compose, service: kafka-cluster, nodes: 3, release: \"4.1.0\" }").isEmpty)
        #expect(ComposeImages.useRelease("services: {}", profile: "x") == nil)
    }

    // MARK: - Actions

    @Test(arguments: [
        ("compose", "shutdown"), ("compose", "restart"), ("compose", "isolate"), ("compose", "slow-append: 1s"),
        ("command, command: [x]", "isolate"), ("command, command: [x]", "expire-producers"),
        ("external, address: \"h:1\"", "kill"), ("external, address: \"h:1\"", "pause"),
    ])
    func whatAKindCannotDoIsRefused(kind: String, action: String) throws {
        let error = try mistake(
            """
            broker: { kind: \(kind) }
            faults:
              - { at: 1s, do: [\(action.contains(":") ? "{ \(action) }" : action)] }
            """)
        #expect(error.what.contains("cannot do '\(action.prefix { $0 != ":" })'"))
        #expect(error.location.line == 5)
        #expect(error.allowed?.contains("with kind embedded") == true)
    }

    @Test func whatAKindCanDoIsTaken() {
        for action in ["pause", "kill", "shutdown"] {
            #expect(
                mistakes("broker: { kind: command, command: [x] }\nfaults: [{ at: 1s, for: 1s, do: [\(action)] }]")
                    .isEmpty)
        }
        #expect(mistakes("broker: { kind: compose }\nfaults: [{ at: 1s, for: 1s, do: [pause] }]").isEmpty)
        #expect(mistakes("broker: { kind: compose }\nfaults: [{ at: 1s, do: [kill] }]").isEmpty)
    }

    /// The table of docs/broker-kinds.md against what the code refuses.
    @Test func theTableOfKindsIsTrue() throws {
        let page = try String(contentsOfFile: CrosswindProgram.repository + "/docs/broker-kinds.md", encoding: .utf8)
        var told: Set<String> = []
        // The columns: every kind that there is.
        let header = try #require(page.split(separator: "\n").first { $0.hasPrefix("| | ") })
        let kinds = header.split(separator: "|").dropFirst().map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(Set(kinds) == Set(BrokerCatalog.all.map(\.name)))
        for line in page.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == kinds.count + 1 else { continue }
            let words = cells[0].matches(of: /`([a-z-]+)`/).map { String($0.output.1) }
            for (kind, cell) in zip(kinds, cells.dropFirst()) {
                let abilities = try #require(BrokerCatalog.all.first { $0.name == kind }).abilities
                for word in words where BrokerVocabulary.contains(word) {
                    told.insert(word)
                    #expect(abilities.actions.contains(word) == (cell != "–"), "\(word) with \(kind)")
                    if cells[0].hasSuffix("with its end") {
                        #expect(abilities.undoes.contains(word) == (cell == "yes"), "the end of \(word) with \(kind)")
                    }
                }
                if words == ["release"] { #expect(abilities.takesRelease == (cell != "–"), "\(kind)") }
                if words == ["config"] { #expect(abilities.takesConfig == (cell != "–"), "\(kind)") }
            }
        }
        #expect(told == Set(BrokerVocabulary.keywords.map(\.name)))
    }

    @Test func aLengthBesideWhatDoesNotEndIsRefused() throws {
        #expect(try mistake("faults: [{ at: 1s, for: 1s, do: [restart] }]").what.contains("'for' has no effect"))
        #expect(
            try mistake("faults: [{ at: 1s, for: 1s, do: [expire-producers] }]").what.contains("'for' has no effect"))
        let containers = try mistake("broker: { kind: compose }\nfaults: [{ at: 1s, for: 1s, do: [kill] }]")
        #expect(containers.what.contains("does not take 'kill' back"))
        // Beside something that does end it counts.
        #expect(mistakes("faults: [{ at: 1s, for: 1s, loss: 5%, do: [restart] }]").isEmpty)
    }

    @Test func aPlaceBesideWhatHasNoneIsRefused() throws {
        let cluster = "broker: { nodes: 3 }\n"
        #expect(
            try mistake(cluster + "faults: [{ at: 1s, for: 1s, node: 2, do: [{ slow-append: 1s }] }]").what
                .contains("'node' has no effect"))
        #expect(
            try mistake(cluster + "faults: [{ at: 1s, node: 2, direction: clientToBroker, do: [restart] }]").what
                .contains("'direction' has no effect"))
        #expect(mistakes(cluster + "faults: [{ at: 1s, node: 2, do: [restart] }]").isEmpty)
    }

    @Test func whatConcernsReplicasNeedsSome() throws {
        #expect(
            try mistake("faults: [{ at: 1s, for: 1s, do: [isolate] }]").what.contains(
                "no partition has a second replica"))
        let moved = try mistake("broker: { nodes: 3 }\nfaults: [{ at: 1s, do: [{ move-leader: 4 }] }]")
        #expect(moved.what.contains("there is no node 4"))
        #expect(mistakes("broker: { nodes: 3 }\nfaults: [{ at: 1s, do: [{ move-leader: 3 }] }]").isEmpty)
    }

    // MARK: - Clients

    @Test(arguments: [
        ("kafka-clients", "transactional.id"), ("librdkafka", "transactional.id"),
        ("kafka-python", "transactional_id"), ("aiokafka", "transactional.id"),
    ])
    func aTransactionThatTheBrokerCannotServeIsRefused(client: String, name: String) throws {
        let producer = "producer: { client: \(client), config: { acks: all, \(name): pay-1 } }\n"
        #expect(mistakes(producer + "broker: { release: \"4.3\" }").isEmpty)
        #expect(mistakes(producer + "broker: { kind: compose, service: kafka }").isEmpty)
        #expect(mistakes(producer + "broker: { kind: external, address: \"h:1\" }").isEmpty)
        // No kind is like that now; one that is must say so.
        var rules = try ScenarioLibrary.rules()
        rules.abilities["embedded"]?.servesTransactions = false
        let yaml = "name: effects\nclaim: A test of the harness.\n" + producer + "broker: { release: \"4.3\" }"
        let errors = #expect(throws: ScenarioErrors.self) {
            _ = try Scenario(yaml: yaml, file: "s.yaml", rules: rules, seed: .chosen(1))
        }
        let error = try #require(errors?.errors.first)
        #expect(error.what.contains("knows no transactions"))
        #expect(error.location.line == 3)
        #expect(error.allowed == "a transactional producer with broker kind compose or command or external")
    }

    @Test(arguments: [
        ("librdkafka", "linger.msec", "linger.ms"), ("librdkafka", "enable_idempotence", "enable.idempotence"),
        ("librdkafka", "compresion.type", "compression.type"),
        ("kafka-clients", "delivery.timeout", "delivery.timeout.ms"),
        ("kafka-clients", "buffer.memroy", "buffer.memory"), ("kafka-python", "request_timeout", "request_timeout_ms"),
        ("aiokafka", "max_batch_siz", "max_batch_size"), ("raw", "raw.retry.change", "raw.retry.changes"),
    ])
    func aMisspeltPropertyOfAClientIsRefused(client: String, name: String, meant: String) throws {
        let error = try mistake("producer: { client: \(client), config: { \(name): 1 } }")
        #expect(error.what.contains("'\(name)' is no property of \(client)"))
        #expect(error.didYouMean == meant)
        #expect(error.location.line == 3)
    }

    @Test(arguments: [
        ("librdkafka", "group.id"), ("librdkafka", "bootstrap.servers"), ("librdkafka", "dr_msg_cb"),
        ("librdkafka", "socket.blocking.max.ms"), ("kafka-clients", "auto.offset.reset"),
        ("kafka-clients", "value.serializer"), ("kafka-python", "fetch.min.bytes"), ("kafka-python", "ssl_context"),
        ("aiokafka", "group_id"), ("raw", "bootstrap.servers"),
    ])
    func aPropertyThatAProducerIgnoresIsRefused(client: String, name: String) throws {
        let error = try mistake("producer: { client: \(client), config: { \(name): 1 } }")
        #expect(error.what.contains("has no effect with client '\(client)'"))
    }

    @Test func aPropertyOfAnotherClientIsRefused() throws {
        let error = try mistake("producer: { client: librdkafka, config: { buffer.memory: 1000000 } }")
        #expect(error.what.contains("is a property of kafka-clients"))
        #expect(error.what.contains("not of librdkafka"))
    }

    @Test func theClientsWritingOfANameIsTaken() {
        #expect(
            mistakes("producer: { client: kafka-python, config: { linger.ms: 5, enable_idempotence: true } }").isEmpty)
        #expect(mistakes("producer: { client: aiokafka, config: { enable.idempotence: true } }").isEmpty)
        #expect(
            mistakes("producer: { client: librdkafka, config: { max.in.flight: 1, queue.buffering.max.ms: 5 } }")
                .isEmpty)
    }

    /// What no table knows may be of a release that is newer than the table.
    @Test func whatOnlyTheClientCanKnowIsLeftToIt() throws {
        #expect(mistakes("producer: { client: kafka-clients, config: { quantum.entanglement: 1 } }").isEmpty)
        #expect(try mistake("producer: { client: raw, config: { quantum.entanglement: 1 } }").allowed != nil)
    }

    @Test func propertiesForAProgramAreRefused() throws {
        let error = try mistake("producer: { client: command, command: [x], config: { acks: all } }")
        #expect(error.what.contains("no effect with client 'command'"))
        let version = try mistake("producer: { client: command, command: [x], version: \"1\" }")
        #expect(version.what.contains("'version' has no effect with client 'command'"))
    }

    @Test func propertiesForOtherClientsOfAMatrixAreNotHeldAgainstACell() {
        #expect(
            mistakes(
                """
                producer:
                  config: { acks: all }
                  config_for: { librdkafka: { message.timeout.ms: 1000 }, aiokafka: { max_batch_size: 1000 } }
                matrix: { producer.client: [librdkafka, aiokafka] }
                """
            ).isEmpty)
    }

    // MARK: - Measures whose meaning has changed

    @Test func validateTellsThatALatencyCountsFromAnotherTime() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let text = """
                name: latency
                claim: A test of the harness.
                expect: [{ survives: true, ack_latency_ms.p99: "< 500" }]
                """
            try text.write(toFile: directory + "/s.yaml", atomically: true, encoding: .utf8)
            let lines = try ScenarioLibrary.validate([directory + "/s.yaml"]).split(separator: "\n")
            #expect(lines.first == "1 scenario, 1 cell: valid")
            #expect(lines.count == 2)
            #expect(
                lines.last?.contains("s.yaml:3: note: ack_latency_ms counts from the time a record was due") == true)
            try text.replacingOccurrences(of: "ack_latency_ms", with: "ack_latency_from_send_ms")
                .write(toFile: directory + "/s.yaml", atomically: true, encoding: .utf8)
            #expect(try ScenarioLibrary.validate([directory + "/s.yaml"]) == "1 scenario, 1 cell: valid")
        }
    }
}
