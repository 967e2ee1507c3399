/// Produce (api 0), request versions 0 to 13.
///
/// Version 3 brings record batches of magic 2, 9 is flexible, 13 replaces topic names by ids (KIP-516).
public struct ProduceRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = ProduceResponse
    /// Produce.
    public static let apiKey = APIKey.produce
    /// 0 to 13.
    public static let versions: ClosedRange<Int16> = 0...13

    /// Records for one topic.
    public struct Topic: FieldCodable, Sendable, Equatable {
        /// Name; empty from version 13 on.
        public var name = ""
        /// Id; from version 13 on.
        public var topicID = KafkaUUID.zero
        /// Records by partition.
        public var partitions: [Partition] = []

        /// No records.
        public init() {}

        /// Records for the topic `name`.
        public init(name: String, topicID: KafkaUUID = .zero, partitions: [Partition]) {
            self.name = name
            self.topicID = topicID
            self.partitions = partitions
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            if coder.version >= 13 {
                try coder.uuid(&topicID, "topicId")
            } else {
                try coder.string(&name, "name")
            }
            try coder.array(&partitions, "partitionData")
            try coder.tags()
        }
    }

    /// Records for one partition.
    public struct Partition: FieldCodable, Sendable, Equatable {
        /// Partition index.
        public var index: Int32 = 0
        /// The records section; nil for null.
        public var records: [UInt8]?

        /// No records.
        public init() {}

        /// Records for the partition `index`.
        public init(index: Int32, records: [UInt8]?) {
            self.index = index
            self.records = records
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&index, "index")
            try coder.nullableBytes(&records, "records")
            try coder.tags()
        }
    }

    /// Transactional id; nil for none (version 3 on).
    public var transactionalID: String?
    /// -1 all, 0 none, 1 leader.
    public var acks: Int16 = -1
    /// How long the broker may wait for replicas, milliseconds.
    public var timeoutMs: Int32 = 10000
    /// Records by topic.
    public var topics: [Topic] = []

    /// An empty request.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version >= 3 { try coder.nullableString(&transactionalID, "transactionalId") }
        try coder.integer(&acks, "acks")
        try coder.integer(&timeoutMs, "timeoutMs")
        try coder.array(&topics, "topicData")
        try coder.tags()
    }
}

/// Produce (api 0), response versions 0 to 13.
public struct ProduceResponse: KafkaMessage, Equatable {
    /// Produce.
    public static let apiKey = APIKey.produce
    /// 0 to 13.
    public static let versions: ClosedRange<Int16> = 0...13

    /// Answers for one topic.
    public struct Topic: FieldCodable, Sendable, Equatable {
        /// Name; empty from version 13 on.
        public var name = ""
        /// Id; from version 13 on.
        public var topicID = KafkaUUID.zero
        /// Answers by partition.
        public var partitions: [Partition] = []

        /// No answers.
        public init() {}

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            if coder.version >= 13 {
                try coder.uuid(&topicID, "topicId")
            } else {
                try coder.string(&name, "name")
            }
            try coder.array(&partitions, "partitionResponses")
            try coder.tags()
        }
    }

    /// The answer for one partition.
    public struct Partition: FieldCodable, Sendable, Equatable {
        /// Partition index.
        public var index: Int32 = 0
        /// Error; 0 for success.
        public var errorCode: Int16 = 0
        /// Offset of the first record; -1 for none.
        public var baseOffset: Int64 = -1
        /// Milliseconds; -1 unless the topic uses LogAppendTime or the batch is a duplicate (version 2 on).
        public var logAppendTimeMs: Int64 = -1
        /// First offset of the log (version 5 on).
        public var logStartOffset: Int64 = -1
        /// What is wrong with which batches (version 8 on).
        public var recordErrors: [RecordError] = []
        /// Why the request failed; nil for none (version 8 on).
        public var errorMessage: String?

        /// Success at no offset.
        public init() {}

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&index, "index")
            try coder.integer(&errorCode, "errorCode")
            try coder.integer(&baseOffset, "baseOffset")
            if coder.version >= 2 { try coder.integer(&logAppendTimeMs, "logAppendTimeMs") }
            if coder.version >= 5 { try coder.integer(&logStartOffset, "logStartOffset") }
            if coder.version >= 8 {
                try coder.array(&recordErrors, "recordErrors")
                try coder.nullableString(&errorMessage, "errorMessage")
            }
            try coder.tags()
        }
    }

    /// What is wrong with one batch (KIP-467).
    public struct RecordError: FieldCodable, Sendable, Equatable {
        /// Index of the record or batch.
        public var batchIndex: Int32 = 0
        /// Why.
        public var message: String?

        /// No reason.
        public init() {}

        /// The record `batchIndex` and why it was refused.
        public init(batchIndex: Int32, message: String?) {
            self.batchIndex = batchIndex
            self.message = message
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&batchIndex, "batchIndex")
            try coder.nullableString(&message, "batchIndexErrorMessage")
            try coder.tags()
        }
    }

    /// Answers by topic.
    public var topics: [Topic] = []
    /// How long the client is asked to wait, milliseconds (version 1 on).
    public var throttleTimeMs: Int32 = 0

    /// An empty answer.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.array(&topics, "responses")
        if coder.version >= 1 { try coder.integer(&throttleTimeMs, "throttleTimeMs") }
        try coder.tags()
    }
}
