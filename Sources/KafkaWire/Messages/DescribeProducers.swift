/// DescribeProducers (api 61), request versions 0 to 0.
///
/// What a partition's leader knows of producers (KIP-664).
public struct DescribeProducersRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = DescribeProducersResponse
    /// DescribeProducers.
    public static let apiKey = APIKey.describeProducers
    /// 0 to 0.
    public static let versions: ClosedRange<Int16> = 0...0

    /// One topic.
    public typealias Topic = PartitionIndexesOfTopic

    /// What is asked for.
    public var topics: [Topic] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.array(&topics, "topics")
        try coder.tags()
    }
}

/// DescribeProducers (api 61), response versions 0 to 0.
public struct DescribeProducersResponse: KafkaMessage, Equatable {
    /// DescribeProducers.
    public static let apiKey = APIKey.describeProducers
    /// 0 to 0.
    public static let versions: ClosedRange<Int16> = 0...0

    /// One producer.
    public struct Producer: FieldCodable, Sendable, Equatable {
        /// Producer id.
        public var producerID: Int64 = -1
        /// Producer epoch.
        public var producerEpoch: Int32 = -1
        /// Last sequence; -1 for none.
        public var lastSequence: Int32 = -1
        /// Timestamp of its last batch, milliseconds since the epoch; -1 for none.
        public var lastTimestamp: Int64 = -1
        /// Epoch of the coordinator that wrote its last marker; -1 for none.
        public var coordinatorEpoch: Int32 = -1
        /// First offset of its open transaction; -1 for none.
        public var currentTxnStartOffset: Int64 = -1

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            producerID: Int64 = -1, producerEpoch: Int32 = -1, lastSequence: Int32 = -1, lastTimestamp: Int64 = -1,
            coordinatorEpoch: Int32 = -1, currentTxnStartOffset: Int64 = -1
        ) {
            self.producerID = producerID
            self.producerEpoch = producerEpoch
            self.lastSequence = lastSequence
            self.lastTimestamp = lastTimestamp
            self.coordinatorEpoch = coordinatorEpoch
            self.currentTxnStartOffset = currentTxnStartOffset
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&producerID, "producerId")
            try coder.integer(&producerEpoch, "producerEpoch")
            try coder.integer(&lastSequence, "lastSequence")
            try coder.integer(&lastTimestamp, "lastTimestamp")
            try coder.integer(&coordinatorEpoch, "coordinatorEpoch")
            try coder.integer(&currentTxnStartOffset, "currentTxnStartOffset")
            try coder.tags()
        }
    }

    /// The answer for one partition.
    public struct Partition: FieldCodable, Sendable, Equatable {
        /// Partition index.
        public var partitionIndex: Int32 = 0
        /// Error; 0 for success.
        public var errorCode: Int16 = 0
        /// Why it failed.
        public var errorMessage: String?
        /// The producers.
        public var activeProducers: [Producer] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            partitionIndex: Int32 = 0, errorCode: Int16 = 0, errorMessage: String? = nil,
            activeProducers: [Producer] = []
        ) {
            self.partitionIndex = partitionIndex
            self.errorCode = errorCode
            self.errorMessage = errorMessage
            self.activeProducers = activeProducers
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&partitionIndex, "partitionIndex")
            try coder.integer(&errorCode, "errorCode")
            try coder.nullableString(&errorMessage, "errorMessage")
            try coder.array(&activeProducers, "activeProducers")
            try coder.tags()
        }
    }

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
