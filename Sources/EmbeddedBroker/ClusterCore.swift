import Glibc
import KafkaWire
import Logging

/// The state of a cluster and everything that changes it. Not thread-safe: ``EmbeddedCluster`` holds a lock around it.
final class ClusterCore {
    /// One node as the cluster knows it.
    struct Node {
        let id: Int32
        var host: String
        var port: Int
        var isUp = true
        var isPaused = false
        var isIsolated = false
        /// True when the controller no longer counts on it: down or silent for longer than its session.
        var isFenced = false
        /// When it was killed, milliseconds since the epoch; nil while it runs and after an end in order.
        var killedMs: Int64?

        /// Whether it can take part in replication.
        var replicates: Bool { isUp && !isPaused && !isIsolated }
    }

    /// One topic.
    final class Topic {
        let name: String
        let id: KafkaUUID
        var configuration: TopicConfiguration
        var partitions: [Partition]

        init(name: String, id: KafkaUUID, configuration: TopicConfiguration, partitions: [Partition]) {
            self.name = name
            self.id = id
            self.configuration = configuration
            self.partitions = partitions
        }
    }

    let configuration: BrokerConfiguration
    let properties: BrokerProperties
    let release: Release
    let logger: Logger
    let clusterID: String
    /// Runs work later, under the cluster's lock.
    let schedule: (_ afterMs: Int64, _ work: @escaping @Sendable (ClusterCore) -> Void) -> Void
    var nodes: [Int32: Node] = [:]
    var topics: [String: Topic] = [:]
    var topicsByID: [KafkaUUID: Topic] = [:]
    var nextProducerID: Int64
    var partitionCount = 0
    var logBytes = 0
    /// Batches that were taken so far, for `Defects`.
    var batchesTaken = 0
    /// Added to every append, milliseconds: a slow disk.
    var appendDelayMs: Int64
    /// Level of the feature `transaction.version`.
    var transactionVersion: Int16 { didSet { featuresEpoch += 1 } }
    /// Rises with each change of a feature.
    var featuresEpoch: Int64 = 0
    /// Transactional ids, of all coordinators.
    var transactions: [String: TransactionEntry] = [:]
    /// Consumer groups, of all coordinators.
    var groups: [String: ConsumerGroup] = [:]
    private var nextLeaderNode = 0
    /// When the cluster came up, milliseconds since the epoch.
    private(set) lazy var startedMs = nowMs

    init(
        _ configuration: BrokerConfiguration,
        schedule: @escaping (_ afterMs: Int64, _ work: @escaping @Sendable (ClusterCore) -> Void) -> Void
    ) throws {
        self.configuration = configuration
        self.schedule = schedule
        release = configuration.release
        logger = configuration.logger
        properties = try BrokerProperties(configuration.properties, release: configuration.release)
        var random = SystemRandomNumberGenerator()
        clusterID = KafkaUUID(high: random.next(), low: random.next()).description
        appendDelayMs = properties.appendDelayMs
        transactionVersion = properties.coordinators.transactionVersion
        // Ids of earlier runs must not be taken for those of this one.
        nextProducerID = Int64.random(in: 1...1000, using: &random) * 1000
        _ = startedMs
        for node in configuration.nodes {
            nodes[node.id] = Node(id: node.id, host: node.advertisedHost, port: node.advertisedPort)
        }
        for topic in configuration.topics {
            let error = try createTopic(
                topic.name, partitions: topic.partitions, replicationFactor: topic.replicationFactor,
                assignments: nil, properties: topic.properties)
            if error != .none {
                throw BrokerConfigurationError(
                    property: "topic \(topic.name)",
                    value: "\(topic.partitions) partitions, replication factor "
                        + "\(topic.replicationFactor)", wanted: "a topic that can be created (\(error))")
            }
        }
    }

    /// Milliseconds since the Unix epoch.
    var nowMs: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Starts what happens by itself: expiration, retention, the watch over lagging replicas.
    func startTasks() {
        `repeat`(every: properties.producerExpirationCheckMs) { core in
            let now = core.nowMs
            core.forEachPartition { partition in
                for index in partition.replicas.indices where core.isUp(partition.replicas[index].nodeID) {
                    partition.replicas[index].log.removeExpiredProducers(nowMs: now)
                }
            }
        }
        schedule(properties.retentionInitialDelayMs) { core in
            core.applyRetention()
            core.repeat(every: core.properties.retentionCheckMs) { $0.applyRetention() }
        }
        `repeat`(every: max(properties.replicaLagMaxMs / 2, 1)) { $0.shrinkInSyncReplicas() }
        `repeat`(every: properties.coordinators.timeoutCheckMs) { $0.abortTimedOutTransactions() }
        `repeat`(every: properties.coordinators.idExpirationCheckMs) { $0.expireTransactionalIDs() }
    }

