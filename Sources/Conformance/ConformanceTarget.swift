import EmbeddedBroker
import KafkaWire
import RawClient

/// The broker that a case runs against.
protocol ConformanceTarget: AnyObject {
    /// Whether the target can do what the case needs; the reason when not.
    func reasonToSkip(_ one: SequenceCase) -> String?
    /// Makes the topic ready; returns host and port of its leader.
    func prepare(_ one: SequenceCase, topic: String) throws -> (host: String, port: Int)
    /// Carries out an action other than a sleep or one that any client can do. Returns where to talk to from now on, or
    /// nil for no change.
    func perform(_ action: ActionSpec) throws -> (host: String, port: Int)?
    /// Frees what the case used.
    func finish()
}

/// A broker at an address, of which only what clients can do is known.
final class BootstrapTarget: ConformanceTarget {
    let host: String
    let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    func reasonToSkip(_ one: SequenceCase) -> String? {
        if let settings = one.brokerConfig, !settings.isEmpty {
            return "needs broker settings \(settings.keys.sorted().joined(separator: ", "))"
        }
        for step in one.steps ?? [] {
            guard let action = step.action else { continue }
            if action.sleepMs == nil, action.deleteRecordsBefore == nil { return "needs the action: \(action.text)" }
        }
        return nil
    }

    func prepare(_ one: SequenceCase, topic: String) throws -> (host: String, port: Int) {
        let reader = LogReader(host: host, port: port)
        let connection = try reader.connect(host, port)
        try connection.createTopic(topic, partitions: Int32(one.partitions ?? 1), properties: one.topicConfig ?? [:])
        defer { connection.close() }
        try Self.awaitTopic(topic, partitions: one.partitions ?? 1, reader)
        let metadata = try connection.metadata(topics: [topic])
        let leader = metadata.topics.first?.partitions.first { $0.partitionIndex == 0 }?.leaderID
        guard let node = metadata.brokers.first(where: { $0.nodeID == leader }) else {
            throw ConformanceError(description: "\(topic)-0 has no leader")
        }
        return (node.host, Int(node.port))
    }

    /// A broker may know a new topic some time after it said that it made it.
    static func awaitTopic(_ topic: String, partitions: Int, _ reader: LogReader) throws {
        let deadline = ContinuousClock.now + .seconds(15)
        while true {
            do {
                return try reader.checkServed(topic: topic, partitions: partitions)
            } catch {
                guard ContinuousClock.now < deadline else {
                    throw ConformanceError(
                        description: "topic \(topic) was created and is not served after 15 s: \(error)")
                }
                Pause.sleep(ms: 50)
            }
        }
    }

    func perform(_ action: ActionSpec) throws -> (host: String, port: Int)? {
        throw ConformanceError(description: "\(action.text): not possible on a broker that is only an address")
    }

    func finish() {}
}

/// A cluster of embedded brokers of its own for each case, so that every action can be done.
final class EmbeddedTarget: ConformanceTarget {
    private let release: Release
    private var cluster: EmbeddedCluster?
    private var topic = ""
    private var leader: Int32 = 1
    private var follower: Int32 = 2
    private var talksTo: Int32 = 1

    init(release: Release) { self.release = release }

    func reasonToSkip(_ one: SequenceCase) -> String? { nil }

    func prepare(_ one: SequenceCase, topic: String) throws -> (host: String, port: Int) {
        var properties = one.brokerConfig ?? [:]
        let count = properties.removeValue(forKey: "nodes").flatMap { Int32($0) } ?? 1
        // State has to be looked at once after it has expired. Looked at more often, a state that the case goes on with
        // could expire between two steps on a slow machine: its timestamps are those of the case's beginning.
        if let expiration = properties["producer.id.expiration.ms"].flatMap({ Int64($0) }),
            let interval = properties["producer.id.expiration.check.interval.ms"].flatMap({ Int64($0) })
        {
            properties["producer.id.expiration.check.interval.ms"] = "\(max(interval, expiration))"
        }
        let nodes = (1...max(count, 1)).map {
            BrokerConfiguration.Node(id: $0, advertisedHost: "127.0.0.1", listen: .address(host: "127.0.0.1", port: 0))
        }
        let configuration = BrokerConfiguration(
            release: release, nodes: nodes,
            topics: [
                .init(
                    name: topic, partitions: one.partitions ?? 1, replicationFactor: count > 1 ? 2 : 1,
                    properties: one.topicConfig ?? [:])
            ], properties: properties)
        let cluster = try EmbeddedCluster.launch(configuration)
        self.cluster = cluster
        self.topic = topic
        let replicas = cluster.replicas(topic: topic, partition: 0)
        leader = replicas.first ?? 1
        follower = replicas.dropFirst().first ?? leader
        talksTo = leader
        return try address(leader)
    }

    private func address(_ node: Int32) throws -> (host: String, port: Int) {
        ("127.0.0.1", try running().port(of: node))
    }

    private func running() throws -> EmbeddedCluster {
        guard let cluster else { throw ConformanceError(description: "the embedded cluster is not running") }
        return cluster
    }

    func perform(_ action: ActionSpec) throws -> (host: String, port: Int)? {
        let cluster = try running()
        if let how = action.restart {
            try cluster.restart(node: talksTo, how == "kill" ? .kill : .clean)
            return try address(talksTo)
        }
        guard let words = action.external?.lowercased() else {
            throw ConformanceError(description: "\(action.text): not known")
        }
        let node = words.contains("follower") ? follower : leader
        if words.hasPrefix("pause") {
            try cluster.pause(node: node)
        } else if words.hasPrefix("resume") {
            try cluster.resume(node: node)
        } else if words.hasPrefix("kill") {
            try cluster.stop(node: node, .kill)
        } else if words.hasPrefix("stop") {
            try cluster.stop(node: node, .clean)
        } else if words.hasPrefix("start") {
            try cluster.start(node: node)
        } else if words.hasPrefix("talk to") {
            talksTo = node
            return try address(node)
        } else if words.contains("isr"), let size = words.split(separator: " ").compactMap({ Int($0) }).last {
            try waitForInSync(size)
        } else {
            throw ConformanceError(description: "\(action.text): not known")
        }
        return nil
    }

    private func waitForInSync(_ size: Int) throws {
        for _ in 0..<1200 {
            if try running().inSyncReplicas(topic: topic, partition: 0).count == size { return }
            Pause.sleep(ms: 25)
        }
        throw ConformanceError(description: "the in-sync set did not get \(size) members in 30 s")
    }

    func finish() {
        cluster?.end()
        cluster = nil
    }
}
