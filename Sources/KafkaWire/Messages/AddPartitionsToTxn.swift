/// AddPartitionsToTxn (api 24), request versions 0 to 3.
///
/// The versions that clients send; 4 and later are between brokers.
public struct AddPartitionsToTxnRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = AddPartitionsToTxnResponse
    /// AddPartitionsToTxn.
    public static let apiKey = APIKey.addPartitionsToTxn
    /// 0 to 3.
    public static let versions: ClosedRange<Int16> = 0...3

    /// Partitions of one topic.
    public struct Topic: FieldCodable, Sendable, Equatable {
        /// Name.
        public var name = ""
        /// Partition indices.
        public var partitions: [Int32] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(name: String = "", partitions: [Int32] = []) {
            self.name = name
            self.partitions = partitions
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&name, "name")
            try coder.array(&partitions, "partitions")
            try coder.tags()
        }
    }

    /// Transactional id.
    public var transactionalID = ""
    /// Producer id.
    public var producerID: Int64 = -1
    /// Producer epoch.
    public var producerEpoch: Int16 = -1
    /// What joins the transaction.
    public var topics: [Topic] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.string(&transactionalID, "transactionalId")
        try coder.integer(&producerID, "producerId")
        try coder.integer(&producerEpoch, "producerEpoch")
        try coder.array(&topics, "topics")
        try coder.tags()
    }
}

/// AddPartitionsToTxn (api 24), response versions 0 to 3.
public struct AddPartitionsToTxnResponse: KafkaMessage, Equatable {
    /// AddPartitionsToTxn.
    public static let apiKey = APIKey.addPartitionsToTxn
    /// 0 to 3.
    public static let versions: ClosedRange<Int16> = 0...3

    /// Answers for one topic.
    public struct Topic: FieldCodable, Sendable, Equatable {
        /// Name.
        public var name = ""
        /// By partition.
        public var results: [Partition] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(name: String = "", results: [Partition] = []) {
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

    /// The answer for one partition.
    public struct Partition: FieldCodable, Sendable, Equatable {
        /// Partition index.
        public var partitionIndex: Int32 = 0
        /// Error; 0 for success.
        public var errorCode: Int16 = 0

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(partitionIndex: Int32 = 0, errorCode: Int16 = 0) {
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

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// The answers.
    public var results: [Topic] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.integer(&throttleTimeMs, "throttleTimeMs")
        try coder.array(&results, "resultsByTopic")
        try coder.tags()
    }
}
