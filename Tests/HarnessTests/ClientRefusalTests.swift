import EvidenceModel
import Foundation
import Reports
import Testing

/// What a client, a broker or the machine does not have or take is told in its own words, with what brings it.
@Suite(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason), .serialized)
struct ClientRefusalTests {
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
        .enabled(if: ClientTests.hasClients, "needs the clients: make clients"),
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

    @Test(.enabled(if: ClientTests.hasEngine, "needs root and a Docker engine: scripts/dockerd.sh"))
    func anImageThatIsNotThereIsTold() throws {
        let result = try run(
            scenario(client: "librdkafka", broker: "{ kind: compose, service: x }"),
            compose: "services: { x: { image: 'localhost:1/none:1', network_mode: none, profiles: [x] } }\n")
        #expect(result.exitCode == 69, "\(result.output)")
        #expect(result.output.contains("localhost:1"), "\(result.output)")
    }

    @Test(
        .enabled(if: ClientTests.hasEngine, "needs root and a Docker engine: scripts/dockerd.sh"),
        .enabled(if: ClientTests.hasTansu, "needs Tansu: make clients"))
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
                  x: { build: \(ClientTests.cache)/tansu/0.6.0, network_mode: none, profiles: [x], command: [--nonsense] }

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
        .enabled(if: ClientTests.hasCompose, "needs Docker Compose: apt-get install docker-compose"),
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
