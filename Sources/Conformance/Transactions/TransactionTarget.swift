import EmbeddedBroker
import KafkaWire
import RawClient

/// How a race that a case leaves open ends, on a target that can choose.
struct RaceTiming: Sendable, CustomStringConvertible {
    /// When a broker is killed that was sent an EndTxn.
    enum Kill: String, Sendable {
        case beforeWrite = "before the outcome is written"
        case beforeMarkers = "before markers are written"
        case afterMarkers = "after markers are written"
    }

    /// After a start coordinators go on before partitions have leaders.
    var coordinatorsFirst = false
    var kill = Kill.afterMarkers

    var description: String { (coordinatorsFirst ? "coordinators first" : "leaders first") + ", kill \(kill.rawValue)" }
}

/// The broker that a case of transactions runs against.
protocol TransactionTarget: AnyObject {
    /// Why the target cannot do what the case needs; nil when it can.
    func reasonToSkip(_ one: TransactionCase) throws -> String?
    /// The ways in which races can end here.
    func timings(_ one: TransactionCase) -> [RaceTiming]
    /// Makes a cluster ready, without topics.
    func prepare(_ one: TransactionCase, _ timing: RaceTiming) throws
    /// Whether coordinators and leaders are where the cluster says, and not where the case says.
    var findsNodes: Bool { get }
    /// Where a node is; nil stands for where everything is asked that names no node.
    func address(_ node: Int32?) throws -> (host: String, port: Int)
    /// Carries out an action that no client can. Returns whether connections are gone.
    func perform(_ action: JSONValue) throws -> Bool
    /// Frees what the case used.
    func finish()
}

/// A broker at an address, of which only what clients can do is known.
final class BootstrapTransactionTarget: TransactionTarget {
    private let host: String
    private let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    private static let clientActions: Set<String> = [
        "sleepMs", "waitTransaction", "until", "untilError", "deleteRecordsBefore", "bumpEpochTo", "deleteTopic",
        "createTopic",
    ]

    func reasonToSkip(_ one: TransactionCase) throws -> String? {
        if !one.brokerConfig.isEmpty {
            return "needs broker settings \(one.brokerConfig.keys.sorted().joined(separator: ", "))"
        }
        if !one.leaders.isEmpty { return "needs two nodes, of which the first coordinates" }
        for step in one.steps where step.kind == "action" {
            if let action = step.body.members.keys.sorted().first(where: { !Self.clientActions.contains($0) }) {
                return "needs the action: \(action)"
            }
        }
        let level = try transactionVersion()
        return level == one.transactionVersion
            ? nil : "needs transaction.version \(one.transactionVersion), the cluster is at \(level)"
    }

    private func transactionVersion() throws -> Int16 {
        let connection = try RawConnection(connectTo: host, port: port)
        defer { connection.close() }
        try connection.negotiate()
        guard (connection.offered[.apiVersions]?.upperBound ?? 0) >= 3 else { return 0 }
        var request = ApiVersionsRequest()
        request.clientSoftwareName = "crosswind"
        request.clientSoftwareVersion = "1"
        let answer = try connection.call(request, version: 3)
        return answer.finalizedFeatures.first { $0.name == "transaction.version" }?.maxVersionLevel ?? 0
    }

    func timings(_ one: TransactionCase) -> [RaceTiming] { [RaceTiming()] }

    let findsNodes = true

    func prepare(_ one: TransactionCase, _ timing: RaceTiming) throws {}

    func address(_ node: Int32?) throws -> (host: String, port: Int) {
        guard let node else { return (host, port) }
        let connection = try RawConnection(connectTo: host, port: port)
        defer { connection.close() }
        guard let found = try connection.metadata(topics: []).brokers.first(where: { $0.nodeID == node }) else {
            throw ConformanceError(description: "node \(node) is not in the cluster of \(host):\(port)")
        }
        return (found.host, Int(found.port))
    }

    func perform(_ action: JSONValue) throws -> Bool {
        throw ConformanceError(description: "\(action): not possible on a broker that is only an address")
    }

    func finish() {}
}

/// A cluster of embedded brokers of its own for each case, so that every action can be done.
final class EmbeddedTransactionTarget: TransactionTarget {
    private let release: Release
    private var cluster: EmbeddedCluster?
    let findsNodes = false

    init(release: Release) { self.release = release }

    /// The settings of the broker that was recorded, where they are not Kafka's own.
    private static let recordedSettings = [
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": "500",
        "transaction.state.log.num.partitions": "3", "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1", "offsets.topic.num.partitions": "3",
        "offsets.topic.replication.factor": "1", "group.initial.rebalance.delay.ms": "0", "log.retention.ms": "-1",
        "auto.create.topics.enable": "false", "crosswind.coordinator.nodes": "1",
    ]

