/// The properties that a broker of a release acts upon: all others have no effect.
///
/// Not a list beside the code: the names are those that the code asks for when it resolves a configuration.
public struct BrokerPropertyNames: Sendable, Equatable {
    /// Names of the broker's own properties and of its defaults for topics, sorted.
    public var broker: [String]
    /// Names of a topic's properties, sorted.
    public var topic: [String]

    /// Those that the broker acts upon when it plays `release`.
    public init(release: Release) {
        let noted = Noted()
        let reader = PropertyReader(broker: [:], noting: noted)
        // Without a property nothing can be wrong with one.
        _ = try? BrokerProperties(reader, release: release)
        _ = try? TopicConfiguration(reader, release: release)
        broker = noted.broker.sorted()
        topic = noted.topic.sorted()
    }

    /// Whether transactions are served: a `transactional.id` is of no use without.
    public static let servesTransactions = true

    /// Collects names.
    final class Noted {
        private(set) var broker: Set<String> = []
        private(set) var topic: Set<String> = []

        /// Notes a property by its two names; an empty one is none.
        func note(topic topicName: String, broker brokerName: String) {
            if !topicName.isEmpty { topic.insert(topicName) }
            if !brokerName.isEmpty { broker.insert(brokerName) }
        }
    }
}

extension BrokerConfiguration {
    /// Checks the values of properties, as a cluster does before it starts.
    ///
    /// - Throws: ``BrokerConfigurationError`` for the first value that cannot be used.
    public static func check(
        release: Release, properties: [String: String], topics: [[String: String]]
    ) throws {
        _ = try BrokerProperties(properties, release: release)
        for topic in topics { _ = try TopicConfiguration(topic: topic, broker: properties, release: release) }
    }
}
