/// Fetch (api 1), request versions 0 to 18.
///
/// Version 4 returns record batches of magic 2, 7 brings fetch sessions, 12 is flexible, 13 replaces names by ids.
public struct FetchRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = FetchResponse
    /// Fetch.
    public static let apiKey = APIKey.fetch
    /// 0 to 18.
    public static let versions: ClosedRange<Int16> = 0...18

    /// One topic.
    public struct Topic: FieldCodable, Sendable, Equatable {
        /// Name; before version 13.
        public var topic = ""
        /// Id; from version 13 on.
        public var topicID: KafkaUUID = .zero
        /// The partitions.
        public var partitions: [Partition] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(topic: String = "", topicID: KafkaUUID = .zero, partitions: [Partition] = []) {
            self.topic = topic
            self.topicID = topicID
            self.partitions = partitions
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            if coder.version <= 12 { try coder.string(&topic, "topic") }
            if coder.version >= 13 { try coder.uuid(&topicID, "topicId") }
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
        /// First offset wanted.
        public var fetchOffset: Int64 = 0
        /// Epoch of the last record fetched; -1 for none.
        public var lastFetchedEpoch: Int32 = -1
        /// A follower's log start; -1 for a client.
        public var logStartOffset: Int64 = -1
        /// Bytes at most for this partition.
        public var partitionMaxBytes: Int32 = 1048576

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            partition: Int32 = 0, currentLeaderEpoch: Int32 = -1, fetchOffset: Int64 = 0, lastFetchedEpoch: Int32 = -1,
            logStartOffset: Int64 = -1, partitionMaxBytes: Int32 = 1048576
        ) {
            self.partition = partition
            self.currentLeaderEpoch = currentLeaderEpoch
            self.fetchOffset = fetchOffset
            self.lastFetchedEpoch = lastFetchedEpoch
            self.logStartOffset = logStartOffset
            self.partitionMaxBytes = partitionMaxBytes
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&partition, "partition")
            if coder.version >= 9 { try coder.integer(&currentLeaderEpoch, "currentLeaderEpoch") }
            try coder.integer(&fetchOffset, "fetchOffset")
            if coder.version >= 12 { try coder.integer(&lastFetchedEpoch, "lastFetchedEpoch") }
            if coder.version >= 5 { try coder.integer(&logStartOffset, "logStartOffset") }
            try coder.integer(&partitionMaxBytes, "partitionMaxBytes")
            try coder.tags()
        }
    }

    /// Partitions to drop from the session.
    public struct Forgotten: FieldCodable, Sendable, Equatable {
        /// Name; before version 13.
        public var topic = ""
        /// Id; from version 13 on.
        public var topicID: KafkaUUID = .zero
        /// Partition indices.
        public var partitions: [Int32] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(topic: String = "", topicID: KafkaUUID = .zero, partitions: [Int32] = []) {
            self.topic = topic
            self.topicID = topicID
            self.partitions = partitions
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            if coder.version >= 7, coder.version <= 12 { try coder.string(&topic, "topic") }
            if coder.version >= 13 { try coder.uuid(&topicID, "topicId") }
            if coder.version >= 7 { try coder.array(&partitions, "partitions") }
            try coder.tags()
        }
    }

    /// The id of one who is no follower and may read to the log's end, past the high watermark: what Kafka's brokers call
    /// `FUTURE_LOCAL_REPLICA_ID` (since 1.1). Unlike a follower's id, it moves nothing in the broker.
    public static let logEndReader: Int32 = -3

    /// -1 for a client.
    public var replicaID: Int32 = -1
    /// How long the broker may wait for `minBytes`, milliseconds.
    public var maxWaitMs: Int32 = 500
    /// Bytes to wait for.
    public var minBytes: Int32 = 1
    /// Bytes at most; the first batch is returned even if larger.
    public var maxBytes: Int32 = .max
    /// 0 read uncommitted, 1 read committed.
    public var isolationLevel: Int8 = 0
    /// Fetch session; 0 for none.
    public var sessionID: Int32 = 0
    /// Epoch of the session; -1 for no session.
    public var sessionEpoch: Int32 = -1
    /// What to fetch.
    public var topics: [Topic] = []
    /// What to drop from the session.
    public var forgottenTopicsData: [Forgotten] = []
    /// Rack of the client; empty for none.
    public var rackID = ""

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version <= 14 { try coder.integer(&replicaID, "replicaId") }
        try coder.integer(&maxWaitMs, "maxWaitMs")
        try coder.integer(&minBytes, "minBytes")
        if coder.version >= 3 { try coder.integer(&maxBytes, "maxBytes") }
        if coder.version >= 4 { try coder.integer(&isolationLevel, "isolationLevel") }
        if coder.version >= 7 { try coder.integer(&sessionID, "sessionId") }
        if coder.version >= 7 { try coder.integer(&sessionEpoch, "sessionEpoch") }
        try coder.array(&topics, "topics")
        if coder.version >= 7 { try coder.array(&forgottenTopicsData, "forgottenTopicsData") }
        if coder.version >= 11 { try coder.string(&rackID, "rackId") }
        try coder.tags()
    }
}

