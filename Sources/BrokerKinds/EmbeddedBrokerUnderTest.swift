import EmbeddedBroker
import EvidenceModel
import FoundationEssentials
import Glibc
import Logging
import RunRecord
import ScenarioModel
import Synchronization
import Testbed

/// The embedded broker, in the cell's own process: each node listens in its own namespace behind its end of the link.
final class EmbeddedBrokerUnderTest: BrokerUnderTest {
    /// Plays whatever it is told, and acts upon the properties that its code asks for.
    static let kind = BrokerKind(
        spec: .embedded,
        abilities: BrokerAbilities(
            actions: BrokerVocabulary.keywords.map(\.name),
            undoes: ["pause", "kill", "shutdown", "isolate", "slow-append"],
            clusterWide: ["move-leader", "slow-append", "expire-producers"], takesRelease: true, takesConfig: true,
            servesTransactions: BrokerPropertyNames.servesTransactions,
            properties: { text in
                guard let release = text.map({ Release($0) }) ?? Release.standard else { return nil }
                let names = BrokerPropertyNames(release: release)
                return (names.broker, names.topic)
            },
            checkValues: { spec in
                guard let release = spec.release.map({ Release($0) }) ?? Release.standard else { return nil }
                do {
                    try BrokerConfiguration.check(
                        release: release, properties: spec.config, topics: spec.topics.map(\.config))
                } catch let error as BrokerConfigurationError {
                    return (error.property, "'\(error.value)' is not \(error.wanted)")
                } catch {
                    return ("broker", String(describing: error))
                }
                return nil
            }),
        site: { cell, _, _ in BareSite { try EmbeddedBrokerUnderTest(cell: cell, testbed: $0) } })

    private let configuration: BrokerConfiguration
    private let testbed: CellTestbed
    private let cluster = Mutex<EmbeddedCluster?>(nil)
    /// Nodes that are on their way back.
    private let returning = Mutex<[Int: Task<Void, any Error>]>([:])

    let bootstrap: String

    init(cell: ScenarioCell, testbed: CellTestbed) throws {
        self.testbed = testbed
        var nodes: [BrokerConfiguration.Node] = []
        for (index, device) in testbed.nodeDevices.enumerated() {
            let socket = try ListeningSocket.open(
                address: device.address, port: CellTestbed.brokerPort, namespace: testbed.nodes[index])
            nodes.append(
                .init(
                    id: Int32(index + 1), advertisedHost: device.address, advertisedPort: Int(CellTestbed.brokerPort),
                    listen: .socket(socket.descriptor)))
        }
        bootstrap = testbed.bootstrap
        let topics = cell.broker.topics.map {
            BrokerConfiguration.Topic(
                name: $0.name, partitions: $0.partitions, replicationFactor: $0.replicas, properties: $0.config)
        }
        let name = cell.broker.release ?? "\(Release.standard)"
        guard let release = Release(name) else {
            throw HarnessError(operation: "play", subject: "release \(name)", reason: "it is unknown")
        }
        var configuration = BrokerConfiguration(
            release: release, nodes: nodes, topics: topics, properties: cell.broker.config)
        configuration.logger = Logger(label: "broker") { StreamLogHandler.standardError(label: $0) }
        self.configuration = configuration
    }

    func start() async throws {
        let started = try await EmbeddedCluster.start(configuration)
        cluster.withLock { $0 = started }
    }

    func connectWithoutFaults(host: String, port: UInt16) throws -> Int32 {
        try testbed.connectInside(host: host, port: port)
    }

    func perform(_ action: BrokerAction, node: Int) async throws -> Bool {
        guard let cluster = cluster.withLock({ $0 }) else {
            throw HarnessError(operation: "perform", subject: action.name, reason: "the broker is not running")
        }
        let id = Int32(node)
        switch (action.name, action.undo) {
        case ("pause", false): try cluster.pause(node: id)
        case ("pause", true): try cluster.resume(node: id)
        case ("kill", false): try cluster.stop(node: id, .kill)
        case ("shutdown", false): try cluster.stop(node: id, .clean)
        case ("kill", true), ("shutdown", true): startLater(node, cluster)
        case ("restart", false):
            try cluster.stop(node: id, try action.argument?.text() == "kill" ? .kill : .clean)
            startLater(node, cluster)
        case ("move-leader", false): try cluster.moveLeader(to: Int32(try action.argument?.count(in: 1...250) ?? node))
        case ("isolate", let undo): try cluster.isolate(node: id, !undo)
        case ("slow-append", false):
            let delay = try action.argument?.duration() ?? .zero
            cluster.slowAppends(delayMs: Int64(delay / .milliseconds(1)))
        case ("slow-append", true): cluster.slowAppends(delayMs: 0)
        case ("expire-producers", false): cluster.expireProducers()
        case (_, true): return false
        default:
            throw HarnessError(
                operation: "perform", subject: action.name, reason: "the embedded broker does not know it")
        }
        return true
    }

    /// Starts a node after the time that a real one takes. It is started even where the timeline ends before: the log is
    /// read back from it.
    private func startLater(_ node: Int, _ cluster: EmbeddedCluster) {
        let time = cluster.restartTime(of: Int32(node))
        let task = Task {
            if time > .zero { try? await Task.sleep(for: time, tolerance: .milliseconds(1)) }
            try cluster.start(node: Int32(node))
        }
        returning.withLock { $0[node] = task }
    }

    func waitUntilBack(node: Int) async throws {
        try await returning.withLock { $0.removeValue(forKey: node) }?.value
    }

    func stop() async {
        let waiting = returning.withLock { tasks in
            defer { tasks = [:] }
            return Array(tasks.values)
        }
        for task in waiting {
            task.cancel()
            _ = await task.result
        }
        let running = cluster.withLock { cluster in
            defer { cluster = nil }
            return cluster
        }
        await running?.shutdown()
    }
}
