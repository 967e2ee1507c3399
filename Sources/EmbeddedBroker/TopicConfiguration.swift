/// The settings of a topic that this broker acts upon, resolved from the topic's and the broker's properties.
///
/// Names and meanings are Kafka's. A property that Kafka knows and this broker does not act upon is kept and returned,
/// and has no effect; ``BrokerPropertyNames`` lists those that have one, docs/broker.md too.
struct TopicConfiguration: Sendable, Equatable {
    var maxMessageBytes = 1_048_588
    var minInSyncReplicas = 1
    var usesLogAppendTime = false
    var isCompacted = false
    var isDeleted = true
    var timestampBeforeMaxMs = Int64.max
    var timestampAfterMaxMs = Int64.max
    var retentionMs: Int64 = 604_800_000
    var retentionBytes: Int64 = -1
    var segmentMs: Int64 = 604_800_000
    var segmentBytes = 1_073_741_824
    var convertsDown = true
    /// Magic of what is stored: 0, 1 or 2.
    var messageFormat: Int8 = 2
    var uncleanLeaderElection = false
    /// The topic's own properties as they were given.
    var properties: [String: String] = [:]

    /// Resolves `topic` over `broker` over the release's defaults.
    ///
    /// - Throws: ``BrokerConfigurationError`` naming the property whose value cannot be read.
    init(topic: [String: String], broker: [String: String], release: Release) throws {
        try self.init(PropertyReader(topic: topic, broker: broker), release: release)
    }

    init(_ reader: PropertyReader, release: Release) throws {
        properties = reader.topic
        timestampAfterMaxMs = release.defaultTimestampAfterMaxMs
        try reader.int("max.message.bytes", "message.max.bytes", into: &maxMessageBytes, 0...Int.max)
        try reader.int("min.insync.replicas", "min.insync.replicas", into: &minInSyncReplicas, 1...Int.max)
        try reader.int("segment.bytes", "log.segment.bytes", into: &segmentBytes, 14...Int.max)
        try reader.int64("retention.ms", "log.retention.ms", into: &retentionMs)
        try readHours(reader)
        try reader.int64("retention.bytes", "log.retention.bytes", into: &retentionBytes)
        try reader.int64("segment.ms", "log.roll.ms", into: &segmentMs)
        try readTimestampBounds(reader, release)
        try reader.choice(
            "message.timestamp.type", "log.message.timestamp.type", ["CreateTime", "LogAppendTime"]
        ) { usesLogAppendTime = $0 == "LogAppendTime" }
        if release.hasDownConversionSetting {
            try reader.bool("message.downconversion.enable", "log.message.downconversion.enable", into: &convertsDown)
        }
        if release.obeysMessageFormatVersion {
            if let text = reader.text("message.format.version", "log.message.format.version") {
                messageFormat = try Self.messageFormat(text, release)
            }
        } else if let text = reader.topic["message.format.version"] ?? reader.broker["log.message.format.version"] {
            // It has no effect, and must be readable all the same.
            _ = try Self.messageFormat(text, release)
        }
        try reader.bool(
            "unclean.leader.election.enable", "unclean.leader.election.enable", into: &uncleanLeaderElection)
        try readCleanupPolicy(reader)
    }

    /// Hours count where no milliseconds are named.
    private mutating func readHours(_ reader: PropertyReader) throws {
        let hours = reader.text("", "log.retention.hours")
        guard !reader.has("retention.ms", "log.retention.ms"), let hours else { return }
        guard let value = Int64(hours), value.magnitude < 1 << 40 else {
            throw BrokerConfigurationError(property: "log.retention.hours", value: hours, wanted: "a number of hours")
        }
        retentionMs = value < 0 ? -1 : value * 3_600_000
    }

    private mutating func readTimestampBounds(_ reader: PropertyReader, _ release: Release) throws {
        try reader.int64(
            "message.timestamp.before.max.ms", "log.message.timestamp.before.max.ms", into: &timestampBeforeMaxMs)
        try reader.int64(
            "message.timestamp.after.max.ms", "log.message.timestamp.after.max.ms", into: &timestampAfterMaxMs)
        if release.hasTimestampDifferenceSetting {
            // The setting that KIP-937 split in two; the new names win.
            let old = "message.timestamp.difference.max.ms"
            if reader.topic["message.timestamp.before.max.ms"] == nil {
                try reader.int64(old, "log." + old, into: &timestampBeforeMaxMs)
            }
            if reader.topic["message.timestamp.after.max.ms"] == nil {
                try reader.int64(old, "log." + old, into: &timestampAfterMaxMs)
            }
        }
    }

