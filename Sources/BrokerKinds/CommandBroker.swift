import EvidenceModel
import FoundationEssentials
import Glibc
import RawClient
import RunRecord
import ScenarioModel
import Synchronization
import SystemCalls
import Testbed

/// Any executable as broker: one process for each node, in the node's namespace behind its end of the link.
///
/// In `broker.command` these words are replaced: `{host}` and `{port}` by the address that the node must listen on and
/// advertise, `{node}` by its number from 1 and `{nodes}` by how many there are, `{properties}` by a file with `broker.config`, `{data}` by an empty directory of its own (``BrokerData``). Its output goes
/// to `broker-N.log`. It is ready when it answers the Kafka protocol.
///
/// Actions: `pause` (SIGSTOP), `kill` (SIGKILL), `shutdown` (SIGTERM), each undone at the end of its phase, and `restart`.
final class CommandBroker: BrokerUnderTest {
    /// A process that signals reach; its settings are in its command line.
    static let kind = BrokerKind(
        spec: BrokerSpec.Kind("command", option: .init("command", .commandLine, isRequired: true)),
        abilities: BrokerAbilities(
            actions: ["pause", "kill", "shutdown", "restart"], undoes: ["pause", "kill", "shutdown"],
            takesRelease: false,
            takesConfig: false, servesTransactions: true), startAllowance: .zero,
        site: { cell, record, _ in BareSite { CommandBroker(cell: cell, testbed: $0, record: record) } })

    private let cell: ScenarioCell
    private let testbed: CellTestbed
    private let record: RecordDirectory
    private let processes = Mutex<[Int: Node]>([:])

    /// A node's process.
    private struct Node {
        var channel: ChildChannel?
        var end: ChildEnd?
        var task: Task<Void, Never>?
        var isWanted = true
        /// The signal that ends it, when that was asked for before the process was there.
        var pendingSignal: Int32?
    }

    /// How long a node may take to end by SIGTERM. Kafka's controlled shutdown takes seconds.
    private static let graceAfterTerm = Duration.seconds(10)

    private static let pauseBetweenKills = Duration.milliseconds(200)

    let bootstrap: String

    init(cell: ScenarioCell, testbed: CellTestbed, record: RecordDirectory) {
        self.cell = cell
        self.testbed = testbed
        self.record = record
        bootstrap = testbed.bootstrap
    }

    func start() async throws {
        BrokerData.remove(of: record)
        try Backplane.join(testbed.nodes)
        for node in 1...testbed.nodes.count { try launch(node) }
        let setup = BrokerSetup(
            spec: cell.broker, name: "command \(cell.broker.option.first ?? "")",
            addresses: testbed.brokerAddresses,
            connect: { host, port in try self.connectWithoutFaults(host: host, port: port) },
            death: { self.death })
        try await setup.run()
    }

    func connectWithoutFaults(host: String, port: UInt16) throws -> Int32 {
        try testbed.connectInside(host: host, port: port, cell.broker)
    }

    func perform(_ action: BrokerAction, node: Int) async throws -> Bool {
        switch (action.name, action.undo) {
        case ("pause", false): try signal(node, SIGSTOP)
        case ("pause", true): try signal(node, SIGCONT)
        case ("kill", false): try await end(node, SIGKILL)
        case ("shutdown", false): try await end(node, SIGTERM)
        case ("kill", true), ("shutdown", true): try launch(node)
        case ("restart", false):
            try await end(node, try action.argument?.text() == "kill" ? SIGKILL : SIGTERM)
            try launch(node)
        case (_, true): return false
        default:
            throw HarnessError(operation: "perform", subject: action.name, reason: "a command broker cannot do it")
        }
        return true
    }

    /// Sends a signal to a node's process; one whose process is still to come gets it then.
    private func signal(_ node: Int, _ signal: Int32) throws {
        let channel = try processes.withLock { processes in
            guard let known = processes[node] else {
                throw HarnessError(operation: "signal", subject: "node \(node)", reason: "it never ran")
            }
            if known.channel == nil { processes[node]?.pendingSignal = signal }
            return known.channel
        }
        channel?.send(signal)
    }

    /// A node is back when it answers ApiVersions: a real broker is started and refused for as long as the controller holds
    /// its former session.
    func waitUntilBack(node: Int) async throws {
        let address = (host: testbed.nodeDevices[node - 1].address, port: CellTestbed.brokerPort)
        let deadline = ContinuousClock.now + cell.broker.readyWithin
        while true {
            do {
                return try await WorkerThread.run {
                    let descriptor = try self.connectWithoutFaults(host: address.host, port: address.port)
                    let connection = try RawConnection(
                        adopting: descriptor, address: "node \(node)", timeout: .seconds(2))
                    defer { connection.close() }
                    try connection.negotiate()
                }
            } catch {
                if let reason = death {
                    throw HarnessError(operation: "start again", subject: "node \(node)", reason: "it ended: \(reason)")
                }
                guard ContinuousClock.now < deadline else {
                    throw HarnessError(
                        operation: "start again", subject: "node \(node)",
                        reason: "it did not answer within \(cell.broker.readyWithin): \(error)",
                        remedy: "see broker-\(node).log in the cell's directory, or raise broker.ready_within")
                }
                // Not the timeline's sleep: what has begun is finished though the load is over.
                await Task { try? await Task.sleep(for: .milliseconds(50)) }.value
            }
        }
    }

