/// Metadata (api 3), request versions 0 to 13.
///
/// Version 9 is flexible, 10 brings topic ids, 13 an error code of its own.
public struct MetadataRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = MetadataResponse
    /// Metadata.
    public static let apiKey = APIKey.metadata
    /// 0 to 13.
    public static let versions: ClosedRange<Int16> = 0...13

    /// One topic asked for.
    public struct Topic: FieldCodable, Sendable, Equatable {
        /// Id; zero to ask by name.
        public var topicID: KafkaUUID = .zero
        /// Name; nil to ask by id (version 10 on).
        public var name: String?

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(topicID: KafkaUUID = .zero, name: String? = nil) {
            self.topicID = topicID
            self.name = name
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            if coder.version >= 10 { try coder.uuid(&topicID, "topicId") }
            if coder.version >= 10 {
                try coder.nullableString(&name, "name")
            } else {
                var text = name ?? ""
                try coder.string(&text, "name")
                name = text
            }
            try coder.tags()
        }
    }

    /// Topics asked for; nil for all. In version 0 an empty list means all.
    public var topics: [Topic]?
    /// Whether the broker may create what does not exist.
    public var allowAutoTopicCreation = true
    /// Whether to list what the client may do to the cluster.
    public var includeClusterAuthorizedOperations = false
    /// Whether to list what the client may do to each topic.
    public var includeTopicAuthorizedOperations = false

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.nullableArray(&topics, "topics")
        if coder.version >= 4 { try coder.boolean(&allowAutoTopicCreation, "allowAutoTopicCreation") }
        if coder.version >= 8, coder.version <= 10 {
            try coder.boolean(&includeClusterAuthorizedOperations, "includeClusterAuthorizedOperations")
        }
        if coder.version >= 8 {
            try coder.boolean(&includeTopicAuthorizedOperations, "includeTopicAuthorizedOperations")
        }
        try coder.tags()
    }
}

/// Metadata (api 3), response versions 0 to 13.
public struct MetadataResponse: KafkaMessage, Equatable {
    /// Metadata.
    public static let apiKey = APIKey.metadata
    /// 0 to 13.
    public static let versions: ClosedRange<Int16> = 0...13

    /// One node.
    public struct Broker: FieldCodable, Sendable, Equatable {
        /// Node id.
        public var nodeID: Int32 = 0
        /// Advertised host.
        public var host = ""
        /// Advertised port.
        public var port: Int32 = 0
        /// Rack; nil for none.
        public var rack: String?

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(nodeID: Int32 = 0, host: String = "", port: Int32 = 0, rack: String? = nil) {
            self.nodeID = nodeID
            self.host = host
            self.port = port
            self.rack = rack
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&nodeID, "nodeId")
            try coder.string(&host, "host")
            try coder.integer(&port, "port")
            if coder.version >= 1 { try coder.nullableString(&rack, "rack") }
            try coder.tags()
        }
    }

    /// One topic.
    public struct Topic: FieldCodable, Sendable, Equatable {
        /// Error; 0 for success.
        public var errorCode: Int16 = 0
        /// Name; nil when asked for by an unknown id (version 12 on).
        public var name: String?
        /// Id.
        public var topicID: KafkaUUID = .zero
        /// True for the broker's own topics.
        public var isInternal = false
        /// The partitions.
        public var partitions: [Partition] = []
        /// What the client may do to the topic; Int32.min when not asked for.
        public var topicAuthorizedOperations: Int32 = .min

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            errorCode: Int16 = 0, name: String? = nil, topicID: KafkaUUID = .zero, isInternal: Bool = false,
            partitions: [Partition] = [], topicAuthorizedOperations: Int32 = .min
        ) {
            self.errorCode = errorCode
            self.name = name
            self.topicID = topicID
            self.isInternal = isInternal
            self.partitions = partitions
            self.topicAuthorizedOperations = topicAuthorizedOperations
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&errorCode, "errorCode")
            if coder.version >= 12 {
                try coder.nullableString(&name, "name")
            } else {
                var text = name ?? ""
                try coder.string(&text, "name")
                name = text
            }
            if coder.version >= 10 { try coder.uuid(&topicID, "topicId") }
            if coder.version >= 1 { try coder.boolean(&isInternal, "isInternal") }
            try coder.array(&partitions, "partitions")
            if coder.version >= 8 { try coder.integer(&topicAuthorizedOperations, "topicAuthorizedOperations") }
            try coder.tags()
        }
    }

    /// One partition.
    public struct Partition: FieldCodable, Sendable, Equatable {
        /// Error; 0 for success.
        public var errorCode: Int16 = 0
        /// Partition index.
        public var partitionIndex: Int32 = 0
        /// Node that leads; -1 for none.
        public var leaderID: Int32 = -1
        /// Counts the partition's leaders.
        public var leaderEpoch: Int32 = -1
        /// Nodes that hold a replica.
        public var replicaNodes: [Int32] = []
        /// Nodes in sync with the leader.
        public var isrNodes: [Int32] = []
        /// Nodes with a replica that are down.
        public var offlineReplicas: [Int32] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            errorCode: Int16 = 0, partitionIndex: Int32 = 0, leaderID: Int32 = -1, leaderEpoch: Int32 = -1,
            replicaNodes: [Int32] = [], isrNodes: [Int32] = [], offlineReplicas: [Int32] = []
        ) {
            self.errorCode = errorCode
            self.partitionIndex = partitionIndex
            self.leaderID = leaderID
            self.leaderEpoch = leaderEpoch
            self.replicaNodes = replicaNodes
            self.isrNodes = isrNodes
            self.offlineReplicas = offlineReplicas
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&errorCode, "errorCode")
            try coder.integer(&partitionIndex, "partitionIndex")
            try coder.integer(&leaderID, "leaderId")
            if coder.version >= 7 { try coder.integer(&leaderEpoch, "leaderEpoch") }
            try coder.array(&replicaNodes, "replicaNodes")
            try coder.array(&isrNodes, "isrNodes")
            if coder.version >= 5 { try coder.array(&offlineReplicas, "offlineReplicas") }
            try coder.tags()
        }
    }

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// Every node of the cluster.
    public var brokers: [Broker] = []
    /// Name of the cluster.
    public var clusterID: String?
    /// Node that is the controller; -1 for none.
    public var controllerID: Int32 = -1
    /// The topics.
    public var topics: [Topic] = []
    /// What the client may do to the cluster; Int32.min when not asked for.
    public var clusterAuthorizedOperations: Int32 = .min
    /// Error of the whole request.
    public var errorCode: Int16 = 0

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version >= 3 { try coder.integer(&throttleTimeMs, "throttleTimeMs") }
        try coder.array(&brokers, "brokers")
        if coder.version >= 2 { try coder.nullableString(&clusterID, "clusterId") }
        if coder.version >= 1 { try coder.integer(&controllerID, "controllerId") }
        try coder.array(&topics, "topics")
        if coder.version >= 8, coder.version <= 10 {
            try coder.integer(&clusterAuthorizedOperations, "clusterAuthorizedOperations")
        }
        if coder.version >= 13 { try coder.integer(&errorCode, "errorCode") }
        try coder.tags()
    }
}
