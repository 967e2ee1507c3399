/// DescribeTransactions (api 65), request versions 0 to 0.
///
/// What a coordinator knows of transactions (KIP-664).
public struct DescribeTransactionsRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = DescribeTransactionsResponse
    /// DescribeTransactions.
    public static let apiKey = APIKey.describeTransactions
    /// 0 to 0.
    public static let versions: ClosedRange<Int16> = 0...0

    /// What is asked for.
    public var transactionalIDs: [String] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.array(&transactionalIDs, "transactionalIds")
        try coder.tags()
    }
}

/// DescribeTransactions (api 65), response versions 0 to 0.
public struct DescribeTransactionsResponse: KafkaMessage, Equatable {
    /// DescribeTransactions.
    public static let apiKey = APIKey.describeTransactions
    /// 0 to 0.
    public static let versions: ClosedRange<Int16> = 0...0

    /// One topic.
    public struct Topic: FieldCodable, Sendable, Equatable {
        /// Name of the topic.
        public var topic = ""
        /// Partition indices.
        public var partitions: [Int32] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            topic: String = "", partitions: [Int32] = []
        ) {
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

    /// One transaction.
    public struct State: FieldCodable, Sendable, Equatable {
        /// Error; 0 for success.
        public var errorCode: Int16 = 0
        /// Transactional id.
        public var transactionalID = ""
        /// For example `Ongoing`.
        public var transactionState = ""
        /// Timeout, milliseconds.
        public var transactionTimeoutMs: Int32 = 0
        /// When it began, milliseconds since the epoch; -1 for not.
        public var transactionStartTimeMs: Int64 = 0
        /// Producer id.
        public var producerID: Int64 = -1
        /// Producer epoch.
        public var producerEpoch: Int16 = -1
        /// Its partitions; while it ends, those whose marker is missing.
        public var topics: [Topic] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            errorCode: Int16 = 0, transactionalID: String = "", transactionState: String = "",
            transactionTimeoutMs: Int32 = 0, transactionStartTimeMs: Int64 = 0, producerID: Int64 = -1,
            producerEpoch: Int16 = -1, topics: [Topic] = []
        ) {
            self.errorCode = errorCode
            self.transactionalID = transactionalID
            self.transactionState = transactionState
            self.transactionTimeoutMs = transactionTimeoutMs
            self.transactionStartTimeMs = transactionStartTimeMs
            self.producerID = producerID
            self.producerEpoch = producerEpoch
            self.topics = topics
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&errorCode, "errorCode")
            try coder.string(&transactionalID, "transactionalId")
            try coder.string(&transactionState, "transactionState")
            try coder.integer(&transactionTimeoutMs, "transactionTimeoutMs")
            try coder.integer(&transactionStartTimeMs, "transactionStartTimeMs")
            try coder.integer(&producerID, "producerId")
            try coder.integer(&producerEpoch, "producerEpoch")
            try coder.array(&topics, "topics")
            try coder.tags()
        }
    }

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// The answers.
    public var transactionStates: [State] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.integer(&throttleTimeMs, "throttleTimeMs")
        try coder.array(&transactionStates, "transactionStates")
        try coder.tags()
    }
}