    func stop() async {
        for node in processes.withLock({ Array($0.keys) }) {
            try? await end(node, SIGKILL)
        }
        BrokerData.remove(of: record)
    }

    private func launch(_ node: Int) throws {
        let words = cell.broker.option.map { word in
            [
                "{host}": testbed.nodeDevices[node - 1].address, "{port}": "\(CellTestbed.brokerPort)",
                "{node}": "\(node)", "{nodes}": "\(testbed.nodes.count)", "{data}": dataPath(node),
                BrokerAbilities.propertiesWord: propertiesPath,
            ].reduce(word) { $0.replacing($1.key, with: $1.value) }
        }
        guard let executable = words.first else {
            throw MissingRequirement("broker kind command needs broker.command")
        }
        try FileManager.default.createDirectory(atPath: dataPath(node), withIntermediateDirectories: true)
        try writeProperties()
        let log = "\(record.path)/broker-\(node).log"
        let command = ChildCommand(executable: executable, arguments: Array(words.dropFirst()))
            .inside(testbed.nodes[node - 1])
        let descriptor = try openForAppending(log)
        // The node is there before its process: one that ends at once, or is ended at once, is not missed.
        processes.withLock { processes in
            processes[node] = Node()
            processes[node]?.task = run(command, node, log, descriptor)
        }
    }

    private func run(_ command: ChildCommand, _ node: Int, _ log: String, _ descriptor: Int32) -> Task<Void, Never> {
        Task {
            let result = try? await ChildProcess.run(command, standardErrorPath: log) { channel in
                let pending = self.processes.withLock { processes in
                    processes[node]?.channel = channel
                    return processes[node]?.pendingSignal
                }
                if let pending { channel.send(pending) }
                try await channel.forEachChunk { _ = writeAll($0, to: descriptor) }
            }
            close(descriptor)
            self.processes.withLock { $0[node]?.end = result?.end ?? .exited(127) }
        }
    }

    /// Ends a node's process by a signal, and by SIGKILL when it does not act on it.
    ///
    /// - Throws: ``HarnessError`` when it had to be killed instead: the action that was asked for did not happen.
    private func end(_ node: Int, _ signal: Int32) async throws {
        let process = processes.withLock { processes in
            processes[node]?.isWanted = false
            if processes[node]?.channel == nil { processes[node]?.pendingSignal = signal }
            return processes[node]
        }
        guard let process, let task = process.task else { return }
        if process.end == nil, let channel = process.channel {
            // A stopped process acts on no other signal.
            channel.send(signal)
            channel.send(SIGCONT)
        }
        // Again and again: the kernel has no process by this id for a moment while the child starts.
        let killer = Task {
            if signal != SIGKILL { try await Task.sleep(for: Self.graceAfterTerm) }
            while !Task.isCancelled {
                self.processes.withLock { $0[node]?.channel }?.kill()
                try await Task.sleep(for: Self.pauseBetweenKills)
            }
        }
        await task.value
        killer.cancel()
        guard signal != SIGKILL else { return }
        if case .signaled(SIGKILL)? = processes.withLock({ $0[node]?.end }) {
            throw HarnessError(
                operation: "shut down", subject: "node \(node)",
                reason: "it did not end within \(Self.graceAfterTerm) of SIGTERM and was killed")
        }
    }

    /// Why the broker will never answer: a node ended by itself.
    private var death: String? {
        guard let (node, process) = processes.withLock({ $0.first { $0.value.end != nil && $0.value.isWanted } }),
            let end = process.end
        else { return nil }
        let log = (try? String(contentsOfFile: "\(record.path)/broker-\(node).log", encoding: .utf8)) ?? ""
        let tail = log.split(separator: "\n").suffix(3).joined(separator: " | ")
        return "\(cell.broker.option.first ?? "command"): \(end)" + (tail.isEmpty ? "" : ": \(tail)")
    }

    private var propertiesPath: String { "\(BrokerData.folder(of: record))/broker.properties" }

    /// `broker.config` as a file of properties: a line for each.
    private func writeProperties() throws {
        let lines = cell.broker.config.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }
        do {
            try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: propertiesPath), options: .atomic)
        } catch {
            throw HarnessError(operation: "write", subject: propertiesPath, reason: reason(of: error))
        }
    }

    private func dataPath(_ node: Int) -> String { "\(BrokerData.folder(of: record))/\(node)" }
}
