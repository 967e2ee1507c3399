import ArgumentParser
import Runs

/// `crosswind report`: judge and draw again from the record.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Judge a run again from its record alone, and draw its reports again.")

    @Argument(help: "The directory of a run, for example one under runs/.")
    var directory: String

    @Option(help: "Also write the HTML report to this file.")
    var report: String?

    func run() throws {
        try exitAfter { [directory, report] in try RunReport.again(directory, htmlCopy: report) }
    }
}
