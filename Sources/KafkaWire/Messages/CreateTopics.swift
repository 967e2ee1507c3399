/// CreateTopics (api 19), request versions 0 to 7.
///
/// Version 5 is flexible and returns the configuration, 7 the topic's id.
public struct CreateTopicsRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = CreateTopicsResponse
    /// CreateTopics.
    public static let apiKey = APIKey.createTopics
    /// 0 to 7.
    public static let versions: ClosedRange<Int16> = 0...7

    /// One topic to create.
    public struct Topic: FieldCodable, Sendable, Equatable {
        /// Name.
        public var name = ""
        /// Partitions; -1 for the broker's default or with assignments.
        public var numPartitions: Int32 = -1
        /// Replicas of each partition; -1 for the broker's default or with assignments.
        public var replicationFactor: Int16 = -1
        /// Replicas by hand; empty to let the broker choose.
        public var assignments: [Assignment] = []
        /// Topic settings.
        public var configs: [Config] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            name: String = "", numPartitions: Int32 = -1, replicationFactor: Int16 = -1, assignments: [Assignment] = [],
            configs: [Config] = []
        ) {
            self.name = name
            self.numPartitions = numPartitions
            self.replicationFactor = replicationFactor
            self.assignments = assignments
            self.configs = configs
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&name, "name")
            try coder.integer(&numPartitions, "numPartitions")
            try coder.integer(&replicationFactor, "replicationFactor")
            try coder.array(&assignments, "assignments")
            try coder.array(&configs, "configs")
            try coder.tags()
        }
    }

    /// The replicas of one partition.
    public struct Assignment: FieldCodable, Sendable, Equatable {
        /// Partition index.
        public var partitionIndex: Int32 = 0
        /// Nodes; the first is the preferred leader.
        public var brokerIDs: [Int32] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(partitionIndex: Int32 = 0, brokerIDs: [Int32] = []) {
            self.partitionIndex = partitionIndex
            self.brokerIDs = brokerIDs
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&partitionIndex, "partitionIndex")
            try coder.array(&brokerIDs, "brokerIds")
            try coder.tags()
        }
    }

    /// One topic setting.
    public struct Config: FieldCodable, Sendable, Equatable {
        /// Name.
        public var name = ""
        /// Value; nil for the default.
        public var value: String?

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(name: String = "", value: String? = nil) {
            self.name = name
            self.value = value
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&name, "name")
            try coder.nullableString(&value, "value")
            try coder.tags()
        }
    }

    /// The topics to create.
    public var topics: [Topic] = []
    /// How long the broker may take, milliseconds.
    public var timeoutMs: Int32 = 60000
    /// Whether only to check.
    public var validateOnly = false

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.array(&topics, "topics")
        try coder.integer(&timeoutMs, "timeoutMs")
        if coder.version >= 1 { try coder.boolean(&validateOnly, "validateOnly") }
        try coder.tags()
    }
}

/// CreateTopics (api 19), response versions 0 to 7.
public struct CreateTopicsResponse: KafkaMessage, Equatable {
    /// CreateTopics.
    public static let apiKey = APIKey.createTopics
    /// 0 to 7.
    public static let versions: ClosedRange<Int16> = 0...7

    /// What became of one topic.
    public struct Topic: FieldCodable, Sendable, Equatable {
        /// Name.
        public var name = ""
        /// Id.
        public var topicID: KafkaUUID = .zero
        /// Error; 0 for success.
        public var errorCode: Int16 = 0
        /// Why it failed; nil for none.
        public var errorMessage: String?
        /// Partitions.
        public var numPartitions: Int32 = -1
        /// Replicas of each partition.
        public var replicationFactor: Int16 = -1
        /// The settings; nil when not known.
        public var configs: [Config]?

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            name: String = "", topicID: KafkaUUID = .zero, errorCode: Int16 = 0, errorMessage: String? = nil,
            numPartitions: Int32 = -1, replicationFactor: Int16 = -1, configs: [Config]? = nil
        ) {
            self.name = name
            self.topicID = topicID
            self.errorCode = errorCode
            self.errorMessage = errorMessage
            self.numPartitions = numPartitions
            self.replicationFactor = replicationFactor
            self.configs = configs
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&name, "name")
            if coder.version >= 7 { try coder.uuid(&topicID, "topicId") }
            try coder.integer(&errorCode, "errorCode")
            if coder.version >= 1 { try coder.nullableString(&errorMessage, "errorMessage") }
            if coder.version >= 5 { try coder.integer(&numPartitions, "numPartitions") }
            if coder.version >= 5 { try coder.integer(&replicationFactor, "replicationFactor") }
            if coder.version >= 5 { try coder.nullableArray(&configs, "configs") }
            try coder.tags()
        }
    }

    /// One setting of the new topic.
    public struct Config: FieldCodable, Sendable, Equatable {
        /// Name.
        public var name = ""
        /// Value.
        public var value: String?
        /// True when it cannot be changed.
        public var readOnly = false
        /// Where the value comes from.
        public var configSource: Int8 = -1
        /// True for secrets.
        public var isSensitive = false

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            name: String = "", value: String? = nil, readOnly: Bool = false, configSource: Int8 = -1,
            isSensitive: Bool = false
        ) {
            self.name = name
            self.value = value
            self.readOnly = readOnly
            self.configSource = configSource
            self.isSensitive = isSensitive
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&name, "name")
            try coder.nullableString(&value, "value")
            try coder.boolean(&readOnly, "readOnly")
            try coder.integer(&configSource, "configSource")
            try coder.boolean(&isSensitive, "isSensitive")
            try coder.tags()
        }
    }

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// What became of each topic.
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
