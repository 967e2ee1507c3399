import EmbeddedBroker
import EvidenceModel
import Foundation
import Reports
import Testing

/// Brokers that run outside of the sandbox, on loopback, and advertise what nobody can reach.
@Suite(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason), .serialized)
struct ExternalBrokerTests {
    /// A program that runs as long as `body` does.
    private static func with(
        _ path: String, _ arguments: [String], _ body: (Broker) throws -> Void
    ) throws {
        let broker = Broker()
        broker.process.executableURL = URL(fileURLWithPath: path)
        broker.process.arguments = arguments
        broker.process.standardOutput = broker.output
        broker.process.standardError = FileHandle.nullDevice
        try broker.process.run()
        defer {
            // Not SIGTERM: a child may inherit that it is blocked.
            kill(broker.process.processIdentifier, SIGKILL)
            broker.process.waitUntilExit()
        }
        try body(broker)
    }

    private struct Broker {
        let process = Process()
        let output = Pipe()

        /// The first line that begins with `word`, without it.
        func line(_ word: String) -> String {
            var text = ""
            while true {
                let data = output.fileHandleForReading.availableData
                if data.isEmpty { return "" }
                text += String(decoding: data, as: UTF8.self)
                for line in text.split(separator: "\n") where line.hasPrefix(word) {
                    return line.dropFirst(word.count).trimmingCharacters(in: .whitespaces)
                }
            }
        }
    }

    // One request in flight: the relay puts several answers that come together into one packet, and a reset in place of
    // one of them lets the bytes behind it pass.
    private static func scenario(_ address: String, _ rest: String, nodes: Int = 1) -> String {
        """
        name: external
        claim: c
        broker:
          kind: external
          address: "\(address)"
          nodes: \(nodes)
          topics: [{ name: orders, partitions: 3 }]
        workload: { records: 1000, rate: 1000/s, size: 100B }
        faults:
          - { on: { response: Produce, nth: 20 }, do: [drop, reset] }
        timeout: 60s
        \(rest)
        """
    }

    @Test func clientsStayOnTheLinkWhateverTheBrokerAdvertises() throws {
        let arguments = ["broker", "--listen", "127.0.0.1:0", "--advertise", "broker.invalid:9092"]
        try Self.with(CrosswindProgram.path, arguments) { broker in
            let address = broker.line("ready ")
            // Twice: the second time the topic is there, and holds the records of the first.
            for _ in 1...2 {
                let (results, _) = try EndToEndTests.results(
                    [], expecting: 0,
                    scenario: Self.scenario(
                        address,
                        """
                        producer: { config: { linger.ms: 2, max.in.flight.requests.per.connection: 1 }, config_for: { librdkafka: { enable.idempotence: true } } }
                        matrix: { producer.client: [librdkafka, raw] }
                        expect:
                          - { survives: true, acked: 1000, deduplicated_batches: "> 0" }
                        """))
                #expect(results.cells.count == 2)
            }
        }
    }

    @Test func everyNodeOfAClusterIsANodeOfTheLink() throws {
        let cluster = try EmbeddedCluster.launch(
            BrokerConfiguration(
                nodes: (1...3).map {
                    .init(
                        id: $0, advertisedHost: "broker-\($0).invalid", advertisedPort: 9092,
                        listen: .address(host: "127.0.0.1", port: 0))
                }, topics: [.init(name: "orders", partitions: 3, replicationFactor: 3)]))
        defer { cluster.end() }
        let addresses = try [Int32(1), 2, 3].map { "127.0.0.1:\(try cluster.port(of: $0))" }.joined(separator: ",")
        let (results, _) = try EndToEndTests.results(
            [], expecting: 0,
            scenario: Self.scenario(
                addresses,
                """
                producer: { client: raw, config: { linger.ms: 2, max.in.flight.requests.per.connection: 1 } }
                expect:
                  - { survives: true, acked: 1000, deduplicated_batches: "> 0" }
                """, nodes: 3))
        #expect(results.cells.count == 1)
    }

    @Test(.enabled(if: ClientTests.hasTansu, "needs Tansu and librdkafka 2.16: make clients"))
    func tansuOutsideIsJudgedAsTansuInside() throws {
        let port = Int.random(in: 20_000...30_000)
        let arguments = [
            "broker", "--listener-url=tcp://127.0.0.1:\(port)", "--advertised-listener-url=tcp://broker.invalid:9092",
        ]
        try Self.with(ClientTests.cache + "/tansu/0.6.0/tansu", arguments) { _ in
            // Twice: the second time the topic holds the records of the first, which are none of its own.
            for _ in 1...2 {
                let (results, _) = try EndToEndTests.results(
                    [], expecting: 0,
                    scenario: Self.scenario(
                        "127.0.0.1:\(port)",
                        """
                        producer: { client: librdkafka, version: "2.16", config: { enable.idempotence: true, max.in.flight: 1 } }
                        expect:
                          - { survives: false, sequence_errors: "> 0", lost: 0, duplicates: 0, reordered: 0 }
                        """))
                #expect(results.cells.count == 1)
            }
        }
    }

    @Test func aBrokerThatIsNotThereIsNamed() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let text = Self.scenario("127.0.0.1:9", "producer: { client: raw }").replacingOccurrences(
                of: "  nodes: 1", with: "  nodes: 1\n  ready_within: 500ms")
            try text.write(toFile: directory + "/s.yaml", atomically: true, encoding: .utf8)
            let result = try CrosswindProgram.run(["run", "--output", directory + "/run", directory + "/s.yaml"])
            #expect(result.exitCode == 69, "\(result.output)")
            let all = result.output + result.errors
            #expect(all.contains("external 127.0.0.1:9") && all.contains("Connection refused"), "\(all)")
        }
    }

    @Test func asManyNodesAsBrokers() throws {
        try Self.with(CrosswindProgram.path, ["broker", "--listen", "127.0.0.1:0"]) { broker in
            try CrosswindProgram.withTemporaryDirectory { directory in
                let text = Self.scenario(broker.line("ready "), "producer: { client: raw }", nodes: 2)
                try text.write(toFile: directory + "/s.yaml", atomically: true, encoding: .utf8)
                let result = try CrosswindProgram.run(["run", "--output", directory + "/run", directory + "/s.yaml"])
                #expect(result.exitCode == 69, "\(result.output)")
                #expect(
                    (result.output + result.errors).contains("has 1 brokers, broker.nodes is 2"), "\(result.output)")
            }
        }
    }
}
