import KafkaWire
import Logging

/// `crosswind broker`: one node or a cluster of a few, alone, until a signal ends it.
public struct BrokerService: Sendable {
    /// `HOST:PORT` to listen on; port 0 picks a free one.
    public var listen: String
    /// `HOST:PORT` that clients are told to connect to; nil: where it listens.
    public var advertise: String?
    /// How many nodes: the next ports are theirs, or free ones where ``listen`` leaves the choice.
    public var nodes: Int
    /// Release to play, for example `4.3`.
    public var release: String
    /// Topics as `NAME:PARTITIONS` or `NAME`.
    public var topics: [String]
    /// Broker properties as `KEY=VALUE`.
    public var properties: [String]
    /// Where refusals are told.
    public var logger: Logger

    /// A service of these settings.
    public init(
        listen: String, advertise: String? = nil, nodes: Int = 1, release: String = Release.standard.description,
        topics: [String] = [],
        properties: [String] = [], logger: Logger
    ) {
        self.listen = listen
        self.advertise = advertise
        self.nodes = nodes
        self.release = release
        self.topics = topics
        self.properties = properties
        self.logger = logger
    }

    /// A setting that cannot be used: a usage error.
    public struct UsageError: Error, Sendable, CustomStringConvertible {
        /// What is wrong and what would be right.
        public var description: String
    }

    /// A property that has no effect with the release: refused, as in a scenario.
    public struct PropertyWithoutEffect: Error, Sendable {
        /// The property's name.
        public var name: String
        /// The release that is played.
        public var release: Release
        /// The names that have an effect, sorted.
        public var known: [String]
    }

    /// The cluster that the settings describe.
    ///
    /// - Throws: ``UsageError``, ``PropertyWithoutEffect``.
    public func configuration() throws -> BrokerConfiguration {
        let (host, port) = try Self.address(listen, "listen")
        guard let release = Release(release) else {
            throw UsageError(
                description: "release \(release): wanted an Apache Kafka release: "
                    + Release.known.joined(separator: ", "))
        }
        var values: [String: String] = [:]
        for property in properties {
            guard let equals = property.firstIndex(of: "="), equals > property.startIndex else {
                throw UsageError(description: "config \(property): wanted KEY=VALUE")
            }
            values[String(property[..<equals])] = String(property[property.index(after: equals)...])
        }
        let known = BrokerPropertyNames(release: release).broker
        for name in values.keys.sorted() where !known.contains(name) {
            throw PropertyWithoutEffect(name: name, release: release, known: known)
        }
        let named = try advertise.map { try Self.address($0, "advertise") }
        let advertised = named?.0 ?? Self.reachable(host)
        guard (1...9).contains(nodes), port == 0 || port + nodes - 1 <= Int(UInt16.max) else {
            throw UsageError(description: "nodes \(nodes): wanted 1 to 9, each with a port from \(port) on")
        }
        let list = (0..<nodes).map { index in
            BrokerConfiguration.Node(
                id: Int32(index + 1), advertisedHost: advertised, advertisedPort: named.map { $0.1 + index } ?? 0,
                listen: .address(host: host, port: port == 0 ? 0 : port + index))
        }
        var result = BrokerConfiguration(
            release: release, nodes: list, topics: try topics.map(Self.topic), properties: values, logger: logger)
        result.eventLoopThreads = 1
        return result
    }

    private static func reachable(_ host: String) -> String { host == "0.0.0.0" ? "127.0.0.1" : host }

    private static func address(_ text: String, _ option: String) throws -> (String, Int) {
        // A listener may leave out its host, which means every address.
        guard let place = HostPort(text.hasPrefix(":") ? "*" + text : text, ports: 0...UInt16.max) else {
            throw UsageError(description: "\(option) \(text): wanted HOST:PORT, for example 127.0.0.1:9092")
        }
        return (place.host == "*" ? "0.0.0.0" : place.host, Int(place.port))
    }

    private static func topic(_ text: String) throws -> BrokerConfiguration.Topic {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), !parts[0].isEmpty else {
            throw UsageError(description: "topic \(text): wanted NAME:PARTITIONS")
        }
        guard parts.count == 2 else { return .init(name: String(parts[0])) }
        guard let partitions = Int(parts[1]), (1...100_000).contains(partitions) else {
            throw UsageError(description: "topic \(text): wanted NAME:PARTITIONS, partitions from 1 to 100000")
        }
        return .init(name: String(parts[0]), partitions: partitions)
    }

    /// Serves until `untilEnd` returns.
    ///
    /// - Parameters:
    ///   - ready: called once when connections are accepted, with `HOST:PORT` of each node, comma separated.
    ///   - untilEnd: blocks as long as the broker shall serve.
    /// - Throws: ``UsageError``, ``PropertyWithoutEffect``, ``BrokerConfigurationError`` or ``ListenError``.
    public func run(ready: (String) -> Void, untilEnd: () -> Void) throws {
        let configuration = try configuration()
        let cluster = try EmbeddedCluster.launch(configuration)
        let host = Self.reachable(try Self.address(listen, "listen").0)
        ready(try configuration.nodes.map { "\(host):\(try cluster.port(of: $0.id))" }.joined(separator: ","))
        untilEnd()
        cluster.end()
    }
}
