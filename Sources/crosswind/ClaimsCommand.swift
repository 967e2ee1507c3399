import ArgumentParser
import EvidenceModel
import FoundationEssentials
import Glibc
import Reports
import RunRecord
import Runs

/// `crosswind claims`: statements and what runs say about them.
struct ClaimsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claims",
        abstract: "Write the table of statements, their verdicts by experiment and the cost of each fix.")

    @Argument(help: "Directories of runs, for example some under runs/; one with --broker becomes a column.")
    var runs: [String]

    @Option(
        name: .customLong("outcomes"), help: "A file of outcomes on a broker that is not at hand: a column; repeatable."
    )
    var outcomes: [String] = []

    @Option(help: "Write to this file instead of standard output.")
    var output: String?

    func run() throws {
        try exitAfter { [runs, output, outcomes] in
            let page = try ClaimsPage.markdown(runs: runs, outcomes: outcomes)
            guard let output else {
                print(page, terminator: "")
                return .passed
            }
            do {
                try Data(page.utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
            } catch {
                throw UsageError("cannot write \(output): \(reason(of: error))")
            }
            return .passed
        }
    }
}
