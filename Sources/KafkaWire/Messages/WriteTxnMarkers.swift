/// WriteTxnMarkers (api 27), request versions 0 to 2.
///
/// From a coordinator to the leaders of a transaction's partitions (KIP-98). Version 1 is flexible, 2 says by which rules
/// the epoch is checked (KIP-890).
public struct WriteTxnMarkersRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = WriteTxnMarkersResponse
    /// WriteTxnMarkers.
    public static let apiKey = APIKey.writeTxnMarkers
    /// 0 to 2.
    public static let versions: ClosedRange<Int16> = 0...2

    /// One topic.
    public typealias Topic = PartitionIndexesOfTopic

    /// The end of one transaction.
    public struct Marker: FieldCodable, Sendable, Equatable {
        /// Producer id.
        public var producerID: Int64 = -1
        /// Producer epoch.
        public var producerEpoch: Int16 = -1
        /// True to commit, false to abort.
        public var transactionResult = false
        /// Where it is written.
        public var topics: [Topic] = []
        /// Epoch of the coordinator, which never falls.
        public var coordinatorEpoch: Int32 = 0
        /// `transaction.version` of the client that ended the transaction.
        public var transactionVersion: Int8 = 0

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            producerID: Int64 = -1, producerEpoch: Int16 = -1, transactionResult: Bool = false, topics: [Topic] = [],
            coordinatorEpoch: Int32 = 0, transactionVersion: Int8 = 0
        ) {
            self.producerID = producerID
            self.producerEpoch = producerEpoch
            self.transactionResult = transactionResult
            self.topics = topics
            self.coordinatorEpoch = coordinatorEpoch
            self.transactionVersion = transactionVersion
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&producerID, "producerId")
            try coder.integer(&producerEpoch, "producerEpoch")
            try coder.boolean(&transactionResult, "transactionResult")
            try coder.array(&topics, "topics")
            try coder.integer(&coordinatorEpoch, "coordinatorEpoch")
            if coder.version >= 2 { try coder.integer(&transactionVersion, "transactionVersion") }
            try coder.tags()
        }
    }

    /// The markers.
    public var markers: [Marker] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.array(&markers, "markers")
        try coder.tags()
    }
}

/// WriteTxnMarkers (api 27), response versions 0 to 2.
public struct WriteTxnMarkersResponse: KafkaMessage, Equatable {
    /// WriteTxnMarkers.
    public static let apiKey = APIKey.writeTxnMarkers
    /// 0 to 2.
    public static let versions: ClosedRange<Int16> = 0...2

    /// The answer for one partition.
    public typealias Partition = PartitionError

    /// One topic.
    public typealias Topic = PartitionsOfTopic<Partition>

    /// The answer for one marker.
    public struct Marker: FieldCodable, Sendable, Equatable {
        /// Producer id.
        public var producerID: Int64 = -1
        /// By topic.
        public var topics: [Topic] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            producerID: Int64 = -1, topics: [Topic] = []
        ) {
            self.producerID = producerID
            self.topics = topics
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&producerID, "producerId")
            try coder.array(&topics, "topics")
            try coder.tags()
        }
    }

    /// The answers.
    public var markers: [Marker] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.array(&markers, "markers")
        try coder.tags()
    }
}
