import KafkaWire

/// The broker under test: section `broker`.
public struct BrokerSpec: Sendable, Equatable {
    /// Where the broker comes from.
    public var kind: Kind
    /// The Apache Kafka release whose rules the embedded broker plays, or the image's release; nil: the default.
    public var release: String?
    /// How many nodes a cluster can have.
    public static let nodeCounts = 1...9

    /// Number of broker nodes.
    public var nodes: Int
    /// Topics created before the run; at least one.
    public var topics: [Topic]
    /// Broker properties, by Kafka's names.
    public var config: [String: String]
    /// What the key of its own says that a kind has (``Kind/option``): a command's words, addresses, or one text; empty
    /// where it is not given.
    public var option: [String]
    /// The image of the containers, with its tag, where the kind has any; nil: the one that `release` names, or the kind's
    /// own.
    public var image: String?
    /// Put before every topic's name in the cell, `{run}` in it replaced by what no other cell of any run has; nil: nothing.
    public var topicPrefix: String?
    /// How long the broker may take until it answers.
    public var readyWithin: Duration
    /// How the harness's own client logs in, for topics and read-back; nil: not at all.
    public var login: Login?
    /// Where every node listens in plain text for the harness's own client; nil: where clients connect to.
    public var plaintextPort: Int?

    /// SASL PLAIN words.
    public struct Login: Sendable, Equatable {
        /// User name.
        public var username: String
        /// Password.
        public var password: String

        /// A user and the password.
        public init(username: String, password: String) {
            self.username = username
            self.password = password
        }
    }

    /// A kind of broker as scenario files see it.
    public struct Kind: Sendable, Equatable {
        /// The word of `broker.kind`.
        public let name: String
        /// The key of the section that only this kind has; nil for none.
        public let option: Option?

        /// A key of its own.
        public struct Option: Sendable, Equatable {
            /// The key.
            public let key: String
            /// What its value is.
            public let form: Form
            /// Whether the kind is nothing without it.
            public let isRequired: Bool

            /// What a value is.
            public enum Form: Sendable {
                /// A program and its arguments.
                case commandLine
                /// `host:port`, or one for each node, comma separated.
                case addresses
                /// Any text.
                case text
            }

            /// Describes a key.
            public init(_ key: String, _ form: Form, isRequired: Bool) {
                self.key = key
                self.form = form
                self.isRequired = isRequired
            }
        }

        /// Describes a kind.
        public init(_ name: String, option: Option? = nil) {
            self.name = name
            self.option = option
        }

        /// Ours, inside the cell's process: the kind of a scenario that names none.
        public static let embedded = Kind("embedded")
    }

    /// A topic created before the run.
    public struct Topic: Sendable, Equatable {
        /// Name.
        public var name: String
        /// Number of partitions.
        public var partitions: Int
        /// Replicas of each partition; at most the number of nodes.
        public var replicas: Int
        /// Topic properties, by Kafka's names.
        public var config: [String: String]

        /// Makes a topic.
        public init(name: String, partitions: Int, replicas: Int = 1, config: [String: String] = [:]) {
            self.name = name
            self.partitions = partitions
            self.replicas = replicas
            self.config = config
        }
    }

    /// The embedded broker with one topic `orders` of one partition.
    public init() {
        kind = .embedded
        release = nil
        nodes = 1
        topics = [Topic(name: "orders", partitions: 1)]
        config = [:]
        option = []
        readyWithin = .seconds(30)
        login = nil
        plaintextPort = nil
    }

    /// The section's keys: those of every kind, and each kind's own.
    static func keys(_ rules: ScenarioRules) -> [String] {
        [
            "kind", "release", "nodes", "topics", "config", "ready_within", "login", "plaintext_port", "image",
            "topic_prefix",
        ]
            + rules.brokerKinds.compactMap(\.option?.key)
    }

    static let topicKeys = ["name", "partitions", "replicas", "config"]

