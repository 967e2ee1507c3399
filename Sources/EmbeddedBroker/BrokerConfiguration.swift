import Logging

/// What a cluster of embedded brokers is to be.
public struct BrokerConfiguration: Sendable {
    /// Where a node listens.
    public enum Listen: Sendable, Equatable {
        /// An IPv4 address and a port; port 0 picks a free one.
        case address(host: String, port: Int)
        /// A socket that is already bound and listening, for example in another network namespace. The cluster takes it
        /// over and closes it at the end.
        case socket(Int32)
    }

    /// One node.
    public struct Node: Sendable, Equatable {
        /// Node id, unique in the cluster.
        public var id: Int32
        /// Host that Metadata names; clients connect to it.
        public var advertisedHost: String
        /// Port that Metadata names; 0 stands for the port that the node listens on.
        public var advertisedPort: Int
        /// Where the node listens.
        public var listen: Listen

        /// A node.
        public init(id: Int32, advertisedHost: String, advertisedPort: Int = 0, listen: Listen) {
            self.id = id
            self.advertisedHost = advertisedHost
            self.advertisedPort = advertisedPort
            self.listen = listen
        }
    }

    /// One topic that exists from the start.
    public struct Topic: Sendable, Equatable {
        /// Name.
        public var name: String
        /// Number of partitions.
        public var partitions: Int
        /// Replicas of each partition; leaders are spread over the nodes.
        public var replicationFactor: Int
        /// Topic properties by Kafka's names.
        public var properties: [String: String]

        /// A topic.
        public init(
            name: String, partitions: Int = 1, replicationFactor: Int = 1, properties: [String: String] = [:]
        ) {
            self.name = name
            self.partitions = partitions
            self.replicationFactor = replicationFactor
            self.properties = properties
        }
    }

    /// Bounds that keep hostile or careless peers from taking the process down.
    public struct Limits: Sendable, Equatable {
        /// Open connections of all nodes; further ones are closed at once.
        public var connections = 4096
        /// Largest request, bytes; Kafka's `socket.request.max.bytes`.
        public var requestBytes = 104_857_600
        /// Request bytes that all connections together may hold; beyond, the one that brings more is closed.
        public var requestMemoryBytes = 1 << 30
        /// Answer bytes that a connection may leave unread before it is no longer read from.
        public var unsentBytes = 4 << 20
        /// Record bytes of all logs together, replicas counted once; beyond, Produce is answered with 56.
        public var logBytes = 4 << 30
        /// Partitions of all topics.
        public var partitions = 100_000
        /// Transactional ids, and consumer groups; beyond, their coordinator is not available (15).
        public var coordinated = 100_000
        /// Members of a group; beyond, 81 GROUP_MAX_SIZE_REACHED.
        public var groupMembers = 1_000

        /// The defaults.
        public init() {}
    }

    /// The release to play.
    public var release = Release.standard
    /// The nodes; at least one.
    public var nodes: [Node]
    /// Topics that exist from the start.
    public var topics: [Topic]
    /// Broker properties by Kafka's names.
    public var properties: [String: String]
    /// Threads that serve connections.
    public var eventLoopThreads = 1
    /// Bounds.
    public var limits = Limits()
    /// Where the broker says what it refused and why.
    public var logger: Logger

    /// A cluster of `nodes`.
    public init(
        release: Release = .standard, nodes: [Node], topics: [Topic] = [], properties: [String: String] = [:],
        logger: Logger = Logger(label: "crosswind.broker") { _ in SwiftLogNoOpLogHandler() }
    ) {
        self.release = release
        self.nodes = nodes
        self.topics = topics
        self.properties = properties
        self.logger = logger
    }
}

/// Broker-wide properties that the cluster acts upon, resolved from Kafka's names.
struct BrokerProperties: Sendable {
    var producerExpirationMs: Int64
    var producerExpirationCheckMs: Int64 = 600_000
    var retentionCheckMs: Int64 = 300_000
    var retentionInitialDelayMs: Int64 = 30_000
    var replicaLagMaxMs: Int64 = 30_000
    var replicaDelayMs: Int64 = 0
    var appendDelayMs: Int64 = 0
    var sessionTimeoutMs: Int64 = 9_000
    /// How long after the start InitProducerId is answered 14, as by a broker that still loads its coordinator's log.
    var coordinatorLoadMs: Int64 = 0
    /// How long after its creation a topic's leaders answer 6: Metadata names them before they know.
    var topicDelayMs: Int64 = 0
    /// How long a node takes to come back; below 0: as the way it went says.
    var restartMs: Int64 = -1
    var autoCreateTopics = true
    var defaultPartitions = 1
    var defaultReplicationFactor = 1
    var defects: Defects
    var coordinators: CoordinatorProperties

    init(_ properties: [String: String], release: Release) throws {
        try self.init(PropertyReader(broker: properties), release: release)
    }

    init(_ reader: PropertyReader, release: Release) throws {
        defects = try Defects(reader, release: release)
        coordinators = try CoordinatorProperties(reader, release: release)
        _ = try SaslSettings(reader)
        func int64(_ name: String, _ value: inout Int64) throws { try reader.int64("", name, into: &value) }
        producerExpirationMs = release.defaultProducerExpirationMs
        if !release.hasProducerExpirationSetting { try int64("transactional.id.expiration.ms", &producerExpirationMs) }
        try int64("producer.id.expiration.ms", &producerExpirationMs)
        try int64("producer.id.expiration.check.interval.ms", &producerExpirationCheckMs)
        try int64("log.retention.check.interval.ms", &retentionCheckMs)
        try int64("log.initial.task.delay.ms", &retentionInitialDelayMs)
        try int64("replica.lag.time.max.ms", &replicaLagMaxMs)
        try int64("broker.session.timeout.ms", &sessionTimeoutMs)
        try int64("crosswind.restart.ms", &restartMs)
        try int64("crosswind.coordinator.load.ms", &coordinatorLoadMs)
        try int64("crosswind.topic.delay.ms", &topicDelayMs)
        try int64("crosswind.replica.delay.ms", &replicaDelayMs)
        try int64("crosswind.append.delay.ms", &appendDelayMs)
        try reader.bool("", "auto.create.topics.enable", into: &autoCreateTopics)
        try reader.int("", "num.partitions", into: &defaultPartitions, 1...Int.max)
        try reader.int("", "default.replication.factor", into: &defaultReplicationFactor, 1...Int(Int16.max))
        for (name, value) in [
            ("producer.id.expiration.check.interval.ms", producerExpirationCheckMs),
            ("log.retention.check.interval.ms", retentionCheckMs), ("replica.lag.time.max.ms", replicaLagMaxMs),
        ] where value < 1 {
            throw BrokerConfigurationError(property: name, value: "\(value)", wanted: "a whole number from 1")
        }
    }
}
