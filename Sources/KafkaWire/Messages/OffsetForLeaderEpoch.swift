/// OffsetForLeaderEpoch (api 23), request versions 0 to 4.
///
/// How a consumer finds out that the log was truncated (KIP-320).
public struct OffsetForLeaderEpochRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = OffsetForLeaderEpochResponse
    /// OffsetForLeaderEpoch.
    public static let apiKey = APIKey.offsetForLeaderEpoch
    /// 0 to 4.
    public static let versions: ClosedRange<Int16> = 0...4

    /// One topic.
    public struct Topic: FieldCodable, Sendable, Equatable {
        /// Name.
        public var topic = ""
        /// The partitions.
        public var partitions: [Partition] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(topic: String = "", partitions: [Partition] = []) {
            self.topic = topic
            self.partitions = partitions
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&topic, "topic")
            try coder.array(&partitions, "partitions")
            try coder.tags()
        }
    }

    /// One partition.
    public struct Partition: FieldCodable, Sendable, Equatable {
        /// Partition index.
        public var partition: Int32 = 0
        /// The leader epoch that the client knows; -1 for none.
        public var currentLeaderEpoch: Int32 = -1
        /// The epoch whose end is asked for.
        public var leaderEpoch: Int32 = 0

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(partition: Int32 = 0, currentLeaderEpoch: Int32 = -1, leaderEpoch: Int32 = 0) {
            self.partition = partition
            self.currentLeaderEpoch = currentLeaderEpoch
            self.leaderEpoch = leaderEpoch
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&partition, "partition")
            if coder.version >= 2 { try coder.integer(&currentLeaderEpoch, "currentLeaderEpoch") }
            try coder.integer(&leaderEpoch, "leaderEpoch")
            try coder.tags()
        }
    }

    /// -1 for a client, -2 for any.
    public var replicaID: Int32 = -2
    /// What is asked for.
    public var topics: [Topic] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version >= 3 { try coder.integer(&replicaID, "replicaId") }
        try coder.array(&topics, "topics")
        try coder.tags()
    }
}

/// OffsetForLeaderEpoch (api 23), response versions 0 to 4.
public struct OffsetForLeaderEpochResponse: KafkaMessage, Equatable {
    /// OffsetForLeaderEpoch.
    public static let apiKey = APIKey.offsetForLeaderEpoch
    /// 0 to 4.
    public static let versions: ClosedRange<Int16> = 0...4

    /// One topic.
    public struct Topic: FieldCodable, Sendable, Equatable {
        /// Name.
        public var topic = ""
        /// The partitions.
        public var partitions: [Partition] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(topic: String = "", partitions: [Partition] = []) {
            self.topic = topic
            self.partitions = partitions
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&topic, "topic")
            try coder.array(&partitions, "partitions")
            try coder.tags()
        }
    }

    /// One partition.
    public struct Partition: FieldCodable, Sendable, Equatable {
        /// Error; 0 for success.
        public var errorCode: Int16 = 0
        /// Partition index.
        public var partition: Int32 = 0
        /// The largest epoch at or below the one asked for; -1 for none.
        public var leaderEpoch: Int32 = -1
        /// Where that epoch ends; -1 for none.
        public var endOffset: Int64 = -1

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(errorCode: Int16 = 0, partition: Int32 = 0, leaderEpoch: Int32 = -1, endOffset: Int64 = -1) {
            self.errorCode = errorCode
            self.partition = partition
            self.leaderEpoch = leaderEpoch
            self.endOffset = endOffset
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&errorCode, "errorCode")
            try coder.integer(&partition, "partition")
            if coder.version >= 1 { try coder.integer(&leaderEpoch, "leaderEpoch") }
            try coder.integer(&endOffset, "endOffset")
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
