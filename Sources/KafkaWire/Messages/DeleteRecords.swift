/// DeleteRecords (api 21), request versions 0 to 2.
///
/// Version 2 is flexible.
public struct DeleteRecordsRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = DeleteRecordsResponse
    /// DeleteRecords.
    public static let apiKey = APIKey.deleteRecords
    /// 0 to 2.
    public static let versions: ClosedRange<Int16> = 0...2

    /// One topic.
    public typealias Topic = PartitionsOfTopic<Partition>

    /// One partition.
    public struct Partition: FieldCodable, Sendable, Equatable {
        /// Partition index.
        public var partitionIndex: Int32 = 0
        /// First offset to keep; -1 for the high watermark.
        public var offset: Int64 = 0

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(partitionIndex: Int32 = 0, offset: Int64 = 0) {
            self.partitionIndex = partitionIndex
            self.offset = offset
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&partitionIndex, "partitionIndex")
            try coder.integer(&offset, "offset")
            try coder.tags()
        }
    }

    /// What to delete.
    public var topics: [Topic] = []
    /// How long the broker may take, milliseconds.
    public var timeoutMs: Int32 = 60000

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.array(&topics, "topics")
        try coder.integer(&timeoutMs, "timeoutMs")
        try coder.tags()
    }
}

/// DeleteRecords (api 21), response versions 0 to 2.
public struct DeleteRecordsResponse: KafkaMessage, Equatable {
    /// DeleteRecords.
    public static let apiKey = APIKey.deleteRecords
    /// 0 to 2.
    public static let versions: ClosedRange<Int16> = 0...2

    /// One topic.
    public typealias Topic = PartitionsOfTopic<Partition>

    /// One partition.
    public struct Partition: FieldCodable, Sendable, Equatable {
        /// Partition index.
        public var partitionIndex: Int32 = 0
        /// The first offset of the log now.
        public var lowWatermark: Int64 = -1
        /// Error; 0 for success.
        public var errorCode: Int16 = 0

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(partitionIndex: Int32 = 0, lowWatermark: Int64 = -1, errorCode: Int16 = 0) {
            self.partitionIndex = partitionIndex
            self.lowWatermark = lowWatermark
            self.errorCode = errorCode
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&partitionIndex, "partitionIndex")
            try coder.integer(&lowWatermark, "lowWatermark")
            try coder.integer(&errorCode, "errorCode")
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
        try coder.integer(&throttleTimeMs, "throttleTimeMs")
        try coder.array(&topics, "topics")
        try coder.tags()
    }
}
