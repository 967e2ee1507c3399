import EvidenceModel
import Foundation
import Reports
import Testing

@testable import Cells
@testable import RunRecord

/// Every broker action, on every kind of broker that has it, in whole cells: what it must do to the log and the client.
@Suite(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason), .serialized)
struct BrokerActionTests {
    /// One cell as it was run: its verdict and its record.
    struct Cell {
        var verdict: Verdict
        var record: CellRecord
        var brokerLog = ""

        /// Times at which an action was carried out, by its words; `end of pause` is the end of `pause`.
        func actions(_ words: String) -> [Int64] {
            record.history.filter { $0.kind == .brokerAction && $0.detail == words }.map(\.timeUs)
        }

        /// Connections in the client's capture.
        var connections: Int { record.wire?.captures.first { $0.side == .client }?.connections ?? 0 }

        /// The longest stretch without an acknowledgement, milliseconds.
        var silenceMs: Double {
            let times = record.client.records.filter { $0.outcome == .acknowledged }.map(\.reportedUs).sorted()
            return zip(times, times.dropFirst()).map { Double($1 - $0) / 1000 }.max() ?? 0
        }

        /// Nodes that took batches at or after a moment.
        func nodesWritten(since timeUs: Int64) -> Set<Int> {
            Set(
                (record.wire?.batches ?? []).flatMap(\.attempts)
                    .filter { $0.errorCode == 0 && $0.requestLeftClientUs ?? 0 >= timeUs }.map(\.node))
        }
    }

    /// Runs a scenario whose matrix is `faults.0` and answers each cell by its label.
    func run(
        expecting exitCode: Int32 = 0, _ scenario: String
    ) throws -> (cells: [String: Cell], output: String) {
        try CrosswindProgram.withTemporaryDirectory { directory in
            try scenario.write(toFile: directory + "/scenario.yaml", atomically: true, encoding: .utf8)
            let run = directory + "/run"
            let result = try CrosswindProgram.run(["run", "--output", run, directory + "/scenario.yaml"])
            #expect(result.exitCode == exitCode, "\(result.output)\n\(result.errors)")
            let data = try Data(contentsOf: URL(fileURLWithPath: run + "/results.json"))
            let results = try JSONDecoder().decode(RunResults.self, from: data)
            var cells: [String: Cell] = [:]
            for cell in results.cells {
                let path = run + "/" + RunDirectory.cellPath(scenario: cell.verdict.scenario, cell: cell.verdict.id)
                cells[cell.verdict.parameters["faults.0"] ?? ""] = Cell(
                    verdict: cell.verdict, record: try CellJudge.read(RecordDirectory(path: path)),
                    brokerLog: (try? String(contentsOfFile: path + "/broker-1.log", encoding: .utf8)) ?? "")
            }
            return (cells, result.output)
        }
    }

    func scenario(broker: String, config: String = "", faults: String, rest: String = "") -> String {
        """
        name: actions
        claim: A test of the harness.
        broker: \(broker)
        producer:
          client: librdkafka
          config: { acks: all, linger.ms: 5, reconnect.backoff.max.ms: 200, message.timeout.ms: 20000\(config) }
        workload: { records: 1500, rate: 500/s, size: 100B }
        matrix:
          faults.0:
        \(faults)
        faults: [~]
        \(rest)
        """
    }

    func faults(_ values: KeyValuePairs<String, String>) -> String {
        values.map { "    - { as: \($0.key), value: { \($0.value) } }" }.joined(separator: "\n")
    }

    // MARK: - The embedded broker

    @Test func aNodeOfTheEmbeddedBrokerObeysEveryAction() throws {
        let (cells, _) = try run(
            scenario(
                // At once, so that the lengths below are those of the timeline.
                broker: "{ kind: embedded, release: \"4.3\", topics: [{ name: orders, partitions: 1 }], "
                    + "config: { crosswind.restart.ms: 0 } }",
                config: ", enable.idempotence: true",
                faults: faults([
                    "pause": "at: 1s, for: 600ms, do: [pause]", "kill": "at: 1s, for: 600ms, do: [kill]",
                    "shutdown": "at: 1s, for: 600ms, do: [shutdown]", "restart": "at: 1s, do: [restart]",
                    "crash": "at: 1s, do: [{ restart: kill }]",
                    "slow": "at: 1s, for: 600ms, do: [{ slow-append: 300ms }]",
                ])))
        for (name, cell) in cells {
            // Whatever is done to one node, an idempotent client writes each record once.
            #expect(cell.verdict.survived == true, "\(name): \(cell.verdict.reason) \(cell.verdict.doubts)")
            #expect(cell.verdict.measures.acked == 1500 && cell.verdict.measures.lost == 0, "\(name)")
            #expect(cell.verdict.faultEvidence.allSatisfy { $0.shown }, "\(name)")
        }
        let pause = try #require(cells["pause"])
        #expect(pause.actions("pause").count == 1 && pause.actions("end of pause").count == 1)
        #expect(pause.silenceMs > 550, "\(pause.silenceMs)")
        #expect(pause.record.wire?.captures.first?.resets == 0, "a paused node keeps its connections")
        for name in ["kill", "shutdown"] {
            let cell = try #require(cells[name])
            let down = try #require(cell.actions(name).first)
            let up = try #require(cell.actions("end of \(name)").first)
            // Both are on time within some milliseconds.
            #expect(up - down > 500_000)
            #expect(cell.silenceMs > 550, "\(name): \(cell.silenceMs)")
            #expect(cell.connections > 1, "\(name): the client did not connect again")
        }
        for (name, words) in [("restart", "restart"), ("crash", "restart kill")] {
            let cell = try #require(cells[name])
            #expect(cell.actions(words).count == 1, "\(cell.record.history.filter { $0.kind == .brokerAction })")
            #expect(cell.connections > 1, "\(name): the client did not connect again")
        }
        let slow = try #require(cells["slow"])
        #expect(slow.verdict.measures.ackLatencyMs?.max ?? 0 >= 300)
        #expect(slow.actions("slow-append 300ms").count == 1 && slow.actions("end of slow-append").count == 1)
        // Fast again afterwards.
        let end = try #require(slow.actions("end of slow-append").first)
        let late = slow.record.client.records.filter { $0.sentUs > end + 500_000 }
        #expect(!late.isEmpty && late.allSatisfy { $0.reportedUs - $0.sentUs < 250_000 })
    }

