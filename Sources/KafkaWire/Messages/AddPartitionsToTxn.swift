/// AddPartitionsToTxn (api 24), request versions 0 to 5.
///
/// Version 3 is flexible. Version 4 is for many transactions and may only ask (KIP-890): what the leaders of partitions
/// send.
public struct AddPartitionsToTxnRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = AddPartitionsToTxnResponse
    /// AddPartitionsToTxn.
    public static let apiKey = APIKey.addPartitionsToTxn
    /// 0 to 5.
    public static let versions: ClosedRange<Int16> = 0...5

    /// Partitions of one topic.
    public typealias Topic = PartitionsOfTopic<Int32>

    /// One transaction (version 4 on).
    public struct Transaction: FieldCodable, Sendable, Equatable {
        /// Transactional id.
        public var transactionalID = ""
        /// Producer id.
        public var producerID: Int64 = -1
        /// Producer epoch.
        public var producerEpoch: Int16 = -1
        /// Whether partitions are only looked up, not added.
        public var verifyOnly = false
        /// The partitions.
        public var topics: [Topic] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            transactionalID: String = "", producerID: Int64 = -1, producerEpoch: Int16 = -1, verifyOnly: Bool = false,
            topics: [Topic] = []
        ) {
            self.transactionalID = transactionalID
            self.producerID = producerID
            self.producerEpoch = producerEpoch
            self.verifyOnly = verifyOnly
            self.topics = topics
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&transactionalID, "transactionalId")
            try coder.integer(&producerID, "producerId")
            try coder.integer(&producerEpoch, "producerEpoch")
            try coder.boolean(&verifyOnly, "verifyOnly")
            try coder.array(&topics, "topics")
            try coder.tags()
        }
    }

    /// The transactions (version 4 on).
    public var transactions: [Transaction] = []
    /// Transactional id (before version 4).
    public var transactionalID = ""
    /// Producer id (before version 4).
    public var producerID: Int64 = -1
    /// Producer epoch (before version 4).
    public var producerEpoch: Int16 = -1
    /// What joins the transaction (before version 4).
    public var topics: [Topic] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version >= 4 { try coder.array(&transactions, "transactions") }
        if coder.version <= 3 { try coder.string(&transactionalID, "transactionalId") }
        if coder.version <= 3 { try coder.integer(&producerID, "producerId") }
        if coder.version <= 3 { try coder.integer(&producerEpoch, "producerEpoch") }
        if coder.version <= 3 { try coder.array(&topics, "topics") }
        try coder.tags()
    }
}

/// AddPartitionsToTxn (api 24), response versions 0 to 5.
public struct AddPartitionsToTxnResponse: KafkaMessage, Equatable {
    /// AddPartitionsToTxn.
    public static let apiKey = APIKey.addPartitionsToTxn
    /// 0 to 5.
    public static let versions: ClosedRange<Int16> = 0...5

    /// The answer for one partition.
    public struct Partition: FieldCodable, Sendable, Equatable {
        /// Partition index.
        public var partitionIndex: Int32 = 0
        /// Error; 0 for success.
        public var errorCode: Int16 = 0

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            partitionIndex: Int32 = 0, errorCode: Int16 = 0
        ) {
            self.partitionIndex = partitionIndex
            self.errorCode = errorCode
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&partitionIndex, "partitionIndex")
            try coder.integer(&errorCode, "partitionErrorCode")
            try coder.tags()
        }
    }

    /// Answers for one topic.
    public struct Topic: FieldCodable, Sendable, Equatable {
        /// Name.
        public var name = ""
        /// By partition.
        public var results: [Partition] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            name: String = "", results: [Partition] = []
        ) {
            self.name = name
            self.results = results
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&name, "name")
            try coder.array(&results, "resultsByPartition")
            try coder.tags()
        }
    }

    /// Answers for one transaction (version 4 on).
    public struct Transaction: FieldCodable, Sendable, Equatable {
        /// Transactional id.
        public var transactionalID = ""
        /// By topic.
        public var topics: [Topic] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            transactionalID: String = "", topics: [Topic] = []
        ) {
            self.transactionalID = transactionalID
            self.topics = topics
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&transactionalID, "transactionalId")
            try coder.array(&topics, "topicResults")
            try coder.tags()
        }
    }

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// Error of the whole request (version 4 on).
    public var errorCode: Int16 = 0
    /// The answers (version 4 on).
    public var transactions: [Transaction] = []
    /// The answers (before version 4).
    public var results: [Topic] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.integer(&throttleTimeMs, "throttleTimeMs")
        if coder.version >= 4 { try coder.integer(&errorCode, "errorCode") }
        if coder.version >= 4 { try coder.array(&transactions, "resultsByTransaction") }
        if coder.version <= 3 { try coder.array(&results, "resultsByTopic") }
        try coder.tags()
    }
}
