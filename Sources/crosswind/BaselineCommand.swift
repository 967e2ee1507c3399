import ArgumentParser
import Runs

/// `crosswind baseline`: make the file that later runs are compared with.
struct BaselineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline", abstract: "Write the baseline of runs: one small JSON file to commit.")

    @Argument(help: "Run directories; several are repeats of each other.")
    var runs: [String]

    @Option(help: "The file to write.")
    var output = "Scenarios/baseline.json"

    func run() throws {
        try exitAfter { [runs, output] in try RegressionCheck.save(runs: runs, to: output) }
    }
}
