import EvidenceModel
import Foundation
import Glibc
import Testing

/// Whole sweeps of short points: outcomes and limits, continuing after SIGKILL, shards and merging.
@Suite(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason), .serialized)
struct SweepTests {
    /// One request of 50 records in flight at 100 ms: 500 records/s. Not librdkafka, which keeps a processor busy while
    /// its window is full, so that points beside each other are slower.
    private static let scenario = """
        name: window
        claim: One request in flight carries 500 records/s.
        broker: { kind: embedded, release: "4.3", topics: [{ name: orders, partitions: 1 }] }
        producer:
          client: raw
          config: { linger.ms: 1, max.in.flight.requests.per.connection: 1, batch.num.messages: 50 }
        workload: { rate: 100/s, size: 100B }
        faults: [{ delay: 50ms }]
        sweep:
          axes: { workload.rate: [100/s, 250/s, 1500/s] }
          objective: { throughput: ">= 85%", lost: 0, duplicates: 0 }
          warmup: 500ms
          window: 1s
          windows: 2
        """

    private static func results(_ directory: String) throws -> SweepResults {
        try JSONDecoder().decode(
            SweepResults.self, from: Data(contentsOf: URL(fileURLWithPath: directory + "/sweep.json")))
    }

    private static func write(_ text: String = scenario, in directory: String) throws -> String {
        let file = directory + "/window.yaml"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    /// Points of a grid that prove nothing say so and are no failure of the test: this machine may be loaded.
    @Test func aGridNamesItsLimits() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let file = try Self.write(in: directory)
            let run = try CrosswindProgram.run(
                ["sweep", file, "--output", directory + "/sweep", "--report", directory + "/report.html"])
            #expect(run.exitCode == 0 || run.exitCode == 2, "\(run.output)\(run.errors)")
            let results = try Self.results(directory + "/sweep")
            #expect(results.points.map { $0.parameters["workload.rate"] } == ["100/s", "250/s", "1500/s"])
            let known = results.points.filter { $0.outcome != .inconclusive }
            for point in known {
                let isOver = point.offeredRecordsPerS == 1500
                #expect(point.outcome == (isOver ? .failed : .passed), "\(point.id): \(point.reason)")
                #expect(point.binding?.kind == (isOver ? .inFlight : .offeredLoad), "\(point.limits)")
                if isOver {
                    let carried = try #require(point.observation.throughputRecordsPerS)
                    #expect((carried - 490).magnitude < 50)
                    // The client took every record in time; only from the due time on does the backlog show.
                    #expect((point.observation.latencyMs.p99 ?? .infinity) > 1000)
                }
            }
            let csv = try String(contentsOfFile: directory + "/sweep/sweep.csv", encoding: .utf8)
            #expect(csv.split(separator: "\r\n").count == 4)
            let page = try String(contentsOfFile: directory + "/report.html", encoding: .utf8)
            #expect(page.contains("Where the objective holds") && page.contains("in-flight"))
            #expect(
                !FileManager.default.fileExists(atPath: directory + "/sweep/points/window,rate=100_s/client.pcapng"))
        }
    }

    @Test func aKilledSweepGoesOnWhereItWas() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let file = try Self.write(in: directory)
            let path = directory + "/sweep"
            let arguments = ["sweep", file, "--output", path, "--jobs", "1"]
            let running = try CrosswindProgram.start(arguments)
            var first: String?
            for _ in 0..<1200 where first == nil {
                usleep(50_000)
                let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/points")) ?? []
                first = names.first { FileManager.default.fileExists(atPath: "\(path)/points/\($0)/point.json") }
            }
            kill(running.process.processIdentifier, SIGKILL)
            running.process.waitUntilExit()
            let done = "\(path)/points/\(try #require(first))/point.json"
            let before = try FileManager.default.attributesOfItem(atPath: done)[.modificationDate] as? Date
            let run = try CrosswindProgram.run(arguments)
            #expect(run.exitCode == 0 || run.exitCode == 2, "\(run.output)\(run.errors)")
            #expect(try Self.results(path).points.count == 3)
            let after = try FileManager.default.attributesOfItem(atPath: done)[.modificationDate] as? Date
            #expect(before == after, "a point that had run was run again")
            let other = try Self.write(Self.scenario + "\n  repeats: 2\n", in: directory)
            let refused = try CrosswindProgram.run(["sweep", other, "--output", path])
            #expect(refused.exitCode == 3 && refused.errors.contains("another scenario or seed"), "\(refused.errors)")
        }
    }

    @Test func shardsMergeToTheWhole() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let file = try Self.write(in: directory)
            for part in 1...2 {
                let run = try CrosswindProgram.run(
                    ["sweep", file, "--seed", "5", "--shard", "\(part)/2", "--output", "\(directory)/part-\(part)"])
                #expect(run.exitCode == 0 || run.exitCode == 2, "\(run.output)\(run.errors)")
            }
            #expect(try Self.results(directory + "/part-1").points.count == 2)
            let alone = try CrosswindProgram.run(["merge", directory + "/part-1", "--output", directory + "/half"])
            #expect(alone.exitCode == 2 && alone.output.contains("1 of 3 combinations are missing"), "\(alone.output)")
            let merged = try CrosswindProgram.run(
                ["merge", directory + "/part-1", directory + "/part-2", "--output", directory + "/whole"])
            #expect(merged.exitCode == 0 || merged.exitCode == 2, "\(merged.errors)")
            let results = try Self.results(directory + "/whole")
            #expect(results.points.map { $0.parameters["workload.rate"] } == ["100/s", "250/s", "1500/s"])
        }
    }

    @Test func runSaysThatASweepIsNone() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let file = try Self.write(in: directory)
            let run = try CrosswindProgram.run(["run", file])
            #expect(run.exitCode == 64 && run.errors.contains("crosswind sweep"), "\(run.errors)")
        }
    }
}
