import KafkaWire

/// A consumer group at its coordinator: offsets, and members by the classic protocol (`ClassicGroup`).
final class ConsumerGroup {
    /// A committed offset.
    struct Offset: Sendable, Equatable {
        var offset: Int64
        var leaderEpoch: Int32
        var metadata: String
        /// Where it stands in `__consumer_offsets`: of a plain and a transactional one the later counts.
        var position: Int64
    }

    /// One member.
    final class Member {
        let id: String
        var instanceID: String?
        var sessionTimeoutMs: Int64
        var rebalanceTimeoutMs: Int64
        var protocols: [JoinGroupRequest.KnownProtocol]
        var assignment: [UInt8] = []
        var lastSeenMs: Int64
        /// Answers the JoinGroup that waits; nil for none.
        var joined: ((JoinGroupResponse) -> Void)?
        /// Answers the SyncGroup that waits; nil for none.
        var synced: ((SyncGroupResponse) -> Void)?

        init(
            id: String, instanceID: String?, sessionTimeoutMs: Int64, rebalanceTimeoutMs: Int64,
            protocols: [JoinGroupRequest.KnownProtocol], nowMs: Int64
        ) {
            self.id = id
            self.instanceID = instanceID
            self.sessionTimeoutMs = sessionTimeoutMs
            self.rebalanceTimeoutMs = rebalanceTimeoutMs
            self.protocols = protocols
            lastSeenMs = nowMs
        }
    }

    /// What the group waits for.
    enum State: Sendable {
        case empty
        /// Members join, until all that are known have.
        case preparingRebalance
        /// The leader assigns.
        case completingRebalance
        case stable
    }

    let id: String
    var state = State.empty
    var generation: Int32 = 0
    var protocolType: String?
    var protocolName: String?
    var leader: String?
    /// Members in the order in which they came.
    var members: [Member] = []
    /// Member ids that were given out and not used yet.
    var promised: Set<String> = []
    var offsets: [TopicPartition: Offset] = [:]
    /// Offsets of open transactions, by producer.
    var pending: [Int64: [TopicPartition: Offset]] = [:]
    /// Counts rebalances, so that an old timer does nothing.
    var rebalances = 0

    init(id: String) { self.id = id }

    func member(_ id: String) -> Member? { members.first { $0.id == id } }

    /// Whether an open transaction holds an offset of this partition.
    func isPending(_ name: TopicPartition) -> Bool { pending.values.contains { $0[name] != nil } }

    /// Why offsets from this member are refused; nil when they are taken (`validateOffsetCommit`).
    func commitFault(
        generation asked: Int32, member memberID: String, instance: String?, isTransactional: Bool
    ) -> ErrorCode? {
        if asked < 0, state == .empty { return nil }
        if asked >= 0 || !memberID.isEmpty || instance != nil {
            if let instance, let owner = members.first(where: { $0.instanceID == instance }), owner.id != memberID {
                return .fencedInstanceId
            }
            guard member(memberID) != nil else { return .unknownMemberId }
            if asked != generation { return .illegalGeneration }
        } else if !isTransactional {
            return .unknownMemberId
        }
        return !isTransactional && state == .completingRebalance ? .rebalanceInProgress : nil
    }
}
