import ArgumentParser
import Runs

/// `crosswind shell`: any command behind a faulty link.
struct ShellCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell", abstract: "Run any command behind a faulty link.",
        discussion: """
            Inside, the services that were exposed are localhost: the name, and the exposed ports of 127.0.0.1 and ::1, \
            lead over the link to this machine's loopback; there is no other way out. CROSSWIND_HOST holds their address. \
            Time zero of a fault is the start of the command. Examples:

            \(Self.examples.map { "  " + $0 }.joined(separator: "\n"))
            """)

    /// What the help shows; a test runs each of them.
    static let examples = [
        "crosswind shell --delay 50ms --loss 1% --expose 9092 -- my-application",
        "crosswind shell --fault 'at: 2s, for: 1s, partition: true' -- my-application",
        "crosswind shell --expose 9092 --capture trace.pcapng -- my-application",
    ]

    @Option(help: "Time that packets are held, for example 50ms.")
    var delay: String?
    @Option(help: "Spread of the delay, for example 10ms.")
    var jitter: String?
    @Option(help: "Share of packets lost, for example 1%.")
    var loss: String?
    @Option(help: "Share of packets that arrive twice.")
    var duplicate: String?
    @Option(help: "Share of packets that arrive out of order.")
    var reorder: String?
    @Option(help: "Share of packets in which a bit is flipped.")
    var corrupt: String?
    @Option(help: "Bottleneck, for example 10Mbit/s.")
    var rate: String?
    @Option(help: "What the bottleneck's queue holds, for example 100 or 64KB.")
    var queue: String?
    @Option(help: "clientToBroker, brokerToClient or both; for the flags above.")
    var direction: String?
    @Option(
        name: [.customLong("fault")],
        help: "A fault as in a scenario file, for example 'at: 2s, for: 1s, partition: true'; may be repeated.")
    var faults: [String] = []
    @Option(help: "Take the faults of this scenario file.")
    var scenario: String?
    @Option(help: "A loopback port of this machine that the command may reach; may be repeated.")
    var expose: [UInt16] = []
    @Option(help: "The seed that drives every random decision; printed when chosen for you.")
    var seed: UInt64?
    @Option(name: [.customLong("fault-log")], help: "Write every packet's fate that is not 'forward at once' here.")
    var faultLog: String?
    @Option(help: "Write the packets at the command's end of the link here, and those at the services' end beside it.")
    var capture: String?
    @Argument(parsing: .postTerminator, help: "The command, after --.")
    var command: [String] = []

    func validate() throws {
        if command.isEmpty {
            throw ValidationError("no command; for example: crosswind shell --delay 50ms -- ping -c 3 localhost")
        }
    }

    func run() throws {
        let flags = [
            ("delay", delay), ("jitter", jitter), ("loss", loss), ("duplicate", duplicate), ("reorder", reorder),
            ("corrupt", corrupt), ("rate", rate), ("queue", queue),
        ].compactMap { name, value in value.map { "\(name): \($0)" } }
        var options = Shell.Options()
        if !flags.isEmpty {
            options.faults.append((flags + (direction.map { ["direction: \($0)"] } ?? [])).joined(separator: ", "))
        }
        options.faults += faults
        options.scenario = scenario
        options.expose = expose
        options.seed = seed
        options.faultLog = faultLog
        options.capture = capture
        options.command = command
        // On this thread: the user namespace must be entered before there is a second one.
        try exitAfterNow { try Shell.run(options) }
    }
}
