import ArgumentParser
import Cells
import Reports
import Runs

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
