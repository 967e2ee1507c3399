import ArgumentParser
import Runs

/// `crosswind merge`: one sweep from the parts that ran on several machines.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Join the parts of a sweep (--shard K/N) and draw its results.")

    @Argument(help: "Directories of the parts.")
    var parts: [String]

    @Option(help: "Directory for the whole.")
    var output: String

    @Option(help: "Also write the HTML report to this file.")
    var report: String?

    func run() throws {
        let (parts, output, report) = (parts, output, report)
        try exitAfter { try SweepMerge.merge(parts, into: output, report: report) }
    }
}
