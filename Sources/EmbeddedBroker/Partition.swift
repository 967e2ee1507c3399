import KafkaWire

/// One partition of the cluster: its replicas, who leads, who is in sync, and who waits for it.
///
/// The replicas' logs are all here; what a follower has is what the model has copied to it. Not thread-safe: the
/// cluster's lock guards it.
final class Partition {
    /// One replica.
    struct Replica {
        let nodeID: Int32
        var log: PartitionLog
        var isInSync = true
        var lastCaughtUpMs: Int64
    }

    let topic: String
    let index: Int32
    var configuration: TopicConfiguration
    var replicas: [Replica]
    /// Index into `replicas` of the leader; nil while there is none.
    var leader: Int?
    var leaderEpoch: Int32 = 0
    /// False while a new topic's leader does not know yet that it is one.
    var isServed = true
    /// First offset that is not yet on every in-sync replica: what consumers may not read.
    var highWatermark: Int64 = 0
    /// Requests to look at again when the high watermark, the leader or the log changes.
    var waiters: [any PartitionWaiter] = []

    init(
        topic: String, index: Int32, configuration: TopicConfiguration, nodeIDs: [Int32], nowMs: Int64,
        release: Release, producerExpirationMs: Int64
    ) {
        self.topic = topic
        self.index = index
        self.configuration = configuration
        replicas = nodeIDs.map {
            Replica(
                nodeID: $0,
                log: PartitionLog(release: release, producerExpirationMs: producerExpirationMs, nowMs: nowMs),
                lastCaughtUpMs: nowMs)
        }
        leader = replicas.isEmpty ? nil : 0
    }

    var leaderID: Int32 { leader.map { replicas[$0].nodeID } ?? -1 }
    var replicaIDs: [Int32] { replicas.map(\.nodeID) }
    var inSyncIDs: [Int32] { replicas.filter(\.isInSync).map(\.nodeID) }
    var inSyncCount: Int { replicas.count { $0.isInSync } }
    /// The in-sync replicas that acks=all demands; since 3.7 never more than there are replicas (KAFKA-15583).
    func minInSync(_ release: Release) -> Int {
        let wanted = configuration.minInSyncReplicas
        return release.holdsHighWatermarkBelowMinISR ? min(wanted, replicas.count) : wanted
    }

    /// The leader's log, when `nodeID` is the leader.
    func leaderIndex(on nodeID: Int32) -> Int? {
        guard isServed, let leader, replicas[leader].nodeID == nodeID else { return nil }
        return leader
    }

    /// Calls and drops the waiters that are done.
    func wakeWaiters() {
        guard !waiters.isEmpty else { return }
        let current = waiters
        waiters.removeAll()
        let left = current.filter { !$0.partitionChanged() }
        waiters.append(contentsOf: left)
    }

    /// Moves the high watermark to what every in-sync replica holds.
    ///
    /// - Returns: whether it moved.
    func updateHighWatermark(release: Release) -> Bool {
        guard let leader else { return false }
        if release.holdsHighWatermarkBelowMinISR, inSyncCount < minInSync(release) { return false }
        var low = replicas[leader].log.logEndOffset
        for replica in replicas where replica.isInSync { low = min(low, replica.log.logEndOffset) }
        guard low > highWatermark else { return false }
        highWatermark = low
        return true
    }
}

/// A request that waits for a partition to change.
protocol PartitionWaiter: AnyObject {
    /// Looks again; returns true when the request was answered or needs this partition no more.
    func partitionChanged() -> Bool
}
