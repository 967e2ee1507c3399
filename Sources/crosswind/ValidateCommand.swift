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
