import ArgumentParser
import Runs

/// `crosswind bisect`: the release of a client that changed a behaviour.
struct BisectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bisect", abstract: "Find the release of a client that behaves in another way, by experiment.",
        discussion: """
            Runs one cell of the scenario with installed releases of the client, by halving between the oldest and the \
            newest, and then tries both sides of the change five times each. Every record is kept: the same command goes on \
            where it was stopped. `crosswind clients` shows what is installed.
            """)

    @Argument(help: "A scenario file.")
    var scenario: String

    @Option(help: "The client, a folder of Drivers.")
    var client: String

    @Option(help: "The oldest release to look at; default: the oldest installed.")
    var from: String?

    @Option(help: "The newest release to look at; default: the newest installed.")
    var to: String?

    @Option(help: "What changes, for example 'failed < 100' or survives; default: what the oldest release does.")
    var expect: String?

    @Option(help: "The seed of the first trial of each release.")
    var seed: UInt64 = 1

    @Option(help: "How often each side of the change is tried.")
    var confirmations = 5

    @Option(help: "Directory for the records.")
    var output = "runs/bisect"

    func validate() throws {
        if !(1...1000).contains(confirmations) {
            throw ValidationError("--confirmations \(confirmations): not a number from 1 to 1000")
        }
    }

    func run() throws {
        var options = BisectOptions()
        options.scenario = scenario
        options.client = client
        options.from = from
        options.to = to
        options.expectation = expect
        options.seed = seed
        options.confirmations = confirmations
        options.output = output
        let asked = options
        try exitAfter { try await BisectRun.run(asked) }
    }
}
