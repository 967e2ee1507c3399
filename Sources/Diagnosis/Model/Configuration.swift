/// How a configuration is written: decides how a changed line looks.
public enum ConfigurationSyntax: String, Sendable {
    /// `name=value`: .properties, librdkafka, kcat, .env.
    case properties
    /// `name: value`: Spring, Helm, Strimzi, docker-compose, Kubernetes.
    case yaml
    /// `"name": value`.
    case json
    /// Keyword arguments or a dictionary.
    case python
    /// The `ProducerConfig values:` block of a log.
    case logBlock = "log-block"
}

/// The settings of one input, for a client or for a broker.
public struct Configuration: Sendable {
    /// The input.
    public var file: String
    /// How it is written.
    public var syntax: ConfigurationSyntax
    /// Properties of a producer, in the order they stand.
    public var settings: [Setting] = []
    /// Properties of a broker or a topic that stand in the same input.
    public var brokerSettings: [Setting] = []
    /// The client that it is for, where the input says so.
    public var client: ClientFamily?
    /// The client's release, where the input says so.
    public var release: ReleaseNumber?
    /// The broker's release, where the input says so.
    public var brokerRelease: ReleaseNumber?
    /// Lines that hold a name and a value which no client knows, at most 50: said, and passed over.
    public var passedOver: [String] = []
    /// The input's lines, for a diff; empty for a log.
    public var lines: [String] = []

    /// A configuration without settings.
    public init(file: String, syntax: ConfigurationSyntax) {
        self.file = file
        self.syntax = syntax
    }

    /// The last setting with this canonical name: the one that counts.
    public func setting(_ name: String) -> Setting? { settings.last { $0.name == name } }
}
