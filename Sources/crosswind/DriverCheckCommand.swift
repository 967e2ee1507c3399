import ArgumentParser
import Reports
import Runs

/// `crosswind driver-check`: holds any driver against the driver protocol.
struct DriverCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "driver-check",
        abstract: "Checks that a program keeps the driver protocol (docs/driver-protocol.md).",
        discussion: """
            Plays the harness's side against an embedded broker and says for each rule whether it is kept. Exit code 0 \
            when all are, 1 otherwise. Instead of a command, the name of a client with a driver checks that one.
            """)

    @Option(name: .customLong("config"), help: "A property that the client needs, NAME=VALUE; repeatable.")
    var properties: [String] = []

    @Argument(parsing: .postTerminator, help: "The command that starts the driver.")
    var command: [String] = []

    func validate() throws {
        if command.isEmpty { throw ValidationError("name the driver's command after --") }
        if let bad = properties.first(where: { !$0.contains("=") }) {
            throw ValidationError("--config \(bad): write NAME=VALUE")
        }
    }

    func run() throws {
        let config = Dictionary(
            properties.map { text in
                let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), String(parts[1]))
            }, uniquingKeysWith: { $1 })
        let command = command
        try exitAfter { try await DriverInspection.run(command: command, config: config) { print($0) } }
    }
}
