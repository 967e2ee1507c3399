import EvidenceModel
import Foundation
import Reports
import Testing

@testable import RunRecord

/// `--broker`: another broker in place of the scenarios' own, in whole runs.
@Suite(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason), .serialized)
struct BrokerChoiceTests {
    private static let scenario = """
        name: choice
        claim: A test of the harness.
        broker: { kind: embedded, topics: [{ name: orders, partitions: 3 }] }
        producer: { client: raw, config: { linger.ms: 2 } }
        workload: { records: 500, rate: 1000/s, size: 100B }
        matrix:
          faults.0:
            - { as: reset, value: { on: { response: Produce, nth: 20, topic: orders }, do: [drop, reset] } }
            - { as: forget, value: { at: 200ms, do: [expire-producers] } }
        faults: [~]
        timeout: 60s
        """

    /// Runs the scenario on `broker`; the output, the results and the manifest.
    private func run(
        _ broker: String, scenario: String = Self.scenario, expecting code: Int32
    ) throws -> (output: String, results: RunResults?, manifest: RunManifest?) {
        try CrosswindProgram.withTemporaryDirectory { directory in
            try scenario.write(toFile: directory + "/s.yaml", atomically: true, encoding: .utf8)
            let result = try CrosswindProgram.run(
                ["run", "--broker", broker, "--output", directory + "/run", directory + "/s.yaml"])
            let words = result.output + result.errors
            #expect(result.exitCode == code, "\(words)")
            let data = FileManager.default.contents(atPath: directory + "/run/results.json")
            let plan = FileManager.default.contents(atPath: directory + "/run/run.json")
            return (
                words, try data.map { try JSONDecoder().decode(RunResults.self, from: $0) },
                try plan.map { try JSONDecoder().decode(RunManifest.self, from: $0) }
            )
        }
    }

    private func check(_ run: (output: String, results: RunResults?, manifest: RunManifest?), _ name: String) {
        let cells = run.results?.cells ?? []
        #expect(cells.map(\.verdict.id) == ["choice,faults.0=reset"], "\(run.output)")
        #expect(cells.first?.verdict.survived == true, "\(run.output)")
        #expect(cells.first?.verdict.faultEvidence.allSatisfy(\.shown) == true)
        #expect(run.output.contains("left out on \(name): choice,faults.0=forget: "), "\(run.output)")
        #expect(run.manifest?.broker?.name == name)
        #expect(run.manifest?.broker?.leftOut.map(\.cell) == ["choice,faults.0=forget"])
    }

    @Test func aCommandTakesThePlace() throws {
        let broker = "command: \(CrosswindProgram.path) broker --listen {host}:{port}"
        check(try run(broker, expecting: 0), broker)
    }

    /// Three listeners in one process: a cluster that is there has its three nodes, and each cell topics of its own.
    @Test func aClusterOutsideTakesThePlace() throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: CrosswindProgram.path)
        process.arguments = ["broker", "--listen", "127.0.0.1:0", "--nodes", "3"]
        process.standardOutput = output
        try process.run()
        defer {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let ready = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let address = ready.dropFirst("ready ".count).split(separator: ",").first.map(String.init) ?? ""
        let broker = "external:\(address)"
        // The second run finds no record of the first, and no topic with another number of partitions.
        check(try run(broker, expecting: 0), broker)
        let other = Self.scenario.replacingOccurrences(of: "partitions: 3", with: "partitions: 2")
        check(try run(broker, scenario: other, expecting: 0), broker)
        try aTopicWithOtherPartitionsIsRefused(address)
    }

    /// Without a prefix the topic is the user's: it is not changed, and what to do is said.
    private func aTopicWithOtherPartitionsIsRefused(_ address: String) throws {
        func scenario(_ partitions: Int) -> String {
            """
            name: mine
            claim: A test of the harness.
            broker:
              kind: external
              address: "\(address)"
              nodes: 3
              topics: [{ name: mine, partitions: \(partitions) }]
            producer: { client: raw }
            workload: { records: 100, rate: 1000/s, size: 100B }
            """
        }
        try CrosswindProgram.withTemporaryDirectory { directory in
            for (partitions, code) in [(2, Int32(0)), (3, 69)] {
                let file = "\(directory)/\(partitions).yaml"
                try scenario(partitions).write(toFile: file, atomically: true, encoding: .utf8)
                let begun = ContinuousClock.now
                let result = try CrosswindProgram.run(["run", "--output", "\(directory)/\(partitions)", file])
                let words = result.output + result.errors
                #expect(result.exitCode == code, "\(words)")
                guard code != 0 else { continue }
                #expect(words.contains("exists with 2 partitions, and the scenario wants 3"), "\(words)")
                #expect(words.contains("broker.topic_prefix"), "\(words)")
                #expect(ContinuousClock.now - begun < .seconds(20), "it is refused at once")
            }
        }
    }

    @Test(.enabled(if: ClientTests.hasTansu, "needs Tansu and librdkafka 2.16: make clients"))
    func aRecipeTakesThePlace() throws {
        let text = Self.scenario.replacingOccurrences(of: "client: raw", with: "client: librdkafka")
            .replacingOccurrences(of: "linger.ms: 2", with: "linger.ms: 2, enable.idempotence: true, max.in.flight: 1")
        let (output, results, manifest) = try run("tansu", scenario: text, expecting: 1)
        // Tansu refuses the retry of a batch that it has: 46.
        #expect(results?.cells.first?.verdict.measures.errorCodes?["46"] ?? 0 > 0, "\(output)")
        #expect(manifest?.broker?.leftOut.count == 1)
    }

    @Test func aNameThatStandsForNothingIsRefused() throws {
        let (output, _, _) = try run("no-such-broker", expecting: 64)
        #expect(output.contains("no folder of Brokers (") && output.contains("kafka-archive"), "\(output)")
    }

    /// Every recipe can be read, and the whole library with it: each cell runs or is left out by name.
    @Test(arguments: ["kafka", "kafka-cluster", "kafka-archive", "redpanda", "tansu", "tansu-container"])
    func everyRecipeTakesTheLibrary(name: String) throws {
        let result = try CrosswindProgram.run(["run", "Scenarios", "--broker", name, "--dry-run"])
        #expect(result.exitCode == 0, "\(result.errors)")
        let left = result.output.split(separator: "\n").filter { $0.hasPrefix("left out on \(name): ") }
        #expect(!left.isEmpty && left.allSatisfy { $0.split(separator: ":").count > 2 })
        #expect(result.output.contains("idempotence-disabled"))
    }
}
