/// TxnOffsetCommit (api 28), request versions 0 to 5.
///
/// Offsets that count when a transaction is committed (KIP-98). Version 3 is flexible and names the member (KIP-447), 5
/// adds the partition to the transaction by itself (KIP-890).
public struct TxnOffsetCommitRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = TxnOffsetCommitResponse
    /// TxnOffsetCommit.
    public static let apiKey = APIKey.txnOffsetCommit
    /// 0 to 5.
    public static let versions: ClosedRange<Int16> = 0...5

    /// One partition.
    public struct Partition: FieldCodable, Sendable, Equatable {
        /// Partition index.
        public var partitionIndex: Int32 = 0
        /// The offset.
        public var committedOffset: Int64 = 0
        /// Leader epoch of the last record consumed; -1 for none.
        public var committedLeaderEpoch: Int32 = -1
        /// What the client wants to remember with it.
        public var committedMetadata: String?

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            partitionIndex: Int32 = 0, committedOffset: Int64 = 0, committedLeaderEpoch: Int32 = -1,
            committedMetadata: String? = nil
        ) {
            self.partitionIndex = partitionIndex
            self.committedOffset = committedOffset
            self.committedLeaderEpoch = committedLeaderEpoch
            self.committedMetadata = committedMetadata
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&partitionIndex, "partitionIndex")
            try coder.integer(&committedOffset, "committedOffset")
            if coder.version >= 2 { try coder.integer(&committedLeaderEpoch, "committedLeaderEpoch") }
            try coder.nullableString(&committedMetadata, "committedMetadata")
            try coder.tags()
        }
    }

    /// One topic.
    public typealias Topic = PartitionsOfTopic<Partition>

    /// Transactional id.
    public var transactionalID = ""
    /// The group.
    public var groupID = ""
    /// Producer id.
    public var producerID: Int64 = -1
    /// Producer epoch.
    public var producerEpoch: Int16 = -1
    /// Generation of the group that the member knows; -1 for none.
    public var generationID: Int32 = -1
    /// The member; empty for none.
    public var memberID = ""
    /// Name of a static member; nil for none (KIP-345).
    public var groupInstanceID: String?
    /// The offsets.
    public var topics: [Topic] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.string(&transactionalID, "transactionalId")
        try coder.string(&groupID, "groupId")
        try coder.integer(&producerID, "producerId")
        try coder.integer(&producerEpoch, "producerEpoch")
        if coder.version >= 3 { try coder.integer(&generationID, "generationId") }
        if coder.version >= 3 { try coder.string(&memberID, "memberId") }
        if coder.version >= 3 { try coder.nullableString(&groupInstanceID, "groupInstanceId") }
        try coder.array(&topics, "topics")
        try coder.tags()
    }
}

/// TxnOffsetCommit (api 28), response versions 0 to 5.
public struct TxnOffsetCommitResponse: KafkaMessage, Equatable {
    /// TxnOffsetCommit.
    public static let apiKey = APIKey.txnOffsetCommit
    /// 0 to 5.
    public static let versions: ClosedRange<Int16> = 0...5

    /// The answer for one partition.
    public typealias Partition = PartitionError

    /// One topic.
    public typealias Topic = PartitionsOfTopic<Partition>

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// The answers.
    public var topics: [Topic] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.integer(&throttleTimeMs, "throttleTimeMs")
        try coder.array(&topics, "topics")
        try coder.tags()
    }
}
