/// A broker that takes the place of the one that scenarios name: `crosswind run --broker`. Its description is a file such as
/// `Brokers/NAME/broker.yaml` (docs/broker-recipes.md).
public struct BrokerOverride: Sendable, Equatable {
    /// What it is called in messages and in the record.
    public var name: String
    /// The text of its description: what a cell's process reads again.
    public var yaml: String
    /// One sentence on what it is.
    public var summary: String
    /// Whether, where and how it was tried.
    public var tried: String
    /// The section `broker` that takes the place of a scenario's, but for `topics`.
    private let section: ScenarioValue
    /// The release whose rules it says that it follows; nil: not known.
    private let plays: String?
    /// The numbers of nodes that it can have; nil: any.
    private let nodes: [Int]?
    /// The release of a client to take where a scenario names none, by the client's name: one that the broker can talk with.
    private let clients: [String: String]
    /// What it cannot do, by action, property or `transactions`, and why.
    private let cannot: [Refusal]

    private struct Refusal: Sendable, Equatable {
        let word: String
        let reason: String
    }

    /// A cell that the broker cannot run, and why.
    public struct LeftOut: Sendable, Equatable {
        /// The cell's id.
        public var cell: String
        /// One sentence.
        public var reason: String
    }

    /// Why a cell cannot run.
    struct Obstacle: Error { let reason: String }

    static let keys = ["broker", "plays", "nodes", "cannot", "clients", "summary", "tried"]

    /// Reads a description.
    ///
    /// - Parameters:
    ///   - yaml: its text.
    ///   - file: its name for locations.
    ///   - name: what to call the broker.
    /// - Throws: `ScenarioErrors`.
    public init(yaml: String, file: String, name: String) throws {
        var errors = ErrorCollector()
        let root = try ScenarioValue(yaml: yaml, file: file)
        errors.attempt { try root.requireKnownKeys(Self.keys) }
        self.name = name
        self.yaml = yaml
        section =
            errors.attempt {
                let section = try root.required("broker")
                _ = try section.mapping()
                if let topics = section["topics"] { throw topics.error("topics are the scenario's") }
                return section
            } ?? root
        plays = root["plays"].flatMap { value in errors.attempt { try value.text() } }
        nodes = root["nodes"].flatMap { value in
            errors.attempt { try value.sequence().map { try $0.count(in: BrokerSpec.nodeCounts) } }
        }
        summary = root["summary"].flatMap { value in errors.attempt { try value.line() } } ?? ""
        tried = root["tried"].flatMap { value in errors.attempt { try value.line() } } ?? "no"
        cannot =
            root["cannot"].flatMap { value in
                errors.attempt { try value.mapping().map { Refusal(word: $0.key, reason: try $0.value.line()) } }
            } ?? []
        clients =
            root["clients"].flatMap { value in
                errors.attempt {
                    Dictionary(uniqueKeysWithValues: try value.mapping().map { ($0.key, try $0.value.text()) })
                }
            } ?? [:]
        try errors.throwIfAny()
    }

    /// What it cannot do, and why, in the order of the description.
    public var refusals: [(word: String, reason: String)] { cannot.map { ($0.word, $0.reason) } }

    /// The scenario's values with this broker in place of theirs.
    ///
    /// - Throws: ``Obstacle`` where it cannot take that place.
    func apply(to root: ScenarioValue) throws -> ScenarioValue {
        let own = root["broker"]
        try checkKind(own)
        let count = try nodeCount(own)
        var entries: [ScenarioValue.Entry] = []
        for entry in mapping(section) where entry.key != "nodes" { entries.append(entry) }
        entries.append(made("nodes", scalar("\(count)")))
        entries.append(made("topics", topics(own, nodes: count)))
        if let config = own?["config"] {
            for entry in mapping(config) where !entry.value.isNull {
                if let refusal = cannot.first(where: { $0.word == entry.key }) {
                    throw Obstacle(reason: "\(entry.key): \(refusal.reason)")
                }
                if entry.key.hasPrefix("crosswind.") {
                    throw Obstacle(reason: "\(entry.key): the embedded broker alone has it")
                }
            }
            entries.append(made("config", config))
        }
        return with(
            withClient(root), "broker",
            ScenarioValue(location: section.location, path: "broker", content: .mapping(entries)))
    }