    @Test func producersThatAreForgottenAreAnsweredByTheRulesOfTheRelease() throws {
        let (cells, _) = try run(
            scenario(
                broker: "{ kind: embedded, release: \"2.1\", topics: [{ name: orders, partitions: 1 }] }",
                config: ", enable.idempotence: true",
                faults: faults(["expire": "at: 1s, do: [expire-producers]"]),
                rest: "expect: [{ error_codes.59: \"> 0\", lost: 0 }]"))
        #expect(cells["expire"]?.actions("expire-producers").count == 1)
    }

    @Test func aClusterOfTheEmbeddedBrokerObeysEveryAction() throws {
        let (cells, _) = try run(
            scenario(
                broker: """

                      kind: embedded
                      release: "4.3"
                      nodes: 3
                      topics: [{ name: orders, partitions: 1, replicas: 3, config: { min.insync.replicas: 3 } }]
                      config: { replica.lag.time.max.ms: 400, broker.session.timeout.ms: 400 }
                    """,
                config: ", enable.idempotence: true, topic.metadata.refresh.interval.ms: 300, request.timeout.ms: 300"
                    + ", socket.timeout.ms: 2000",
                faults: faults([
                    "isolate": "at: 1s, for: 1500ms, node: 3, do: [isolate]",
                    "move": "at: 1s, do: [{ move-leader: 2 }]",
                ])))
        for (name, cell) in cells {
            #expect(cell.verdict.survived == true, "\(name): \(cell.verdict.reason) \(cell.verdict.doubts)")
        }
        // Three in sync are demanded: without the third nothing is written until it joins again.
        let isolate = try #require(cells["isolate"])
        #expect(isolate.verdict.measures.errorCodes?["19"] ?? 0 > 0)
        #expect(isolate.actions("isolate").count == 1 && isolate.actions("end of isolate").count == 1)
        let move = try #require(cells["move"])
        let moved = try #require(move.actions("move-leader 2").first)
        #expect(move.verdict.measures.errorCodes?["6"] ?? 0 > 0)
        #expect(move.nodesWritten(since: moved + 200_000) == [2])
    }

    /// With a replica left another node leads on, and the client finds it.
    @Test func theLeaderOfAClusterIsReplaced() throws {
        let (cells, _) = try run(
            scenario(
                broker: """

                      kind: embedded
                      release: "4.3"
                      nodes: 3
                      topics: [{ name: orders, partitions: 1, replicas: 3, config: { min.insync.replicas: 1 } }]
                      config: { replica.lag.time.max.ms: 400, broker.session.timeout.ms: 400 }
                    """,
                config: ", enable.idempotence: true, topic.metadata.refresh.interval.ms: 300, socket.timeout.ms: 1000"
                    + ", request.timeout.ms: 900",
                faults: faults([
                    "kill": "at: 1s, for: 1s, node: 1, do: [kill]",
                    "shutdown": "at: 1s, for: 1s, node: 1, do: [shutdown]",
                    "pause": "at: 1s, for: 1s, node: 1, do: [pause]",
                ])))
        for (name, cell) in cells {
            #expect(cell.verdict.survived == true, "\(name): \(cell.verdict.reason) \(cell.verdict.doubts)")
            let began = try #require(cell.actions(name).first)
            #expect(cell.nodesWritten(since: 0).contains(1), "\(name)")
            #expect(!cell.nodesWritten(since: began + 100_000).subtracting([1]).isEmpty, "\(name): nobody took over")
        }
    }

    // MARK: - A broker that is away at the end

