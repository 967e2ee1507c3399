import ArgumentParser
import Cells
import Reports
import Runs

/// `crosswind sweep`: how far a configuration carries, and what limits it.
struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Run the points of a sweep, say which meet the objective and what limits them.")

    @Argument(help: "A scenario file with a section 'sweep'.")
    var file: String

    @Option(help: "Points at a time at most: a number, or auto (as many as the machine has room for).")
    var jobs = "auto"

    @Option(help: "The seed that drives every random decision; printed when chosen for you.")
    var seed: UInt64?

    @Option(help: "Directory for the record; default runs/TIME-NAME. One that holds this sweep is continued.")
    var output: String?

    @Option(help: "Also write the HTML report to this file.")
    var report: String?

    @Option(help: "Run part K of N of the points, for example 2/4; `crosswind merge` joins the parts.")
    var shard: String?

    @Flag(help: "Keep the captures and logs of every point.")
    var keepRecords = false

    @Flag(help: "Show the plan; start nothing.")
    var dryRun = false

    func validate() throws {
        _ = try Jobs.parse(jobs)
        if let shard, Shard.parse(shard) == nil { throw ValidationError("--shard \(shard): \(Shard.allowed)") }
    }

    func run() throws {
        var options = SweepOptions()
        options.file = file
        options.seed = seed
        options.jobs = try Jobs.parse(jobs)
        options.output = output
        options.report = report
        options.shard = shard.flatMap(Shard.parse)
        options.keepsRecords = keepRecords
        let asked = options
        try exitAfter {
            if dryRun {
                var run = RunOptions()
                run.scenarios = [asked.file]
                run.seed = asked.seed
                print(try ScenarioLibrary.dryRun(run), terminator: "")
                return .passed
            }
            return try await SweepRun.run(asked)
        }
    }
}

/// `K/N`: part K of N.
enum Shard {
    static let allowed = "not K/N with 1 <= K <= N, for example 2/4"

    static func parse(_ text: String) -> (index: Int, count: Int)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let index = parts[0], let count = parts[1], index >= 1, index <= count else {
            return nil
        }
        return (index, count)
    }
}