    private func `repeat`(every intervalMs: Int64, _ work: @escaping @Sendable (ClusterCore) -> Void) {
        schedule(intervalMs) { core in
            work(core)
            core.repeat(every: intervalMs, work)
        }
    }

    private func applyRetention() {
        let now = nowMs
        forEachPartition { partition in
            for index in partition.replicas.indices where isUp(partition.replicas[index].nodeID) {
                let before = partition.replicas[index].log.sizeBytes
                partition.replicas[index].log.applyRetention(
                    partition.configuration, highWatermark: partition.highWatermark, nowMs: now)
                if index == partition.leader { logBytes -= before - partition.replicas[index].log.sizeBytes }
            }
        }
    }

    func isUp(_ nodeID: Int32) -> Bool { nodes[nodeID]?.isUp ?? false }

    func forEachPartition(_ body: (Partition) -> Void) {
        for topic in topics.values { topic.partitions.forEach(body) }
    }

    func partition(_ topic: String, _ index: Int32) -> Partition? {
        guard let topic = topics[topic], index >= 0, Int(index) < topic.partitions.count else { return nil }
        return topic.partitions[Int(index)]
    }

    func newProducerID() -> Int64 {
        nextProducerID += 1
        return nextProducerID
    }

    // MARK: Topics

    /// Creates a topic; leaders are spread over the nodes that are up.
    ///
    /// - Throws: ``BrokerConfigurationError`` for a property whose value cannot be read.
    func createTopic(
        _ name: String, partitions: Int, replicationFactor: Int, assignments: [[Int32]]?, properties: [String: String]
    ) throws -> ErrorCode {
        guard Self.isValidTopicName(name) else { return .invalidTopicException }
        guard topics[name] == nil else { return .topicAlreadyExists }
        guard partitions > 0 else { return .invalidPartitions }
        guard partitionCount + partitions <= configuration.limits.partitions else { return .policyViolation }
        let live = nodes.values.filter { !$0.isFenced }.map(\.id).sorted()
        guard replicationFactor > 0, replicationFactor <= live.count else { return .invalidReplicationFactor }
        let settings = try TopicConfiguration(
            topic: properties, broker: configuration.properties, release: release)
        if let assignments {
            for nodeIDs in assignments {
                guard !nodeIDs.isEmpty, Set(nodeIDs).count == nodeIDs.count, nodeIDs.allSatisfy({ nodes[$0] != nil })
                else { return .invalidReplicaAssignment }
            }
        }
        let now = nowMs
        let made = (0..<partitions).map { index in
            let spread = (0..<replicationFactor).map { live[(nextLeaderNode + index + $0) % live.count] }
            return Partition(
                topic: name, index: Int32(index), configuration: settings, nodeIDs: assignments?[index] ?? spread,
                nowMs: now, release: release, producerExpirationMs: self.properties.producerExpirationMs)
        }
        nextLeaderNode += partitions
        var random = SystemRandomNumberGenerator()
        let id = release.hasTopicIDs ? KafkaUUID(high: random.next(), low: random.next()) : .zero
        let topic = Topic(name: name, id: id, configuration: settings, partitions: made)
        topics[name] = topic
        if release.hasTopicIDs { topicsByID[id] = topic }
        if self.properties.topicDelayMs > 0 {
            for partition in made { partition.isServed = false }
            schedule(self.properties.topicDelayMs) { core in
                for partition in core.topics[name]?.partitions ?? [] { partition.isServed = true }
            }
        }
        partitionCount += partitions
        return .none
    }

    func deleteTopic(_ topic: Topic) {
        topics[topic.name] = nil
        topicsByID[topic.id] = nil
        partitionCount -= topic.partitions.count
        for partition in topic.partitions {
            if let leader = partition.leader { logBytes -= partition.replicas[leader].log.sizeBytes }
            partition.leader = nil
            partition.wakeWaiters()
        }
    }

    static func isValidTopicName(_ name: String) -> Bool {
        guard (1...249).contains(name.utf8.count), name != ".", name != ".." else { return false }
        return name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0)
                || $0 == 0x2e || $0 == 0x5f || $0 == 0x2d
        }
    }
}
