/// OffsetFetch (api 9), request versions 0 to 10.
///
/// Version 6 is flexible, 7 can demand stable offsets (KIP-447), 8 asks for many groups, 10 replaces topic names by
/// ids.
public struct OffsetFetchRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = OffsetFetchResponse
    /// OffsetFetch.
    public static let apiKey = APIKey.offsetFetch
    /// 0 to 10.
    public static let versions: ClosedRange<Int16> = 0...10

    /// One topic.
    public struct Topic: FieldCodable, Sendable, Equatable {
        /// Name of the topic.
        public var name = ""
        /// Id of the topic.
        public var topicID: KafkaUUID = .zero
        /// Partition indices.
        public var partitionIndexes: [Int32] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            name: String = "", topicID: KafkaUUID = .zero, partitionIndexes: [Int32] = []
        ) {
            self.name = name
            self.topicID = topicID
            self.partitionIndexes = partitionIndexes
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            if coder.version <= 9 { try coder.string(&name, "name") }
            if coder.version >= 10 { try coder.uuid(&topicID, "topicId") }
            try coder.array(&partitionIndexes, "partitionIndexes")
            try coder.tags()
        }
    }

    /// One group (version 8 on).
    public struct Group: FieldCodable, Sendable, Equatable {
        /// The group.
        public var groupID = ""
        /// The member; nil for none.
        public var memberID: String?
        /// Epoch of the member; -1 for none.
        public var memberEpoch: Int32 = -1
        /// What is asked for; nil for all.
        public var topics: [Topic]?

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            groupID: String = "", memberID: String? = nil, memberEpoch: Int32 = -1, topics: [Topic]? = nil
        ) {
            self.groupID = groupID
            self.memberID = memberID
            self.memberEpoch = memberEpoch
            self.topics = topics
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&groupID, "groupId")
            if coder.version >= 9 { try coder.nullableString(&memberID, "memberId") }
            if coder.version >= 9 { try coder.integer(&memberEpoch, "memberEpoch") }
            try coder.nullableArray(&topics, "topics")
            try coder.tags()
        }
    }

    /// The group (before version 8).
    public var groupID = ""
    /// What is asked for; nil for all (before version 8).
    public var topics: [Topic]?
    /// The groups (version 8 on).
    public var groups: [Group] = []
    /// Whether offsets of an open transaction are answered with 88.
    public var requireStable = false

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version <= 7 { try coder.string(&groupID, "groupId") }
        if coder.version <= 1 {
            var named = topics ?? []
            try coder.array(&named, "topics")
            topics = named
        } else if coder.version <= 7 {
            try coder.nullableArray(&topics, "topics")
        }
        if coder.version >= 8 { try coder.array(&groups, "groups") }
        if coder.version >= 7 { try coder.boolean(&requireStable, "requireStable") }
        try coder.tags()
    }
}

/// OffsetFetch (api 9), response versions 0 to 10.
public struct OffsetFetchResponse: KafkaMessage, Equatable {
    /// OffsetFetch.
    public static let apiKey = APIKey.offsetFetch
    /// 0 to 10.
    public static let versions: ClosedRange<Int16> = 0...10

    /// The answer for one partition.
    public struct Partition: FieldCodable, Sendable, Equatable {
        /// Partition index.
        public var partitionIndex: Int32 = 0
        /// The offset; -1 for none.
        public var committedOffset: Int64 = 0
        /// Leader epoch of the last record consumed; -1 for none.
        public var committedLeaderEpoch: Int32 = -1
        /// What was remembered with it.
        public var metadata: String?
        /// Error; 0 for success.
        public var errorCode: Int16 = 0

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            partitionIndex: Int32 = 0, committedOffset: Int64 = 0, committedLeaderEpoch: Int32 = -1,
            metadata: String? = nil, errorCode: Int16 = 0
        ) {
            self.partitionIndex = partitionIndex
            self.committedOffset = committedOffset
            self.committedLeaderEpoch = committedLeaderEpoch
            self.metadata = metadata
            self.errorCode = errorCode
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&partitionIndex, "partitionIndex")
            try coder.integer(&committedOffset, "committedOffset")
            if coder.version >= 5 { try coder.integer(&committedLeaderEpoch, "committedLeaderEpoch") }
            try coder.nullableString(&metadata, "metadata")
            try coder.integer(&errorCode, "errorCode")
            try coder.tags()
        }
    }

    /// One topic.
    public typealias Topic = PartitionsOfIdentifiedTopic<Partition>

    /// The answer for one group (version 8 on).
    public struct Group: FieldCodable, Sendable, Equatable {
        /// The group.
        public var groupID = ""
        /// By topic.
        public var topics: [Topic] = []
        /// Error; 0 for success.
        public var errorCode: Int16 = 0

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            groupID: String = "", topics: [Topic] = [], errorCode: Int16 = 0
        ) {
            self.groupID = groupID
            self.topics = topics
            self.errorCode = errorCode
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&groupID, "groupId")
            try coder.array(&topics, "topics")
            try coder.integer(&errorCode, "errorCode")
            try coder.tags()
        }
    }

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// The answers (before version 8).
    public var topics: [Topic] = []
    /// Error; 0 for success (versions 2 to 7).
    public var errorCode: Int16 = 0
    /// The answers (version 8 on).
    public var groups: [Group] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version >= 3 { try coder.integer(&throttleTimeMs, "throttleTimeMs") }
        if coder.version <= 7 { try coder.array(&topics, "topics") }
        if coder.version >= 2, coder.version <= 7 { try coder.integer(&errorCode, "errorCode") }
        if coder.version >= 8 { try coder.array(&groups, "groups") }
        try coder.tags()
    }
}
