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

    // MARK: - Bad input

    private func run(
        _ scenario: String, environment: [String: String] = [:], compose: String? = nil
    ) throws -> CrosswindProgram.Result {
        try CrosswindProgram.withTemporaryDirectory { directory in
            try scenario.write(toFile: directory + "/s.yaml", atomically: true, encoding: .utf8)
            var variables = environment
            if let compose {
                try compose.write(toFile: directory + "/compose.yml", atomically: true, encoding: .utf8)
                variables["CROSSWIND_COMPOSE_FILE"] = directory + "/compose.yml"
            }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: CrosswindProgram.path)
            process.arguments = ["run", "--output", directory + "/run", directory + "/s.yaml"]
            process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
            let output = directory + "/output"
            _ = FileManager.default.createFile(atPath: output, contents: nil)
            process.standardOutput = FileHandle(forWritingAtPath: output)
            process.standardError = process.standardOutput
            process.standardInput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            return .init(
                output: try String(contentsOfFile: output, encoding: .utf8), errors: "",
                exitCode: process.terminationStatus)
        }
    }

    private func scenario(client: String, broker: String = "{ kind: embedded }", config: String = "{}") -> String {
        """
        name: bad
        claim: c
        broker: \(broker)
        producer: { client: \(client), config: \(config) }
        workload: { records: 100, rate: 1000/s, size: 100B }
        timeout: 30s
        """
    }

    @Test(arguments: ["librdkafka", "kafka-clients", "kafka-python", "aiokafka"])
    func aClientThatIsNotThereNamesTheCommandThatBringsIt(client: String) throws {
        let version = client == "librdkafka" ? "librdkafka, version: \"9.9\"" : client
        let result = try run(scenario(client: version), environment: ["CROSSWIND_CACHE": "/nonexistent"])
        #expect(result.exitCode == 69, "\(result.output)")
        #expect(result.output.contains(client) && result.output.contains("make clients"), "\(result.output)")
    }

    @Test(
        .enabled(if: hasClients, "needs the clients: make clients"),
        arguments: [
            "librdkafka", "kafka-clients", "kafka-python", "aiokafka", "raw",
        ])
    func aPropertyThatTheClientDoesNotKnowIsToldInItsOwnWords(client: String) throws {
        let result = try run(scenario(client: client, config: "{ linger_typo: 5 }"))
        #expect(result.exitCode == 64, "\(result.output)")
        #expect(result.output.contains(client) && result.output.contains("linger_typo"), "\(result.output)")
    }

    @Test func aBrokerCommandThatEndsAtOnceIsTold() throws {
        let broker = "{ kind: command, command: [sh, -c, 'echo no such option >&2; exit 3'] }"
        let result = try run(scenario(client: "librdkafka", broker: broker))
        #expect(result.exitCode == 69, "\(result.output)")
        #expect(result.output.contains("exit code 3") && result.output.contains("no such option"), "\(result.output)")
    }

    @Test(.enabled(if: hasEngine, "needs root and a Docker engine: scripts/dockerd.sh"))
    func anImageThatIsNotThereIsTold() throws {
        let result = try run(
            scenario(client: "librdkafka", broker: "{ kind: compose, service: x }"),
            compose: "services: { x: { image: 'localhost:1/none:1', network_mode: none, profiles: [x] } }\n")
        #expect(result.exitCode == 69, "\(result.output)")
        #expect(result.output.contains("localhost:1"), "\(result.output)")
    }

    @Test(
        .enabled(if: hasEngine, "needs root and a Docker engine: scripts/dockerd.sh"),
        .enabled(if: hasTansu, "needs Tansu: make clients"))
    func aContainerThatEndsAtOnceIsToldAndItsImageHasNoNameLeft() throws {
        func images() throws -> Set<Substring> {
            let docker = Process()
            let output = Pipe()
            docker.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            docker.arguments = ["docker", "images", "--format", "{{.Repository}}"]
            docker.standardOutput = output
            try docker.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            docker.waitUntilExit()
            return Set(text.split(separator: "\n").filter { $0.hasPrefix("crosswind-") })
        }
        let before = try images()
        let result = try run(
            scenario(client: "librdkafka", broker: "{ kind: compose, service: x }"),
            compose: """
                services:
                  x: { build: \(Self.cache)/tansu/0.6.0, network_mode: none, profiles: [x], command: [--nonsense] }

                """)
        #expect(result.exitCode == 69, "\(result.output)")
        #expect(result.output.contains("ended"), "\(result.output)")
        // The guard of a run ends after it.
        for _ in 0..<100 where try !images().isSubset(of: before) { usleep(100_000) }
        #expect(try images().isSubset(of: before))
    }

    @Test func aRefusalThatIsExpectedIsAResult() throws {
        func refusing(_ idempotent: Bool, _ expectation: String) -> String {
            """
            name: refusal
            claim: c
            producer: { client: raw, config: { enable.idempotence: \(idempotent), raw.produce.version: 2 } }
            broker: { release: "2.5" }
            workload: { records: 100, rate: 1000/s, size: 100B }
            faults: [{ at: 10ms, for: 50ms, loss: 10% }]
            expect: [{ \(expectation) }]
            """
        }
        let (results, _) = try EndToEndTests.results(
            [], expecting: 0, scenario: refusing(true, "refused: true, sent: 0, acked: 0, survives: false"))
        #expect(results.cells.first?.verdict.outcome == .passed)
        _ = try EndToEndTests.results([], expecting: 1, scenario: refusing(false, "refused: true"))
        let result = try run(refusing(true, "survives: false"))
        #expect(result.exitCode == 64, "\(result.output)")
        #expect(result.output.contains("raw.produce.version"), "\(result.output)")
    }

    @Test func aJarThatIsMissingIsNamed() throws {
        try CrosswindProgram.withTemporaryDirectory { cache in
            try FileManager.default.createDirectory(
                atPath: cache + "/kafka-clients/9.9", withIntermediateDirectories: true)
            let result = try run(scenario(client: "kafka-clients"), environment: ["CROSSWIND_CACHE": cache])
            #expect(result.exitCode == 69, "\(result.output)")
            #expect(
                result.output.contains("crosswind-driver.jar") || result.output.contains("java is not on PATH"),
                "\(result.output)")
            #expect(result.output.contains("make clients"), "\(result.output)")
        }
    }

    @Test func aPortInUseIsNamed() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(listener, $0, size)
                _ = listen(listener, 1)
                _ = getsockname(listener, $0, &size)
            }
        }
        let address = "127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
        let result = try CrosswindProgram.run(["broker", "--listen", address])
        #expect(result.exitCode == 69, "\(result.errors)")
        #expect(result.errors.contains(address) && result.errors.contains("in use"), "\(result.errors)")
    }

    @Test(
        .enabled(if: hasCompose, "needs Docker Compose: apt-get install docker-compose"),
        arguments: ["tansu", "kafka", "kafka-cluster"])
    func everyProfileIsValid(profile: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "sh", "-c",
            "c='docker compose'; $c version >/dev/null 2>&1 || c=docker-compose; "
                + "$c -f docker-compose.yml --profile \(profile) config -q",
        ]
        process.currentDirectoryURL = URL(fileURLWithPath: CrosswindProgram.repository)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
