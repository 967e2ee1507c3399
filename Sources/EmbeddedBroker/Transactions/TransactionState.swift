/// The state of a transactional id at its coordinator; raw values are those of DescribeTransactions.
enum TransactionState: String, Sendable, CaseIterable {
    case empty = "Empty"
    case ongoing = "Ongoing"
    case prepareCommit = "PrepareCommit"
    case prepareAbort = "PrepareAbort"
    case completeCommit = "CompleteCommit"
    case completeAbort = "CompleteAbort"
    case dead = "Dead"
    case prepareEpochFence = "PrepareEpochFence"

    /// The outcome is decided and markers are on their way.
    var isPrepare: Bool { self == .prepareCommit || self == .prepareAbort }
}

/// A partition of a topic, by name.
struct TopicPartition: Hashable, Comparable, Sendable, CustomStringConvertible {
    var topic: String
    var index: Int32

    var description: String { "\(topic)-\(index)" }

    static func < (left: TopicPartition, right: TopicPartition) -> Bool {
        (left.topic, left.index) < (right.topic, right.index)
    }
}
