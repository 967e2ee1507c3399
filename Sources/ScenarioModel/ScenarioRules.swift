import EvidenceModel

/// What a scenario may name. ScenarioModel itself knows no client, no broker release, no impairment and no measure:
/// those that do pass them in.
public struct ScenarioRules: Sendable {
    /// The words of faults.
    public var vocabulary: FaultVocabulary
    /// Names that `producer.client` may have: those with properties, and ``program``.
    public var clients: [String]
    /// The kinds that `broker.kind` may name.
    public var brokerKinds: [BrokerSpec.Kind]
    /// Releases that the embedded broker plays, for suggestions; nil: anything that looks like a release.
    public var releases: [String]?
    /// Whether the embedded broker plays a release that is not listed word for word, for example a patch release.
    public var playsRelease: @Sendable (String) -> Bool
    /// Measures that an expectation may name. `error_codes.NN` stands for any error code,
    /// `fetched_records.NN` and `fetch_errors.NN` for any Fetch version.
    public var measures: [String]
    /// Kafka apis that `on` may name.
    public var apis: [String]
    /// What each kind of broker can do, by its name; a kind that is missing here may be told anything.
    public var abilities: [String: BrokerAbilities]
    /// The properties of each client, by its name; a client that is missing here knows its own.
    public var clientProperties: [String: ClientProperties]
    /// What stands in a client.yaml beside a driver of the user's own; nil where there is none.
    public var propertiesBesideDriver: @Sendable (_ program: String) throws -> ClientProperties? = { _ in nil }
    /// The broker that takes the place of the scenarios' own; nil: none.
    public var broker: BrokerOverride?

    /// Makes rules.
    public init(
        vocabulary: FaultVocabulary, clients: [String]? = nil,
        brokerKinds: [BrokerSpec.Kind] = [.embedded], releases: [String]? = nil,
        playsRelease: @escaping @Sendable (String) -> Bool = { _ in false },
        measures: [String] = ScenarioRules.measures, apis: [String] = ScenarioRules.apis,
        abilities: [String: BrokerAbilities] = [:], clientProperties: [String: ClientProperties] = [:]
    ) {
        self.vocabulary = vocabulary
        self.clients = clients ?? clientProperties.keys.sorted() + [Self.program]
        self.brokerKinds = brokerKinds
        self.releases = releases
        self.playsRelease = playsRelease
        self.measures = measures
        self.apis = apis
        self.abilities = abilities
        self.clientProperties = clientProperties
    }

    /// The client of which nothing is known: a program of the user's own.
    public static let program = "command"

    /// The numbers of a verdict.
    public static let measures = Measure.all.map(\.name) + Measure.Family.all.map { $0.prefix + "NN" }

    /// The apis that a producer speaks, and those that read a log back.
    public static let apis = [
        "Produce", "InitProducerId", "Metadata", "ApiVersions", "Fetch", "ListOffsets", "CreateTopics",
        "FindCoordinator", "AddPartitionsToTxn", "EndTxn", "SaslHandshake", "SaslAuthenticate",
    ]
}
