import EvidenceModel
import Foundation
import Testing

/// `run --again N`: what proved nothing is run again, what failed never, and every output says so.
@Suite(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason), .serialized)
struct RunAgainTests {
    /// A program that sleeps through the first `slow` runs, beyond the cell's limit, and sends its records in the others: a
    /// shell that plays the harness to the driver over librdkafka.
    private static func scenario(slow: Int, in directory: String, expect: String) throws -> String {
        let configure =
            #"{"type":"configure","protocol":1,"bootstrap":"BOOTSTRAP","config":{},"records":10,"size_bytes":100,"#
            + #""rate_records_per_s":null,"partitioner":"client","topics":[{"name":"orders","partitions":1}]}"#
        let driver = URL(fileURLWithPath: CrosswindProgram.path).deletingLastPathComponent()
            .appendingPathComponent("crosswind-rdkafka").path
        try """
        echo >>\(directory)/runs
        [ $(wc -l <\(directory)/runs) -gt \(slow) ] || exec sleep 30
        (echo '\(configure)' | sed "s/BOOTSTRAP/$1/"; sleep 0.5; echo '{"type":"start"}'; sleep 1) |
            \(driver)
        """.write(toFile: directory + "/program.sh", atomically: true, encoding: .utf8)
        return """
            name: again
            claim: A test of the harness.
            timeout: 4s
            broker: { kind: embedded, topics: [{ name: orders, partitions: 1 }] }
            producer: { client: command, command: [sh, "\(directory)/program.sh", "{bootstrap}"] }
            workload: { records: 10, rate: 100/s, size: 100B }
            expect: [{ \(expect) }]
            """
    }

    private static func run(
        _ directory: String, again: Int, slow: Int, expect: String = "duplicates: 0"
    ) throws -> (result: CrosswindProgram.Result, runs: Int, verdict: [String: Any]) {
        try scenario(slow: slow, in: directory, expect: expect).write(
            toFile: directory + "/s.yaml", atomically: true, encoding: .utf8)
        let result = try CrosswindProgram.run(
            ["run", "--again", "\(again)", "--output", directory + "/run", directory + "/s.yaml"])
        let data = try Data(contentsOf: URL(fileURLWithPath: directory + "/run/results.json"))
        let results = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let cells = try #require(results["cells"] as? [[String: Any]])
        let count = try String(contentsOfFile: directory + "/runs", encoding: .utf8).count
        return (result, count, try #require(cells.first))
    }

    @Test func anInconclusiveCellIsRunAgainAndThatIsToldEverywhere() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let (result, runs, cell) = try Self.run(directory, again: 2, slow: 1)
            #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
            #expect(runs == 2, "a cell that has its answer is not run once more")
            #expect(cell["runs"] as? Int == 2)
            let doubts = try #require(cell["doubts"] as? [String])
            #expect(doubts.count == 1)
            let reason = "run again alone, because the time before it: proves nothing: the cell was interrupted"
            #expect(doubts[0].hasPrefix(reason))
            #expect(result.output.contains("1 cell: 1 passed, 1 of them run again"))
            for name in ["junit.xml", "report.html", "summary.md", "results.json"] {
                let text = try String(contentsOfFile: "\(directory)/run/\(name)", encoding: .utf8)
                #expect(text.contains("run again alone"), "\(name)")
                let version = CrosswindVersion.current
                #expect(
                    text.contains(version) || text.contains(version.replacingOccurrences(of: ".", with: "\\.")),
                    "\(name)")
            }
            // The record of the first run is kept, and judging again from the record alone says the same.
            #expect(FileManager.default.fileExists(atPath: "\(directory)/run/again/again/run-1/history.jsonl"))
            let report = try CrosswindProgram.run(["report", directory + "/run"])
            #expect(report.exitCode == 0)
            #expect(report.output.contains("1 of them run again"))
        }
    }

    @Test func whatStaysInconclusiveIsRunAtMostSoOften() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let (result, runs, cell) = try Self.run(directory, again: 1, slow: 9)
            #expect(result.exitCode == 2)
            #expect(runs == 2)
            #expect(cell["runs"] as? Int == 2)
        }
    }

    @Test func withoutTheOptionNothingIsRunAgain() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let (result, runs, cell) = try Self.run(directory, again: 0, slow: 1)
            #expect(result.exitCode == 2)
            #expect(runs == 1)
            #expect(cell["runs"] as? Int == 1)
        }
    }

    @Test func aFailedCellIsNeverRunAgain() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let (result, runs, cell) = try Self.run(directory, again: 3, slow: 0, expect: "duplicates: \"> 0\"")
            #expect(result.exitCode == 1, "\(result.output)\(result.errors)")
            #expect(runs == 1)
            #expect(cell["runs"] as? Int == 1)
        }
    }
}
