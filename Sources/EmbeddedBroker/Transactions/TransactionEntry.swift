/// What a coordinator knows of one transactional id (`TransactionMetadata`).
final class TransactionEntry {
    /// What is written to `__transaction_state`, and the last epoch, which is not.
    struct Record: Sendable, Equatable {
        var producerID: Int64
        var previousProducerID: Int64 = -1
        /// The id that stands for this one when the transaction is complete; -1 for none.
        var nextProducerID: Int64 = -1
        var epoch: Int16 = -1
        /// The epoch before a bump that the producer asked for, so that its retry is known. Lost with the coordinator.
        var lastEpoch: Int16 = -1
        var timeoutMs: Int32
        var state = TransactionState.empty
        /// While the transaction ends: those that get a marker.
        var partitions: Set<TopicPartition> = []
        /// Milliseconds since the epoch; -1 for not begun.
        var startMs: Int64 = -1
        var updatedMs: Int64
        /// `transaction.version` that the client's requests show: 2 when it raises its epoch with each transaction.
        var clientVersion: Int16 = 0
    }

    /// A marker that was appended and may not be replicated yet.
    struct SentMarker: Sendable, Equatable {
        var offset: Int64
        var leaderEpoch: Int32
    }

    let id: String
    var record: Record
    /// A transition that is under way, during which nearly everything gets 51.
    var pending: TransactionState?
    /// Partitions whose marker is not acknowledged; what DescribeTransactions shows while the transaction ends.
    var missing: Set<TopicPartition> = []
    var sent: [TopicPartition: SentMarker] = [:]
    /// A leader refused a marker for good: the transaction stays where it is.
    var isAbandoned = false
    /// Counts what the markers belong to, so that an old timer does nothing.
    var generation = 0

    init(id: String, producerID: Int64, timeoutMs: Int32, nowMs: Int64) {
        self.id = id
        record = Record(producerID: producerID, timeoutMs: timeoutMs, updatedMs: nowMs)
    }

    /// The last epoch that a client gets.
    static let lastClientEpoch: Int16 = .max - 1

    /// Whether no further epoch can be handed out with this id.
    var isExhausted: Bool { record.epoch >= Self.lastClientEpoch }
}
