/// Which Kafka messages trigger a fault: `on: { response: Produce, nth: 20, topic: orders }`.
public struct MessageMatch: Sendable, Equatable {
    /// Request or response.
    public var kind: Kind
    /// Kafka api name, for example `Produce`.
    public var api: String
    /// Which of the messages that match the rest, in the order in which the link sees them.
    public var selection: Selection
    /// Only messages that concern this topic.
    public var topic: String?
    /// Only messages that concern this partition.
    public var partition: Int?
    /// Only messages with a batch of this producer id.
    public var producerID: Int64?
    /// Only messages with a batch of this base sequence.
    public var baseSequence: Int?
    /// Only responses that answer a partition with this error code.
    public var error: Int?
    /// Only messages to or from this broker node, from 1.
    public var node: Int?

    /// The two kinds of message.
    public enum Kind: String, Sendable, CaseIterable { case request, response }

    /// Which of the messages that match.
    public enum Selection: Sendable, Equatable {
        /// All of them.
        case all
        /// These, counted from 1.
        case nth([Int])
        /// Every n-th.
        case every(Int)
    }

    /// True for a response whose request decides: `producer_id` and `base_sequence` stand in requests only.
    public var isDecidedByRequest: Bool { kind == .response && (producerID != nil || baseSequence != nil) }

    /// How many faults of a cell may be decided by the request behind a response: the link keeps a bit for each with
    /// every request that waits for its answer.
    public static let mostByRequest = UInt64.bitWidth

    /// Makes a match.
    public init(kind: Kind, api: String, selection: Selection = .all) {
        self.kind = kind
        self.api = api
        self.selection = selection
    }

    static let keys = [
        "request", "response", "nth", "every", "topic", "partition", "producer_id", "base_sequence", "error", "node",
    ]

    /// Decodes `on`. Nil when not even the api could be read; everything wrong is noted.
    static func decode(
        _ value: ScenarioValue, nodes: Int, topics: [BrokerSpec.Topic], rules: ScenarioRules,
        errors: inout ErrorCollector
    ) -> MessageMatch? {
        errors.attempt { try value.requireKnownKeys(keys) }
        guard case .mapping = value.content else { return nil }
        let kind: Kind
        let apiValue: ScenarioValue
        switch (value["request"], value["response"]) {
        case (let request?, nil): (kind, apiValue) = (.request, request)
        case (nil, let response?): (kind, apiValue) = (.response, response)
        case (nil, nil):
            errors.add(value.error("no message is named", allowed: "request: Api or response: Api"))
            return nil
        case (_?, let response?):
            errors.add(response.error("one trigger matches either requests or responses", allowed: "one of the two"))
            return nil
        }
        let api = errors.attempt { try apiValue.choice(of: rules.apis) }
        var match = MessageMatch(kind: kind, api: api ?? "")
        match.selection = selection(value, errors: &errors)
        if let topic = value["topic"] { match.topic = errors.attempt { try topic.choice(of: topics.map(\.name)) } }
        if let partition = value["partition"] {
            let most = topics.filter { match.topic == nil || $0.name == match.topic }.map(\.partitions).max() ?? 1
            match.partition = errors.attempt { try partition.count(in: 0...(most - 1)) }
        }
        if let id = value["producer_id"] {
            match.producerID = errors.attempt { Int64(try id.count(in: 0...Int.max)) }
        }
        if let sequence = value["base_sequence"] {
            match.baseSequence = errors.attempt { try sequence.count(in: 0...Int(Int32.max)) }
        }
        if let error = value["error"] {
            if kind == .request { errors.add(error.error("a request carries no error code", allowed: "response: …")) }
            match.error = errors.attempt { try error.count(in: -1...200) }
        }
        if let node = value["node"] { match.node = errors.attempt { try node.count(in: 1...nodes) } }
        return api == nil ? nil : match
    }

    private static func selection(_ value: ScenarioValue, errors: inout ErrorCollector) -> Selection {
        switch (value["nth"], value["every"]) {
        case (nil, nil): return .all
        case (let nth?, nil):
            let values: [ScenarioValue]
            if case .sequence(let list) = nth.content { values = list } else { values = [nth] }
            let range = 1...1_000_000_000
            let numbers = values.compactMap { value in errors.attempt { try value.count(in: range) } }
            if values.isEmpty { errors.add(nth.error("no message is chosen", allowed: "a number from 1, or a list")) }
            return .nth(Set(numbers).sorted())
        case (nil, let every?):
            return .every(errors.attempt { try every.count(in: 1...1_000_000_000) } ?? 1)
        case (_?, let every?):
            errors.add(every.error("'nth' and 'every' exclude each other", allowed: "one of the two"))
            return .all
        }
    }

    /// For people: `response Produce nth 20, topic orders`.
    public var summary: String {
        var parts = ["\(kind.rawValue) \(api)"]
        switch selection {
        case .all: parts[0] += " each"
        case .nth(let numbers): parts[0] += " nth " + numbers.map(String.init).joined(separator: ", ")
        case .every(let n): parts[0] += " every \(n)"
        }
        if let topic { parts.append("topic \(topic)") }
        if let partition { parts.append("partition \(partition)") }
        if let producerID { parts.append("producer id \(producerID)") }
        if let baseSequence { parts.append("base sequence \(baseSequence)") }
        if let error { parts.append("error \(error)") }
        if let node { parts.append("node \(node)") }
        return parts.joined(separator: ", ")
    }
}