    func reasonToSkip(_ one: TransactionCase) throws -> String? {
        one.transactionVersion > 0 && !release.hasTransactionVersion
            ? "needs transaction.version \(one.transactionVersion), which release \(release) does not have" : nil
    }

    func timings(_ one: TransactionCase) -> [RaceTiming] {
        guard one.isRace else { return [RaceTiming()] }
        let kills: [RaceTiming.Kill] = [.afterMarkers, .beforeMarkers, .beforeWrite]
        return kills.flatMap { kill in [false, true].map { RaceTiming(coordinatorsFirst: $0, kill: kill) } }
    }

    private var timing = RaceTiming()

    func prepare(_ one: TransactionCase, _ timing: RaceTiming) throws {
        self.timing = timing
        var properties = Self.recordedSettings.merging(one.brokerConfig) { $1 }
        // See the cases of sequences: state is looked at once after it has expired, not more often.
        if let expiration = properties["producer.id.expiration.ms"].flatMap({ Int64($0) }),
            let interval = properties["producer.id.expiration.check.interval.ms"].flatMap({ Int64($0) })
        {
            properties["producer.id.expiration.check.interval.ms"] = "\(max(interval, expiration))"
        }
        if release.hasTransactionVersion { properties["transaction.version"] = "\(one.transactionVersion)" }
        if timing.coordinatorsFirst { properties["crosswind.coordinators.start.first"] = "true" }
        if timing.kill == .beforeMarkers { properties["crosswind.marker.delay.ms"] = "200" }
        let count = Set(one.leaders).count > 1 ? 2 : 1
        let nodes = (1...Int32(count)).map {
            BrokerConfiguration.Node(id: $0, advertisedHost: "127.0.0.1", listen: .address(host: "127.0.0.1", port: 0))
        }
        cluster = try EmbeddedCluster.launch(
            BrokerConfiguration(release: release, nodes: nodes, properties: properties))
    }

    private func running() throws -> EmbeddedCluster {
        guard let cluster else { throw ConformanceError(description: "the embedded cluster is not running") }
        return cluster
    }

    func address(_ node: Int32?) throws -> (host: String, port: Int) {
        ("127.0.0.1", try running().port(of: node ?? 1))
    }

    func perform(_ action: JSONValue) throws -> Bool {
        let cluster = try running()
        if let how = action["restart"]?.string {
            try cluster.stop(node: 1, how == "kill" ? .kill : .clean)
            Pause.sleep(ms: action["downMs"]?.int ?? 0)
            try cluster.start(node: 1)
            return true
        }
        if let node = action["pause"]?.int {
            try cluster.pause(node: Int32(node))
        } else if let node = action["resume"]?.int {
            try cluster.resume(node: Int32(node))
        } else if let node = action["stop"]?.int {
            try cluster.stop(node: Int32(node), .clean)
            return true
        } else if let node = action["start"]?.int {
            try cluster.start(node: Int32(node))
            return true
        } else if let level = action["feature"]?["transaction.version"]?.int {
            cluster.setTransactionVersion(Int16(level))
        } else if let end = action["endTxnThenKill"] {
            try endThenKill(end)
            return true
        } else {
            throw ConformanceError(description: "\(action): not known")
        }
        return false
    }

    /// The ids are those of the broker already.
    private func endThenKill(_ end: JSONValue) throws {
        let cluster = try running()
        let (host, port) = try address(1)
        let connection = try RawConnection(connectTo: host, port: port)
        defer { connection.close() }
        var request = EndTxnRequest()
        request.transactionalID = end["transactionalId"]?.string ?? ""
        request.producerID = end["producer"]?.int ?? -1
        request.producerEpoch = Int16(end["epoch"]?.int ?? -1)
        request.committed = end["committed"]?.isTrue ?? false
        if timing.kill == .beforeWrite { try cluster.pause(node: 1) }
        let version = Int16(end["apiVersion"]?.int ?? 5)
        let correlationID = try connection.post(request, version: version)
        if timing.kill != .beforeWrite {
            _ = try connection.receive(EndTxnRequest.self, version: version, correlationID: correlationID)
        }
        Pause.sleep(ms: timing.kill == .afterMarkers ? 50 : 4)
        try cluster.stop(node: 1, .kill)
        try cluster.start(node: 1)
    }

    func finish() {
        cluster?.end()
        cluster = nil
    }
}