    @Test func aBrokerThatIsAwayAtTheEndIsReadOnceItIsBack() throws {
        let (cells, _) = try run(
            expecting: 1,
            scenario(
                broker: "{ kind: embedded, topics: [{ name: orders, partitions: 1 }] }",
                config: "", faults: faults(["away": "at: 1s, for: 40s, do: [shutdown]"])
            ).replacingOccurrences(of: "message.timeout.ms: 20000", with: "message.timeout.ms: 1000"))
        let cell = try #require(cells["away"])
        #expect(cell.verdict.doubts.isEmpty, "\(cell.verdict.doubts)")
        #expect(cell.verdict.measures.failed > 500 && cell.verdict.measures.lost == 0)
        #expect(cell.actions("end of shutdown").count == 1)
        #expect(cell.record.history.filter { $0.kind == .linkEnded }.count == 1)
    }

    /// A node that does not come back cannot be read: the link's account stands once all the same.
    @Test func aReadBackThatFailsLeavesOneAccountOfTheLink() throws {
        let (cells, _) = try run(
            expecting: 3,
            scenario(
                broker: "{ kind: embedded, topics: [{ name: orders, partitions: 1 }] }",
                faults: faults(["gone": "at: 1s, do: [kill]"])
            ).replacingOccurrences(of: "message.timeout.ms: 20000", with: "message.timeout.ms: 1000"))
        let cell = try #require(cells["gone"])
        let ends = cell.record.history.filter { $0.kind == .linkEnded }
        #expect(ends.count == 1)
        #expect(ends.first?.values?["packets_in"] ?? 0 > 0)
    }

    // MARK: - A broker that is a command

    /// A broker in memory: what was written before its process ended is gone, and the judge must see that.
    @Test func aCommandObeysEverySignal() throws {
        let (cells, _) = try run(
            expecting: 1,
            scenario(
                broker: """

                      kind: command
                      command: ["\(CrosswindProgram.path)", broker, --listen, "{host}:{port}", --topic, "orders:1"]
                      topics: [{ name: orders, partitions: 1 }]
                    """, config: ", enable.idempotence: false",
                faults: faults([
                    "pause": "at: 1s, for: 600ms, do: [pause]", "kill": "at: 1s, for: 600ms, do: [kill]",
                    "shutdown": "at: 1s, for: 600ms, do: [shutdown]", "restart": "at: 1s, do: [restart]",
                    "crash": "at: 1s, do: [{ restart: kill }]",
                ])))
        let pause = try #require(cells["pause"])
        #expect(pause.verdict.survived == true, "\(pause.verdict.reason) \(pause.verdict.doubts)")
        #expect(pause.silenceMs > 550 && pause.verdict.measures.lost == 0)
        #expect(pause.actions("pause").count == 1 && pause.actions("end of pause").count == 1)
        for (name, words) in [
            ("kill", "kill"), ("shutdown", "shutdown"), ("restart", "restart"), ("crash", "restart kill"),
        ] {
            let cell = try #require(cells[name])
            #expect(cell.actions(words).count == 1, "\(name)")
            #expect(cell.verdict.measures.lost ?? 0 > 100, "\(name): \(cell.verdict.reason) \(cell.verdict.doubts)")
            #expect(cell.verdict.survived == false, "\(name)")
            #expect(cell.connections > 1, "\(name): the client did not connect again")
        }
    }

    // MARK: - A broker in a container

    @Test(
        .enabled(if: ClientTests.hasEngine, "needs root and a Docker engine: scripts/dockerd.sh"),
        .enabled(if: ClientTests.hasTansu && ClientTests.hasClients, "needs Tansu and the clients: make clients"))
    func aContainerIsPausedAndKilled() throws {
        let text = scenario(
            broker: "{ kind: compose, service: tansu, topics: [{ name: orders, partitions: 1 }] }",
            faults: faults([
                "pause": "at: 1s, for: 600ms, do: [pause]", "kill": "at: 1s, do: [kill]",
            ])
        ).replacingOccurrences(of: "client: librdkafka", with: "client: librdkafka\n  version: \"2.16\"")
            .replacingOccurrences(of: "message.timeout.ms: 20000", with: "message.timeout.ms: 2000")
        let (cells, output) = try run(expecting: 3, text)
        let pause = try #require(cells["pause"])
        #expect(pause.verdict.survived == true, "\(pause.verdict.reason) \(pause.verdict.doubts)")
        #expect(pause.silenceMs > 550 && pause.verdict.measures.lost == 0)
        #expect(pause.actions("pause").count == 1 && pause.actions("end of pause").count == 1)
        // Its log went with it: the cell proves nothing, and says so.
        let kill = try #require(cells["kill"])
        let killed = try #require(kill.actions("kill").first)
        #expect(kill.verdict.outcome == .inconclusive)
        #expect(kill.verdict.measures.failed > 0)
        #expect(
            kill.record.client.records.allSatisfy { $0.outcome != .acknowledged || $0.reportedUs < killed + 200_000 })
        #expect(output.contains("read back the broker's log"), "\(output)")
    }
}