    /// What a decoded cell asks for and this broker cannot do; nil when nothing.
    func obstacle(_ cell: ScenarioCell) -> String? {
        let actions = cell.faults.flatMap { $0.actions.map(\.keyword) }
        let topics = cell.broker.topics.flatMap(\.config.keys)
        for refusal in cannot where actions.contains(refusal.word) || topics.contains(refusal.word) {
            return "\(refusal.word): \(refusal.reason)"
        }
        if let refusal = cannot.first(where: { $0.word == "transactions" }),
            cell.producer.config.keys.contains(where: { ClientProperties.normalized($0) == "transactional.id" })
        {
            return "transactions: \(refusal.reason)"
        }
        return nil
    }

    // MARK: - Parts

    private func checkKind(_ own: ScenarioValue?) throws {
        if let kind = own?["kind"], let text = try? kind.text(), text != BrokerSpec.Kind.embedded.name {
            throw Obstacle(reason: "it is about a broker of its own, of kind \(text)")
        }
        guard let release = own?["release"], !release.isNull, let text = try? release.text() else { return }
        guard let plays else {
            // The rules for producers are the same in every release of today.
            if text.hasPrefix("4.") { return }
            throw Obstacle(reason: "it names release \(text), and nothing says that \(name) plays it")
        }
        guard Self.line(text) == Self.line(plays) else {
            throw Obstacle(reason: "it names release \(text), and \(name) plays \(plays)")
        }
    }

    private static func line(_ release: String) -> [Substring] { Array(release.split(separator: ".").prefix(2)) }

    private func nodeCount(_ own: ScenarioValue?) throws -> Int {
        let wanted = own?["nodes"].flatMap { try? $0.count(in: BrokerSpec.nodeCounts) } ?? 1
        guard let nodes, !nodes.contains(wanted) else { return wanted }
        // A cluster that is there has as many nodes as it has: fewer were enough.
        guard let enough = nodes.filter({ $0 >= wanted }).min() else {
            throw Obstacle(
                reason: "it wants \(wanted) nodes, and \(name) has \(nodes.map(String.init).joined(separator: " or "))")
        }
        return enough
    }

    /// The scenario's topics; each keeps the number of replicas that it has with the scenario's number of nodes.
    private func topics(_ own: ScenarioValue?, nodes: Int) -> ScenarioValue {
        let wanted = own?["nodes"].flatMap { try? $0.count(in: BrokerSpec.nodeCounts) } ?? 1
        let replicas = made("replicas", scalar("\(min(3, wanted))"))
        guard case .sequence(let values)? = own?["topics"]?.content else {
            let topic = [made("name", scalar("orders")), replicas]
            return ScenarioValue(
                location: section.location, path: "broker.topics",
                content: .sequence([
                    .init(location: section.location, path: "broker.topics.0", content: .mapping(topic))
                ]))
        }
        let filled = values.map { value in
            guard case .mapping(let entries) = value.content, value["replicas"] == nil else { return value }
            var value = value
            value.content = .mapping(entries + [replicas])
            return value
        }
        return ScenarioValue(location: section.location, path: "broker.topics", content: .sequence(filled))
    }

    private func withClient(_ root: ScenarioValue) -> ScenarioValue {
        let producer = root["producer"]
        let client = producer?["client"].flatMap { try? $0.text() } ?? "librdkafka"
        guard let version = clients[client], producer?["version"].map(\.isNull) ?? true else { return root }
        let entries = (producer.map(mapping) ?? []).filter { $0.key != "version" }
        let entry = ScenarioValue.Entry(
            key: "version", keyLocation: section.location,
            value: ScenarioValue(
                location: section.location, path: "producer.version",
                content: .scalar(.init(text: version, quoted: true))))
        return with(
            root, "producer",
            ScenarioValue(
                location: (producer ?? section).location, path: "producer", content: .mapping(entries + [entry])))
    }

    private func mapping(_ value: ScenarioValue) -> [ScenarioValue.Entry] {
        if case .mapping(let entries) = value.content { entries } else { [] }
    }

    private func scalar(_ text: String) -> ScenarioValue {
        ScenarioValue(location: section.location, content: .scalar(.init(text: text)))
    }

    private func made(_ key: String, _ value: ScenarioValue) -> ScenarioValue.Entry {
        .init(key: key, keyLocation: section.location, value: value.moved(to: "broker.\(key)"))
    }

    private func with(_ root: ScenarioValue, _ key: String, _ value: ScenarioValue) -> ScenarioValue {
        var root = root
        root.content = .mapping(
            mapping(root).filter { $0.key != key } + [.init(key: key, keyLocation: value.location, value: value)])
        return root
    }
}
