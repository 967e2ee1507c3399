import KafkaWire
import Logging

// The topics that coordinators keep their state in. They exist from the first use on; who leads a partition of one is the
// coordinator of the ids that fall into it. `__transaction_state` holds no records here: the state is beside it, and is
// shared by all nodes as replicas share a log.
extension ClusterCore {
    static let transactionTopic = "__transaction_state"
    static let offsetsTopic = "__consumer_offsets"

    static func isInternal(_ topic: String) -> Bool { topic == transactionTopic || topic == offsetsTopic }

    /// The partition of `__transaction_state` for a transactional id; nil when the topic cannot be made.
    func transactionPartition(_ id: String) -> Partition? {
        internalPartition(
            Self.transactionTopic, id, partitions: properties.coordinators.transactionPartitions,
            replicas: properties.coordinators.transactionReplicas, minISR: properties.coordinators.transactionMinISR)
    }

    /// The partition of `__consumer_offsets` for a group; nil when the topic cannot be made.
    func offsetsPartition(_ group: String) -> Partition? {
        internalPartition(
            Self.offsetsTopic, group, partitions: properties.coordinators.offsetsPartitions,
            replicas: properties.coordinators.offsetsReplicas, minISR: 1)
    }

    private func internalPartition(
        _ name: String, _ key: String, partitions: Int, replicas: Int, minISR: Int
    ) -> Partition? {
        if topics[name] == nil { makeInternalTopic(name, partitions, replicas, minISR) }
        guard let topic = topics[name] else { return nil }
        return topic.partitions[Self.javaHash(key) % topic.partitions.count]
    }

    private func makeInternalTopic(_ name: String, _ count: Int, _ replicas: Int, _ minISR: Int) {
        let allowed = properties.coordinators.nodes
        let live = nodes.values.filter { !$0.isFenced && (allowed.isEmpty || allowed.contains($0.id)) }.map(\.id)
            .sorted()
        guard !live.isEmpty else { return }
        let factor = min(replicas, live.count)
        let assignments = (0..<count).map { index in (0..<factor).map { live[(index + $0) % live.count] } }
        let settings = [
            "cleanup.policy": "compact", "min.insync.replicas": "\(min(minISR, factor))", "retention.ms": "-1",
        ]
        let error = try? createTopic(
            name, partitions: count, replicationFactor: factor, assignments: assignments, properties: settings)
        if error != ErrorCode.none {
            logger.error("internal topic was not created", metadata: ["topic": "\(name)", "error": "\(error as Any)"])
        }
    }

    /// Java's `String.hashCode`, without its sign (`Utils.abs`).
    static func javaHash(_ text: String) -> Int {
        Int(text.utf16.reduce(Int32(0)) { $0 &* 31 &+ Int32($1) } & .max)
    }

    /// Whether what one node sends reaches another.
    func reaches(_ from: Int32, _ to: Int32) -> Bool {
        guard let sender = nodes[from], let receiver = nodes[to] else { return false }
        if from == to { return sender.isUp && !sender.isPaused }
        return sender.replicates && receiver.replicates
    }
}
