import ArgumentParser
import Cells
import Reports
import Runs

/// `crosswind run`: run scenarios and judge them.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run scenarios: every cell in a sandbox of its own, a verdict for each.")

    @Argument(help: "Scenario files, directories or globs.")
    var scenarios: [String]

    @Flag(help: "Show the cells and the timeline of their faults; start nothing.")
    var dryRun = false

    @Option(help: "Cells at a time: a number, or auto.")
    var jobs = "auto"

    @Option(help: "The seed that drives every random decision; printed when chosen for you.")
    var seed: UInt64?

    @Option(name: [.customLong("tag")], help: "Run only scenarios with this tag; may be given more than once.")
    var tags: [String] = []

    @Option(name: [.customLong("without-tag")], help: "Leave out scenarios with this tag.")
    var withoutTags: [String] = []

    @Option(
        help: ArgumentHelp(
            "The broker for every scenario: a name of Brokers/ or a profile of docker-compose.yml, 'command: …', "
                + "external:HOST:PORT, or a file. What it cannot do is left out by name.",
            valueName: "broker"))
    var broker: String?

    @Option(help: "Directory for the record; default runs/TIME-NAME.")
    var output: String?

    @Option(help: "Also write the HTML report to this file.")
    var report: String?

    @Option(help: "Run part K of N of the cells, for example 2/4.")
    var shard: String?

    @Option(help: "Limit of the whole run, in seconds; what runs then is stopped and is inconclusive.")
    var timeout: Int?

    @Option(help: "Compare with this baseline: a run directory or a baseline file.")
    var baseline: String?

    @Flag(help: "Start no further cell after the first that fails.")
    var failFast = false

    @Option(
        help:
            "Run inconclusive cells again, alone, at the end, at most N times; every report says so. Never failed ones."
    )
    var again = 0

    func validate() throws {
        if !(0...100).contains(again) { throw ValidationError("--again \(again): not a number from 0 to 100") }
        _ = try Jobs.parse(jobs)
        if let shard, Shard.parse(shard) == nil { throw ValidationError("--shard \(shard): \(Shard.allowed)") }
        if let timeout, timeout < 1 { throw ValidationError("--timeout \(timeout): not a number of seconds from 1") }
    }

    func run() throws {
        var options = RunOptions()
        options.scenarios = scenarios
        options.tags = tags
        options.withoutTags = withoutTags
        options.seed = seed
        options.broker = broker
        options.jobs = try Jobs.parse(jobs)
        options.output = output
        options.report = report
        options.failFast = failFast
        options.again = again
        options.timeout = timeout.map { .seconds($0) }
        options.shard = shard.flatMap(Shard.parse)
        options.baseline = baseline
        let asked = options
        try exitAfter {
            if dryRun {
                print(try ScenarioLibrary.dryRun(asked), terminator: "")
                return .passed
            }
            return try await ScenarioRun.run(asked)
        }
    }
}
