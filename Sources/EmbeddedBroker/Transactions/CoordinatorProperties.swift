/// Broker properties of the transaction and group coordinators, by Kafka's names.
struct CoordinatorProperties: Sendable {
    var transactionPartitions = 50
    var transactionReplicas = 3
    var transactionMinISR = 2
    var offsetsPartitions = 50
    var offsetsReplicas = 3
    var maxTransactionTimeoutMs: Int64 = 900_000
    var timeoutCheckMs: Int64
    var idExpirationMs: Int64 = 604_800_000
    var idExpirationCheckMs: Int64 = 3_600_000
    /// Whether leaders ask the coordinator if a batch belongs to a transaction.
    var verifiesPartitions = true
    var addRetryMs: Int64 = 20
    var addRetryMaxMs: Int64 = 100
    /// Level of the feature `transaction.version` at the start.
    var transactionVersion: Int16
    /// Nodes that may be coordinators; empty for all.
    var nodes: Set<Int32> = []
    /// From a decided outcome to the first marker, milliseconds.
    var markerDelayMs: Int64 = 0
    /// After a start, coordinators go on before partitions have leaders, as they may in Kafka.
    var startsBeforeLeaders = false
    var maxOffsetMetadataBytes = 4096
    var initialRebalanceDelayMs: Int64 = 3000

    init(_ reader: PropertyReader, release: Release) throws {
        timeoutCheckMs = release.defaultTransactionCheckMs
        transactionVersion = release.hasTransactionVersion ? 2 : 0
        try read(reader, release)
    }

    private mutating func read(_ reader: PropertyReader, _ release: Release) throws {
        func int(_ name: String, _ value: inout Int, _ range: ClosedRange<Int> = 1...100_000) throws {
            try reader.int("", name, into: &value, range)
        }
        func int64(_ name: String, _ value: inout Int64, from lowest: Int64 = 0) throws {
            try reader.int64("", name, into: &value)
            guard value >= lowest else {
                throw BrokerConfigurationError(
                    property: name, value: "\(value)", wanted: "a whole number from \(lowest)")
            }
        }
        try int("transaction.state.log.num.partitions", &transactionPartitions)
        try int("transaction.state.log.replication.factor", &transactionReplicas)
        try int("transaction.state.log.min.isr", &transactionMinISR)
        try int("offsets.topic.num.partitions", &offsetsPartitions)
        try int("offsets.topic.replication.factor", &offsetsReplicas)
        try int64("transaction.max.timeout.ms", &maxTransactionTimeoutMs, from: 1)
        try int64("transaction.abort.timed.out.transaction.cleanup.interval.ms", &timeoutCheckMs, from: 1)
        try int64("transactional.id.expiration.ms", &idExpirationMs, from: 1)
        try int64(
            "transaction.remove.expired.transaction.cleanup.interval.ms", &idExpirationCheckMs, from: 1)
        if release.verifiesTransactions {
            try reader.bool("", "transaction.partition.verification.enable", into: &verifiesPartitions)
        }
        if release.hasTransactionVersion {
            try int64("add.partitions.to.txn.retry.backoff.ms", &addRetryMs, from: 1)
            try int64("add.partitions.to.txn.retry.backoff.max.ms", &addRetryMaxMs)
            var level = Int(transactionVersion)
            try int("transaction.version", &level, 0...2)
            transactionVersion = Int16(level)
        }
        try int64("crosswind.marker.delay.ms", &markerDelayMs)
        try reader.bool("", "crosswind.coordinators.start.first", into: &startsBeforeLeaders)
        try int("offset.metadata.max.bytes", &maxOffsetMetadataBytes, 0...Int.max)
        try int64("group.initial.rebalance.delay.ms", &initialRebalanceDelayMs)
        for word in (reader.text("", "crosswind.coordinator.nodes") ?? "").split(separator: ",") {
            guard let node = Int32(word) else {
                throw BrokerConfigurationError(
                    property: "crosswind.coordinator.nodes", value: "\(word)", wanted: "node ids, comma separated")
            }
            nodes.insert(node)
        }
    }
}
