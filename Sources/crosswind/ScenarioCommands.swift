import ArgumentParser
import Cells
import Reports
import Runs

/// `crosswind validate`: check scenario files.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check scenario files; every mistake with its place.")

    @Argument(help: "Scenario files, directories or globs.")
    var scenarios: [String]

    func run() throws {
        try exitAfter { [scenarios] in
            print(try ScenarioLibrary.validate(scenarios))
            return .passed
        }
    }
}

/// `crosswind list`: what scenarios there are.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List scenarios with their tags, number of cells and claim.")

    @Argument(help: "Scenario files, directories or globs.")
    var scenarios: [String] = ["Scenarios"]

    @Option(name: [.customLong("tag")], help: "Only scenarios with this tag.")
    var tags: [String] = []

    @Option(name: [.customLong("without-tag")], help: "Leave out scenarios with this tag.")
    var withoutTags: [String] = []

    func run() throws {
        try exitAfter { [scenarios, tags, withoutTags] in
            print(try ScenarioLibrary.list(scenarios, tags: tags, withoutTags: withoutTags), terminator: "")
            return .passed
        }
    }
}

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
