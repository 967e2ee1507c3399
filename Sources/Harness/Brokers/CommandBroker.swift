import EvidenceModel
import Foundation
import ScenarioModel
import Synchronization
import Testbed

/// Any executable as broker: one process for each node, in the node's namespace behind its end of the link.
///
/// In `broker.command` these words are replaced: `{host}` and `{port}` by the address that the node must listen on and
/// advertise, `{node}` by its number from 1, `{data}` by an empty directory of its own. Its output goes to
/// `broker-N.log`. It is ready when it answers the Kafka protocol.
///
/// Actions: `pause` (SIGSTOP), `kill` (SIGKILL), `shutdown` (SIGTERM), each undone at the end of its phase, and `restart`.
final class CommandBroker: BrokerUnderTest {
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
    }

    let bootstrap: String

    init(cell: ScenarioCell, testbed: CellTestbed, record: RecordDirectory) {
        self.cell = cell
        self.testbed = testbed
        self.record = record
        bootstrap = testbed.nodeDevices.map { "\($0.address):\(EmbeddedBrokerUnderTest.port)" }.joined(separator: ",")
    }

    func start() async throws {
        try Backplane.join(testbed.nodes)
        for node in 1...testbed.nodes.count { try launch(node) }
        let setup = BrokerSetup(
            spec: cell.broker, name: "command \(cell.broker.command.first ?? "")",
            addresses: testbed.nodeDevices.map { ($0.address, EmbeddedBrokerUnderTest.port) },
            connect: { host, port in try self.connectWithoutFaults(host: host, port: port) },
            death: { self.death })
        try await setup.run()
    }

    func connectWithoutFaults(host: String, port: UInt16) throws -> Int32 {
        try testbed.connectInside(host: host, port: cell.broker.plaintextPort.map { UInt16(clamping: $0) } ?? port)
    }

    func perform(_ action: BrokerAction, node: Int) async throws -> Bool {
        guard let channel = processes.withLock({ $0[node]?.channel }) else {
            throw HarnessError(operation: "perform", subject: action.name, reason: "node \(node) never ran")
        }
        switch (action.name, action.undo) {
        case ("pause", false): kill(channel.processIdentifier, SIGSTOP)
        case ("pause", true): kill(channel.processIdentifier, SIGCONT)
        case ("kill", false): await end(node, SIGKILL)
        case ("shutdown", false): await end(node, SIGTERM)
        case ("kill", true), ("shutdown", true): try launch(node)
        case ("restart", false):
            await end(node, try action.argument?.text() == "kill" ? SIGKILL : SIGTERM)
            try launch(node)
        case (_, true): return false
        default:
            throw HarnessError(operation: "perform", subject: action.name, reason: "a command broker cannot do it")
        }
        return true
    }

    func stop() async {
        for node in processes.withLock({ Array($0.keys) }) {
            await end(node, SIGKILL)
            try? FileManager.default.removeItem(atPath: dataPath(node))
        }
    }

    private func launch(_ node: Int) throws {
        let words = cell.broker.command.map { word in
            [
                "{host}": testbed.nodeDevices[node - 1].address, "{port}": "\(EmbeddedBrokerUnderTest.port)",
                "{node}": "\(node)", "{data}": dataPath(node),
            ].reduce(word) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
        }
        guard let executable = words.first else {
            throw MissingRequirement("broker kind command needs broker.command")
        }
        try FileManager.default.createDirectory(atPath: dataPath(node), withIntermediateDirectories: true)
        let log = "\(record.path)/broker-\(node).log"
        let command = ChildCommand(executable: executable, arguments: Array(words.dropFirst()))
            .inside(testbed.nodes[node - 1])
        let descriptor = try openForAppending(log)
        let task = Task {
            let result = try? await ChildProcess.run(command, standardErrorPath: log) { channel in
                self.processes.withLock { $0[node]?.channel = channel }
                try await channel.forEachChunk { writeAll($0, to: descriptor) }
            }
            close(descriptor)
            self.processes.withLock { $0[node]?.end = result?.end ?? .exited(127) }
        }
        processes.withLock { $0[node] = Node(task: task) }
    }

    private func end(_ node: Int, _ signal: Int32) async {
        let process = processes.withLock { processes in
            processes[node]?.isWanted = false
            return processes[node]
        }
        guard let process else { return }
        if process.end == nil, let channel = process.channel {
            // A stopped process acts on no other signal.
            kill(channel.processIdentifier, signal)
            kill(channel.processIdentifier, SIGCONT)
        }
        await process.task?.value
    }

    /// Why the broker will never answer: a node ended by itself.
    private var death: String? {
        guard let (node, process) = processes.withLock({ $0.first { $0.value.end != nil && $0.value.isWanted } }),
            let end = process.end
        else { return nil }
        let log = (try? String(contentsOfFile: "\(record.path)/broker-\(node).log", encoding: .utf8)) ?? ""
        let tail = log.split(separator: "\n").suffix(3).joined(separator: " | ")
        return "\(cell.broker.command.first ?? "command"): \(end)" + (tail.isEmpty ? "" : ": \(tail)")
    }

    private func dataPath(_ node: Int) -> String { "\(record.path)/broker-\(node)-data" }
}
