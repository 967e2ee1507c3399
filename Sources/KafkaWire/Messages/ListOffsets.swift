/// ListOffsets (api 2), request versions 0 to 11.
///
/// Version 1 returns one offset instead of a list, 6 is flexible.
public struct ListOffsetsRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = ListOffsetsResponse
    /// ListOffsets.
    public static let apiKey = APIKey.listOffsets
    /// 0 to 11.
    public static let versions: ClosedRange<Int16> = 0...11

    /// One topic.
    public typealias Topic = PartitionsOfTopic<Partition>

    /// One partition.
    public struct Partition: FieldCodable, Sendable, Equatable {
        /// Partition index.
        public var partitionIndex: Int32 = 0
        /// The leader epoch that the client knows; -1 for none.
        public var currentLeaderEpoch: Int32 = -1
        /// Milliseconds; -1 for the end, -2 for the start, -3 for the largest timestamp.
        public var timestamp: Int64 = -1
        /// How many offsets at most (version 0).
        public var maxNumOffsets: Int32 = 1

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            partitionIndex: Int32 = 0, currentLeaderEpoch: Int32 = -1, timestamp: Int64 = -1, maxNumOffsets: Int32 = 1
        ) {
            self.partitionIndex = partitionIndex
            self.currentLeaderEpoch = currentLeaderEpoch
            self.timestamp = timestamp
            self.maxNumOffsets = maxNumOffsets
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&partitionIndex, "partitionIndex")
            if coder.version >= 4 { try coder.integer(&currentLeaderEpoch, "currentLeaderEpoch") }
            try coder.integer(&timestamp, "timestamp")
            if coder.version == 0 { try coder.integer(&maxNumOffsets, "maxNumOffsets") }
            try coder.tags()
        }
    }

    /// -1 for a client.
    public var replicaID: Int32 = -1
    /// 0 read uncommitted, 1 read committed.
    public var isolationLevel: Int8 = 0
    /// What is asked for.
    public var topics: [Topic] = []
    /// How long remote storage may take, milliseconds.
    public var timeoutMs: Int32 = 0

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.integer(&replicaID, "replicaId")
        if coder.version >= 2 { try coder.integer(&isolationLevel, "isolationLevel") }
        try coder.array(&topics, "topics")
        if coder.version >= 10 { try coder.integer(&timeoutMs, "timeoutMs") }
        try coder.tags()
    }
}

/// ListOffsets (api 2), response versions 0 to 11.
public struct ListOffsetsResponse: KafkaMessage, Equatable {
    /// ListOffsets.
    public static let apiKey = APIKey.listOffsets
    /// 0 to 11.
    public static let versions: ClosedRange<Int16> = 0...11

    /// One topic.
    public typealias Topic = PartitionsOfTopic<Partition>

    /// One partition.
    public struct Partition: FieldCodable, Sendable, Equatable {
        /// Partition index.
        public var partitionIndex: Int32 = 0
        /// Error; 0 for success.
        public var errorCode: Int16 = 0
        /// Offsets, newest first (version 0).
        public var oldStyleOffsets: [Int64] = []
        /// Timestamp of the record found; -1 for none.
        public var timestamp: Int64 = -1
        /// The offset; -1 for none.
        public var offset: Int64 = -1
        /// Epoch of the leader that appended it.
        public var leaderEpoch: Int32 = -1

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            partitionIndex: Int32 = 0, errorCode: Int16 = 0, oldStyleOffsets: [Int64] = [], timestamp: Int64 = -1,
            offset: Int64 = -1, leaderEpoch: Int32 = -1
        ) {
            self.partitionIndex = partitionIndex
            self.errorCode = errorCode
            self.oldStyleOffsets = oldStyleOffsets
            self.timestamp = timestamp
            self.offset = offset
            self.leaderEpoch = leaderEpoch
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&partitionIndex, "partitionIndex")
            try coder.integer(&errorCode, "errorCode")
            if coder.version == 0 { try coder.array(&oldStyleOffsets, "oldStyleOffsets") }
            if coder.version >= 1 { try coder.integer(&timestamp, "timestamp") }
            if coder.version >= 1 { try coder.integer(&offset, "offset") }
            if coder.version >= 4 { try coder.integer(&leaderEpoch, "leaderEpoch") }
            try coder.tags()
        }
    }

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// The answers.
    public var topics: [Topic] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version >= 2 { try coder.integer(&throttleTimeMs, "throttleTimeMs") }
        try coder.array(&topics, "topics")
        try coder.tags()
    }
}
