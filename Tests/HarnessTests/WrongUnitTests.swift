import Foundation
import Testing

/// A driver that reports other units than microseconds: it is told so, and nothing traps.
@Suite(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason), .serialized)
struct WrongUnitTests {
    /// Runs a small cell with the driver of the protocol's own tests, which makes one mistake.
    private func run(_ mistake: String) throws -> CrosswindProgram.Result {
        try CrosswindProgram.withTemporaryDirectory { directory in
            let files = FileManager.default
            for path in ["/cache/kafka-python/1.0", "/cache/python/bin", "/drivers/kafka-python"] {
                try files.createDirectory(atPath: directory + path, withIntermediateDirectories: true)
            }
            try files.createSymbolicLink(
                atPath: directory + "/cache/python/bin/python3", withDestinationPath: "/usr/bin/python3")
            try files.copyItem(
                atPath: CrosswindProgram.repository + "/Tests/DriversTests/Fixtures/driver.py",
                toPath: directory + "/drivers/kafka-python/driver.py")
            try files.copyItem(
                atPath: CrosswindProgram.repository + "/Drivers/kafka-python/client.yaml",
                toPath: directory + "/drivers/kafka-python/client.yaml")
            let scenario = """
                name: unit
                claim: A driver that reports another unit is told so.
                producer: { client: kafka-python }
                workload: { records: 100, rate: 200/s, size: 64B }
                timeout: 20s
                """
            try scenario.write(toFile: directory + "/unit.yaml", atomically: true, encoding: .utf8)
            return try CrosswindProgram.run(
                ["run", "--output", directory + "/run", directory + "/unit.yaml"],
                environment: [
                    "CROSSWIND_CACHE": directory + "/cache", "CROSSWIND_DRIVERS": directory + "/drivers",
                    "BREAK": mistake,
                ])
        }
    }

    @Test func nanosecondsFromTheFirstLineEndTheCellAtOnce() throws {
        let result = try run("nanoseconds")
        #expect(result.exitCode == 64, "\(result.output) \(result.errors)")
        #expect((result.output + result.errors).contains("is no time in microseconds since the epoch"))
        #expect(!(result.output + result.errors).contains("time limit"), "it was ended at once, not at its limit")
    }

    @Test func nanosecondsInRowsMakeTheCellProveNothing() throws {
        let result = try run("row-nanoseconds")
        #expect(result.exitCode == 2, "\(result.output) \(result.errors)")
        // The table breaks lines where it likes.
        let words = result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("is no time in microseconds since the epoch"), "\(words)")
    }

    @Test func millisecondsAreNotTheTimeOfThisMachine() throws {
        let result = try run("milliseconds")
        // What such a driver says is no account: nothing is lost because it says so.
        #expect(result.exitCode == 2, "\(result.output) \(result.errors)")
        let words = (result.output + result.errors).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("microseconds since the Unix epoch are meant"), "\(words)")
    }
}
