import EvidenceModel
import Foundation
import Reports
import Testing

/// Every client against our broker and against one that is not ours, with a fault.
@Suite(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason), .serialized)
struct ClientTests {
    static let cache: String = {
        let environment = ProcessInfo.processInfo.environment
        return environment["CROSSWIND_CACHE"] ?? (environment["HOME"] ?? "/root") + "/.cache/crosswind"
    }()

    private static func has(_ names: [String]) -> Bool {
        names.allSatisfy { FileManager.default.fileExists(atPath: cache + "/" + $0) }
    }

    static let hasClients = has(["librdkafka", "kafka-clients", "kafka-python", "aiokafka"])
    static let hasTansu = has(["tansu/0.6.0/tansu", "librdkafka"])
    /// Whether a command of this machine ends well; what it prints is not shown.
    private static func succeeds(_ command: String) -> Bool {
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/bin/sh")
        probe.arguments = ["-c", command]
        probe.standardOutput = FileHandle.nullDevice
        probe.standardError = FileHandle.nullDevice
        guard (try? probe.run()) != nil else { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }

    static let hasEngine = geteuid() == 0 && succeeds("docker info")
    static let hasCompose = succeeds("docker compose version || docker-compose version")

    private static let clients = """
        producer: { client: librdkafka }
        workload: { records: 1500, rate: 1000/s, size: 100B }
        faults:
          - { on: { response: Produce, nth: 30 }, do: [drop, reset] }
        timeout: 60s
        matrix:
          producer:
            - as: librdkafka-new
              value:
                { client: librdkafka, version: "2.16", config: { enable.idempotence: true, socket.timeout.ms: 3000 } }
            - as: kafka-clients
              value: { client: kafka-clients, config: { linger.ms: 2, request.timeout.ms: 3000 } }
            - as: kafka-python
              value: { client: kafka-python, config: { linger.ms: 2, request.timeout.ms: 3000 } }

        """

    @Test(.enabled(if: hasClients, "needs the clients: make clients"))
    func everyClientsRetryIsRecognisedByTheEmbeddedBroker() throws {
        let (results, _) = try EndToEndTests.results(
            [], expecting: 0,
            scenario: "name: clients\nclaim: c\n" + Self.clients
                + """
                    - as: librdkafka-old
                      value: { client: librdkafka, version: "2.0", config: { enable.idempotence: true } }
                    - as: aiokafka
                      value: { client: aiokafka, config: { enable.idempotence: true, request_timeout_ms: 3000 } }
                expect:
                  - { survives: true, deduplicated_batches: "> 0" }
                """.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n"))
        #expect(results.cells.count == 5)
    }

    @Test(
        .enabled(if: hasClients && hasTansu, "needs the clients and Tansu: make clients"),
        .enabled(if: hasEngine, "needs root and a Docker engine: scripts/dockerd.sh"))
    func tansuInAContainerAnswersTheRetryWithAnError() throws {
        let (results, _) = try EndToEndTests.results(
            [], expecting: 0,
            scenario: "name: containers\nclaim: c\n" + Self.clients + """
                broker: { kind: compose, service: tansu, topics: [{ name: orders, partitions: 3 }] }
                expect:
                  - { survives: false, sequence_errors: "> 0", lost: 0 }
                """)
        #expect(results.cells.count == 3)
        for cell in results.cells.map(\.verdict) {
            let finding = cell.properties.first { $0.property == "no-sequence-errors" }
            #expect(finding?.batches.isEmpty == false, "the verdict names no batch")
            #expect(finding?.detail.contains("46") == true, "the verdict names no rule: \(finding?.detail ?? "")")
        }
    }

    @Test func theRawProducersDriverKeepsTheProtocol() throws {
        let result = try CrosswindProgram.run(["driver-check", "--", "raw"])
        #expect(result.exitCode == 0, "\(result.output) \(result.errors)")
    }

    /// More than five requests in flight are what no other client does with idempotence: the broker knows the last five.
    @Test func ofTenBatchesInFlightTheBrokerKnowsFive() throws {
        let (results, _) = try EndToEndTests.results(
            [], expecting: 0,
            scenario: """
                name: in-flight
                claim: c
                broker: { kind: embedded, topics: [{ name: orders, partitions: 1 }] }
                producer:
                  client: raw
                  config: { batch.num.messages: 1, max.in.flight.requests.per.connection: 10 }
                workload: { records: 400, rate: 120/s, size: 200B }
                faults:
                  - { at: 1s, for: 300ms, direction: brokerToClient, partition: true }
                  - { at: 1200ms, do: [reset] }
                expect:
                  - { survives: false, error_codes.45: 5, failed: 5, lost: 0, duplicates: 0 }
                """)
        #expect(results.cells.count == 1)
    }

    @Test(arguments: [
        "Scenarios/incidents/sequence-reuse.yaml", "Scenarios/incidents/changed-batch.yaml",
        "Scenarios/incidents/sequence-wrap.yaml",
    ])
    func rulesBrokenOnPurposeBreakAsExpected(scenario: String) throws {
        let (results, _) = try EndToEndTests.results([scenario], expecting: 0)
        #expect(!results.cells.isEmpty)
    }

    @Test(.enabled(if: hasTansu, "needs Tansu and librdkafka 2.16: make clients"))
    func anyCommandCanBeTheBroker() throws {
        let (results, _) = try EndToEndTests.results(
            [], expecting: 0,
            scenario: """
                name: command
                claim: c
                broker:
                  kind: command
                  command:
                    - \(Self.cache)/tansu/0.6.0/tansu
                    - broker
                    - --listener-url=tcp://0.0.0.0:{port}
                    - --advertised-listener-url=tcp://{host}:{port}
                  topics: [{ name: orders, partitions: 2 }]
                producer: { client: librdkafka, version: "2.16", config: { linger.ms: 5 } }
                workload: { records: 1000, rate: 1000/s, size: 100B }
                faults:
                  - { on: { response: Produce, nth: 20 }, do: [drop, reset] }
                expect:
                  - { duplicates: "> 0", lost: 0 }
                """)
        #expect(results.cells.count == 1)
    }

    /// Section `producer` of a scenario whose producer is a program in Python with kafka-python; it gets the bootstrap
    /// address and the topic.
    private static func producer(running program: String) -> String {
        let code = program.split(separator: "\n").joined(separator: "\\n")
        let command = [
            "env", "PYTHONPATH=\(cache)/kafka-python/3.0.12", "\(cache)/python/bin/python3", "-c", code, "{bootstrap}",
            "{topic}",
        ]
        return "{ client: command, command: [\(command.map { "\"\($0)\"" }.joined(separator: ", "))] }"
    }

    @Test(.enabled(if: hasClients, "needs the clients: make clients"))
    func aProgramWithoutADriverIsJudgedFromWireAndLog() throws {
        let program = """
            import sys, kafka
            p = kafka.KafkaProducer(bootstrap_servers=sys.argv[1], enable_idempotence=False, retries=5)
            for i in range(500): p.send(sys.argv[2], b'%016xABCDEFGH' % i, partition=0).get()
            """
        let (results, _) = try EndToEndTests.results(
            [], expecting: 0,
            scenario: """
                name: program
                claim: c
                producer: \(Self.producer(running: program))
                workload: { records: 500, size: 24B }
                faults:
                  - { on: { response: Produce, nth: 100 }, do: [drop, reset] }
                timeout: 60s
                expect:
                  - { duplicates: 1 }
                """)
        #expect(results.cells.count == 1)
    }

    /// The same program with its records numbered by a header: the ledger is one of records again.
    @Test(
        .enabled(if: hasClients, "needs the clients: make clients"),
        arguments: [
            // What the program does, and what the verdict must say of it.
            ("numbers[:]", "duplicates: 1, lost: 0, reordered: 0, survives: false"),
            ("numbers[:200] + numbers[201:]", "duplicates: 1, lost: 1, reordered: 0, survives: false"),
            ("numbers[:300] + [301, 300] + numbers[302:]", "duplicates: 1, lost: 0, reordered: 1, survives: false"),
            ("numbers + [7]", "duplicates: 2, lost: 0, survives: false"),
        ])
    func aProgramThatNumbersItsRecordsIsJudgedRecordByRecord(order: String, expected: String) throws {
        let program = """
            import os, sys, kafka
            p = kafka.KafkaProducer(bootstrap_servers=sys.argv[1], enable_idempotence=False, retries=5)
            numbers = list(range(500))
            for n in \(order):
                header = ('crosswind-record', ('%s/%d' % (os.environ['CROSSWIND_RUN'], n)).encode())
                p.send(sys.argv[2], b'an order', partition=0, headers=[header]).get()
            """
        let (results, _) = try EndToEndTests.results(
            [], expecting: 0,
            scenario: """
                name: numbered
                claim: c
                producer: \(Self.producer(running: program))
                workload: { records: 500, size: 24B }
                faults:
                  - { on: { response: Produce, nth: 100 }, do: [drop, reset] }
                timeout: 60s
                expect:
                  - { \(expected) }
                """)
        #expect(results.cells.count == 1)
        let duplicates = results.cells.first?.verdict.properties.first { $0.property == "no-duplicates" }
        #expect(duplicates?.records.contains(99) == true, "\(duplicates?.detail ?? "")")
    }
}