    /// Decodes the section. What cannot be decoded keeps its default and is noted.
    init(_ value: ScenarioValue?, rules: ScenarioRules, errors: inout ErrorCollector) {
        self.init()
        guard let value else { return }
        errors.attempt { try value.requireKnownKeys(Self.keys(rules)) }
        if let kindValue = value["kind"] {
            let name = errors.attempt { try kindValue.choice(of: rules.brokerKinds.map(\.name)) }
            kind = rules.brokerKinds.first { $0.name == name } ?? kind
        }
        if let releaseValue = value["release"] {
            release = errors.attempt { try Self.release(releaseValue, kind: kind, rules: rules) }
        }
        if let nodesValue = value["nodes"] {
            nodes = errors.attempt { try nodesValue.count(in: Self.nodeCounts) } ?? nodes
        }
        config = PropertyMap.decode(value["config"], errors: &errors)
        if let topicsValue = value["topics"] {
            topics = Self.topics(topicsValue, nodes: nodes, errors: &errors)
        } else {
            topics[0].replicas = min(3, nodes)
        }
        if let ready = value["ready_within"] {
            readyWithin = errors.attempt { try ready.duration(in: .milliseconds(100)...(.seconds(600))) } ?? readyWithin
        }
        if let imageValue = value["image"] { image = errors.attempt { try imageValue.text() } }
        if let prefix = value["topic_prefix"] {
            topicPrefix = errors.attempt { try TopicName.prefix(prefix, topics) }
        }
        decodeAccess(value, errors: &errors)
        decodeKindOption(value, rules.brokerKinds, errors: &errors)
    }

    private mutating func decodeAccess(_ value: ScenarioValue, errors: inout ErrorCollector) {
        if let loginValue = value["login"] {
            errors.attempt { try loginValue.requireKnownKeys(["username", "password"]) }
            login = errors.attempt {
                Login(
                    username: try loginValue.required("username").text(),
                    password: try loginValue.required("password").text())
            }
        }
        if let portValue = value["plaintext_port"] {
            plaintextPort = errors.attempt { try portValue.count(in: 1...65535) }
            if kind == .embedded {
                errors.add(portValue.error("'plaintext_port' is for brokers that are not ours: ours speak no TLS"))
            }
        }
    }

    private mutating func decodeKindOption(
        _ value: ScenarioValue, _ kinds: [Kind], errors: inout ErrorCollector
    ) {
        for other in kinds where other != kind {
            guard let key = other.option?.key, let option = value[key] else { continue }
            errors.add(option.error("'\(key)' goes with kind '\(other.name)', and this broker is '\(kind.name)'"))
        }
        guard let own = kind.option else { return }
        guard let given = value[own.key] else {
            if own.isRequired { errors.add(value.error("a broker of kind '\(kind.name)' needs '\(own.key)'")) }
            return
        }
        let nodes = nodes
        option =
            errors.attempt {
                switch own.form {
                case .commandLine: try given.commandLine()
                case .addresses: try Self.addresses(given, nodes: nodes)
                case .text: [try given.text()]
                }
            } ?? []
    }

    private static func release(_ value: ScenarioValue, kind: Kind, rules: ScenarioRules) throws -> String {
        if kind == .embedded, let releases = rules.releases {
            if let text = try? value.text(), rules.playsRelease(text) { return text }
            return try value.choice(of: releases)
        }
        let text = try value.text()
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (2...4).contains(parts.count), parts.allSatisfy({ DecimalText.whole(String($0)) ?? -1 >= 0 }) else {
            throw value.error("\(value.shown) is not a release", allowed: "for example 4.3 or 1.0.1")
        }
        return text
    }

    private static func addresses(_ value: ScenarioValue, nodes: Int) throws -> [String] {
        let text = try value.text()
        let addresses = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        for address in addresses where HostPort(address) == nil {
            throw value.error(
                "'\(address.prefix(60))' is not an address", allowed: "host:port, for example 127.0.0.1:9092")
        }
        guard addresses.count == 1 || addresses.count == nodes else {
            throw value.error(
                "\(addresses.count) addresses for \(nodes) nodes",
                allowed: "one address, or one for each node in the order of the brokers' ids")
        }
        return addresses
    }

    private static func topics(_ value: ScenarioValue, nodes: Int, errors: inout ErrorCollector) -> [Topic] {
        guard let values = errors.attempt({ try value.sequence() }) else { return [] }
        if values.isEmpty { errors.add(value.error("no topic is given", allowed: "at least one topic")) }
        var topics: [Topic] = []
        for value in values {
            errors.attempt { try value.requireKnownKeys(topicKeys) }
            guard case .mapping = value.content else { continue }
            let name = errors.attempt { try TopicName.decode(value.required("name")) } ?? ""
            if !name.isEmpty, topics.contains(where: { $0.name == name }) {
                errors.add((value["name"] ?? value).error("the topic '\(name)' is given twice"))
            }
            var topic = Topic(name: name, partitions: 1, replicas: min(3, nodes))
            if let partitions = value["partitions"] {
                topic.partitions = errors.attempt { try partitions.count(in: 1...1000) } ?? 1
            }
            if let replicas = value["replicas"] {
                topic.replicas = errors.attempt { try replicas.count(in: 1...nodes) } ?? 1
            }
            topic.config = PropertyMap.decode(value["config"], errors: &errors)
            topics.append(topic)
        }
        return topics
    }
}