/// Fetch (api 1), response versions 0 to 18.
public struct FetchResponse: KafkaMessage, Equatable {
    /// Fetch.
    public static let apiKey = APIKey.fetch
    /// 0 to 18.
    public static let versions: ClosedRange<Int16> = 0...18

    /// One topic.
    public struct Topic: FieldCodable, Sendable, Equatable {
        /// Name; before version 13.
        public var topic = ""
        /// Id; from version 13 on.
        public var topicID: KafkaUUID = .zero
        /// The partitions.
        public var partitions: [Partition] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(topic: String = "", topicID: KafkaUUID = .zero, partitions: [Partition] = []) {
            self.topic = topic
            self.topicID = topicID
            self.partitions = partitions
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            if coder.version <= 12 { try coder.string(&topic, "topic") }
            if coder.version >= 13 { try coder.uuid(&topicID, "topicId") }
            try coder.array(&partitions, "partitions")
            try coder.tags()
        }
    }

    /// One partition.
    public struct Partition: FieldCodable, Sendable, Equatable {
        /// Partition index.
        public var partitionIndex: Int32 = 0
        /// Error; 0 for success.
        public var errorCode: Int16 = 0
        /// First offset that is not yet on all in-sync replicas.
        public var highWatermark: Int64 = -1
        /// First offset of an open transaction, or the high watermark.
        public var lastStableOffset: Int64 = -1
        /// First offset of the log.
        public var logStartOffset: Int64 = -1
        /// Aborted transactions in the range; nil unless read committed.
        public var abortedTransactions: [Aborted]?
        /// Node to read from instead; -1 for none.
        public var preferredReadReplica: Int32 = -1
        /// The batches; nil for none. The last may be cut before version 4.
        public var records: [UInt8]?

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            partitionIndex: Int32 = 0, errorCode: Int16 = 0, highWatermark: Int64 = -1, lastStableOffset: Int64 = -1,
            logStartOffset: Int64 = -1, abortedTransactions: [Aborted]? = nil, preferredReadReplica: Int32 = -1,
            records: [UInt8]? = nil
        ) {
            self.partitionIndex = partitionIndex
            self.errorCode = errorCode
            self.highWatermark = highWatermark
            self.lastStableOffset = lastStableOffset
            self.logStartOffset = logStartOffset
            self.abortedTransactions = abortedTransactions
            self.preferredReadReplica = preferredReadReplica
            self.records = records
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&partitionIndex, "partitionIndex")
            try coder.integer(&errorCode, "errorCode")
            try coder.integer(&highWatermark, "highWatermark")
            if coder.version >= 4 { try coder.integer(&lastStableOffset, "lastStableOffset") }
            if coder.version >= 5 { try coder.integer(&logStartOffset, "logStartOffset") }
            if coder.version >= 4 { try coder.nullableArray(&abortedTransactions, "abortedTransactions") }
            if coder.version >= 11 { try coder.integer(&preferredReadReplica, "preferredReadReplica") }
            try coder.nullableBytes(&records, "records")
            try coder.tags()
        }
    }

    /// One aborted transaction.
    public struct Aborted: FieldCodable, Sendable, Equatable {
        /// Producer id.
        public var producerID: Int64 = 0
        /// Its first offset.
        public var firstOffset: Int64 = 0

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(producerID: Int64 = 0, firstOffset: Int64 = 0) {
            self.producerID = producerID
            self.firstOffset = firstOffset
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            if coder.version >= 4 { try coder.integer(&producerID, "producerId") }
            if coder.version >= 4 { try coder.integer(&firstOffset, "firstOffset") }
            try coder.tags()
        }
    }

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// Error of the whole request.
    public var errorCode: Int16 = 0
    /// Fetch session; 0 for none.
    public var sessionID: Int32 = 0
    /// The answers.
    public var responses: [Topic] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version >= 1 { try coder.integer(&throttleTimeMs, "throttleTimeMs") }
        if coder.version >= 7 { try coder.integer(&errorCode, "errorCode") }
        if coder.version >= 7 { try coder.integer(&sessionID, "sessionId") }
        try coder.array(&responses, "responses")
        try coder.tags()
    }
}