    private mutating func readCleanupPolicy(_ reader: PropertyReader) throws {
        if let policy = reader.text("cleanup.policy", "log.cleanup.policy") {
            let parts = policy.split(separator: ",").map { $0.filter { $0 != " " } }
            guard parts.allSatisfy({ $0 == "compact" || $0 == "delete" }) else {
                throw BrokerConfigurationError(
                    property: "cleanup.policy", value: policy, wanted: "compact, delete or both")
            }
            isCompacted = parts.contains("compact")
            isDeleted = parts.contains("delete")
        }
    }

    /// The magic of a `message.format.version`: 0 before 0.10, 1 before 0.11, else 2 (`ApiVersion.recordVersion`).
    private static func messageFormat(_ text: String, _ release: Release) throws -> Int8 {
        let numbers = text.split(separator: "-")[0].split(separator: ".", omittingEmptySubsequences: false)
        let parts = numbers.map { Int($0) ?? -1 }
        guard parts.count >= 2, parts.allSatisfy({ $0 >= 0 }), (parts[0], parts[1]) >= (0, 8),
            (parts[0], parts[1]) <= (release.major, release.minor)
        else {
            throw BrokerConfigurationError(
                property: "message.format.version", value: text, wanted: "a release from 0.8 to \(release)")
        }
        if parts[0] > 0 || parts[1] >= 11 { return 2 }
        return parts[1] == 10 ? 1 : 0
    }
}

/// A property whose value cannot be used.
public struct BrokerConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The property's name.
    public var property: String
    /// The value that was given.
    public var value: String
    /// What would have been right.
    public var wanted: String

    /// One line: what, and what is allowed.
    public var description: String { "\(property)=\(value): wanted \(wanted)" }
}

/// Reads typed properties: the topic's, then the broker's, else the value stays.
struct PropertyReader {
    let topic: [String: String]
    let broker: [String: String]
    /// Where every name that is asked for is noted; nil: nowhere.
    private let names: BrokerPropertyNames.Noted?

    init(topic: [String: String] = [:], broker: [String: String], noting names: BrokerPropertyNames.Noted? = nil) {
        self.topic = topic
        self.broker = broker
        self.names = names
    }

    private func value(_ topicName: String, _ brokerName: String) -> (String, String)? {
        names?.note(topic: topicName, broker: brokerName)
        if let value = topic[topicName] { return (topicName, value) }
        return broker[brokerName].map { (brokerName, $0) }
    }

    /// The text of a property; nil where neither has it.
    func text(_ topicName: String, _ brokerName: String) -> String? { value(topicName, brokerName)?.1 }

    /// Whether the topic or the broker has a property.
    func has(_ topicName: String, _ brokerName: String) -> Bool { value(topicName, brokerName) != nil }

    func int(_ topicName: String, _ brokerName: String, into result: inout Int, _ range: ClosedRange<Int>) throws {
        guard let (name, text) = value(topicName, brokerName) else { return }
        guard let number = Int(text), range.contains(number) else {
            throw BrokerConfigurationError(
                property: name, value: text, wanted: "a whole number from \(range.lowerBound)")
        }
        result = number
    }

    func int64(_ topicName: String, _ brokerName: String, into result: inout Int64) throws {
        guard let (name, text) = value(topicName, brokerName) else { return }
        guard let number = Int64(text), number >= -1 else {
            throw BrokerConfigurationError(property: name, value: text, wanted: "a whole number from -1")
        }
        result = number
    }

    func bool(_ topicName: String, _ brokerName: String, into result: inout Bool) throws {
        try choice(topicName, brokerName, ["true", "false"]) { result = $0 == "true" }
    }

    func choice(_ topicName: String, _ brokerName: String, _ allowed: [String], _ use: (String) -> Void) throws {
        guard let (name, text) = value(topicName, brokerName) else { return }
        guard allowed.contains(text) else {
            throw BrokerConfigurationError(
                property: name, value: text, wanted: allowed.joined(separator: " or "))
        }
        use(text)
    }
}
