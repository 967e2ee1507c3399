import ArgumentParser
import Runs

/// `crosswind diff`: compare runs with a baseline.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what changed between a baseline and a run; exit 1 on a regression.",
        discussion: """
            Outcomes, and broken records where there were none, are compared as they are; throughput, latency, recovery \
            and other counts by a test against chance over repeats, which takes three runs. One comparison of \
            unchanged code in a hundred raises a false alarm. See docs/ci.md.
            """)

    @Argument(help: "The baseline: a baseline file, a run directory or a results.json.")
    var base: String

    @Argument(help: "The run to compare; several are repeats of each other.")
    var new: [String]

    @Flag(help: "The run holds a part of the suite: cells that it lacks are no regression.")
    var partial = false

    @Flag(help: "Compare outcomes and counts alone, for a machine unlike the baseline's.")
    var ignoreTiming = false

    func run() throws {
        try exitAfter { [base, new, partial, ignoreTiming] in
            try RegressionCheck.compare(baseline: base, runs: new, isPart: partial, ignoresTiming: ignoreTiming)
        }
    }
}
