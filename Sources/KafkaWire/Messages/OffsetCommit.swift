/// OffsetCommit (api 8), request versions 0 to 10.
///
/// Version 8 is flexible, 10 replaces topic names by ids.
public struct OffsetCommitRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = OffsetCommitResponse
    /// OffsetCommit.
    public static let apiKey = APIKey.offsetCommit
    /// 0 to 10.
    public static let versions: ClosedRange<Int16> = 0...10

    /// One partition.
    public struct Partition: FieldCodable, Sendable, Equatable {
        /// Partition index.
        public var partitionIndex: Int32 = 0
        /// The offset.
        public var committedOffset: Int64 = 0
        /// Leader epoch of the last record consumed; -1 for none.
        public var committedLeaderEpoch: Int32 = -1
        /// When it was committed, milliseconds since the epoch (version 1).
        public var commitTimestamp: Int64 = -1
        /// What the client wants to remember with it.
        public var committedMetadata: String?

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            partitionIndex: Int32 = 0, committedOffset: Int64 = 0, committedLeaderEpoch: Int32 = -1,
            commitTimestamp: Int64 = -1, committedMetadata: String? = nil
        ) {
            self.partitionIndex = partitionIndex
            self.committedOffset = committedOffset
            self.committedLeaderEpoch = committedLeaderEpoch
            self.commitTimestamp = commitTimestamp
            self.committedMetadata = committedMetadata
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&partitionIndex, "partitionIndex")
            try coder.integer(&committedOffset, "committedOffset")
            if coder.version >= 6 { try coder.integer(&committedLeaderEpoch, "committedLeaderEpoch") }
            if coder.version >= 1, coder.version <= 1 { try coder.integer(&commitTimestamp, "commitTimestamp") }
            try coder.nullableString(&committedMetadata, "committedMetadata")
            try coder.tags()
        }
    }

    /// One topic.
    public typealias Topic = PartitionsOfIdentifiedTopic<Partition>

    /// The group.
    public var groupID = ""
    /// Generation, or epoch of the member, that the member knows; -1 for none.
    public var generationID: Int32 = -1
    /// The member; empty for none.
    public var memberID = ""
    /// Name of a static member; nil for none (KIP-345).
    public var groupInstanceID: String?
    /// How long to keep the offsets, milliseconds; -1 for the broker's default (versions 2 to 4).
    public var retentionTimeMs: Int64 = -1
    /// The offsets.
    public var topics: [Topic] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.string(&groupID, "groupId")
        if coder.version >= 1 { try coder.integer(&generationID, "generationIdOrMemberEpoch") }
        if coder.version >= 1 { try coder.string(&memberID, "memberId") }
        if coder.version >= 7 { try coder.nullableString(&groupInstanceID, "groupInstanceId") }
        if coder.version >= 2, coder.version <= 4 { try coder.integer(&retentionTimeMs, "retentionTimeMs") }
        try coder.array(&topics, "topics")
        try coder.tags()
    }
}

/// OffsetCommit (api 8), response versions 0 to 10.
public struct OffsetCommitResponse: KafkaMessage, Equatable {
    /// OffsetCommit.
    public static let apiKey = APIKey.offsetCommit
    /// 0 to 10.
    public static let versions: ClosedRange<Int16> = 0...10

    /// The answer for one partition.
    public typealias Partition = PartitionError

    /// One topic.
    public typealias Topic = PartitionsOfIdentifiedTopic<Partition>

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// The answers.
    public var topics: [Topic] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version >= 3 { try coder.integer(&throttleTimeMs, "throttleTimeMs") }
        try coder.array(&topics, "topics")
        try coder.tags()
    }
}
