import EvidenceModel

/// The producer under test: section `producer`.
public struct ProducerSpec: Sendable, Equatable {
    /// Driver name, one of the clients of `ScenarioRules`.
    public var client: String
    /// The client's release; nil: the driver's default.
    public var version: String?
    /// The client's own properties, by the client's own names.
    public var config: [String: String]
    /// `command` only: the program and its arguments.
    public var command: [String]
    /// A driver of the user's own: a program that speaks the driver protocol, and its arguments; empty where the client has
    /// a folder. ``client`` is then the program's name.
    public var driver: [String] = []
    /// What is known of the client's properties; nil: all of them are the client's to judge.
    public var properties: ClientProperties?
    /// What is known of the client's settings; nil for programs and for clients without a folder.
    public var settings: ClientSettings?

    /// librdkafka with its defaults.
    public init(
        client: String = "librdkafka", version: String? = nil, config: [String: String] = [:], command: [String] = []
    ) {
        self.client = client
        self.version = version
        self.config = config
        self.command = command
    }

    /// Whether it is a program of the user's own, of which only the wire and the log tell.
    public var isProgram: Bool { client == ScenarioRules.program }

    static let keys = ["client", "version", "config", "config_for", "command", "driver"]

    /// Decodes the section. What cannot be decoded keeps its default and is noted.
    init(_ value: ScenarioValue?, rules: ScenarioRules, errors: inout ErrorCollector) {
        self.init()
        guard let value else { return }
        errors.attempt { try value.requireKnownKeys(Self.keys) }
        if let clientValue = value["client"] {
            client = errors.attempt { try clientValue.choice(of: rules.clients) } ?? client
        }
        properties = rules.clientProperties[client]
        if let driverValue = value["driver"] { decodeDriver(driverValue, value, rules, &errors) }
        settings = properties?.settings
        if let versionValue = value["version"] { version = errors.attempt { try versionValue.text() } }
        config = PropertyMap.decode(value["config"], errors: &errors)
        if let perClient = value["config_for"] {
            errors.attempt { try perClient.requireKnownKeys(rules.clients) }
            for name in rules.clients {
                let properties = PropertyMap.decode(perClient[name], errors: &errors)
                if name == client { config.merge(properties) { _, own in own } }
            }
        }
        if let commandValue = value["command"] {
            if isProgram {
                command = errors.attempt { try commandValue.commandLine() } ?? []
            } else {
                errors.add(
                    commandValue.error("'command' goes with client 'command', and this producer is '\(client)'"))
            }
        } else if isProgram {
            errors.add(value.error("a producer of client 'command' needs 'command'"))
        }
    }
}

extension ProducerSpec {
    private mutating func decodeDriver(
        _ value: ScenarioValue, _ section: ScenarioValue, _ rules: ScenarioRules, _ errors: inout ErrorCollector
    ) {
        for key in ["client", "command", "version", "config_for"] {
            if let other = section[key], !other.isNull {
                errors.add(
                    other.error(
                        "'\(key)' does not go with 'driver', which is a client of its own",
                        allowed: "client, or driver"))
            }
        }
        guard let words = errors.attempt({ try value.commandLine() }), let program = words.first else { return }
        driver = words
        client = program.split(separator: "/").last.map { String($0) } ?? program
        properties = errors.attempt { try rules.propertiesBesideDriver(program) } ?? nil
    }
}

/// Properties by a client's or a broker's own names: a mapping of words to scalars.
enum PropertyMap {
    /// Decodes a mapping; an absent one is empty. Null values are skipped: the property is left at its default.
    static func decode(_ value: ScenarioValue?, errors: inout ErrorCollector) -> [String: String] {
        guard let value, let entries = errors.attempt({ try value.mapping() }) else { return [:] }
        var properties: [String: String] = [:]
        for entry in entries where !entry.value.isNull {
            properties[entry.key] = errors.attempt { try entry.value.text() }
        }
        return properties
    }
}

extension ScenarioValue {
    /// A program and its arguments: a list of texts, or one text that is split at spaces.
    func commandLine() throws -> [String] {
        let words: [String]
        if case .sequence(let values) = content {
            words = try values.map { try $0.text() }
        } else {
            words = try text().split(separator: " ").map(String.init)
        }
        guard let program = words.first, !program.isEmpty else {
            throw error("no program is given", allowed: "a program and its arguments")
        }
        return words
    }
}
