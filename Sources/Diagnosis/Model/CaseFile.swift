import EvidenceModel

/// What became of one input: what it was taken for, what was understood, what was passed over.
public struct InputSummary: Sendable, Equatable {
    /// The input as it was named.
    public var file: String
    /// What it was taken for.
    public var kind: InputKind
    /// What was understood, in a few words.
    public var understood: String
    /// What was not, in a few words; empty where all was.
    public var passedOver: String

    /// An input's summary.
    public init(file: String, kind: InputKind, understood: String, passedOver: String = "") {
        self.file = file
        self.kind = kind
        self.understood = understood
        self.passedOver = passedOver
    }
}

/// Everything that was handed in, as facts: what the rules of the causes ask.
public struct CaseFile: Sendable {
    /// One entry for each input, in the order given.
    public internal(set) var inputs: [InputSummary] = []
    var configurations: [Configuration] = []
    var logs: [LogFacts] = []
    var topics: [TopicFacts] = []
    var sources: [SourceFacts] = []
    var prose: [ProseFacts] = []
    var wires: [WireFacts] = []

    /// Nothing yet.
    public init() {}

    /// Adds what the observer says about captures, and what the packets say about the path.
    public mutating func add(_ evidence: WireEvidence, path: PathFacts, file: String) {
        let facts = WireFacts(evidence, path, file: file)
        wires.append(facts)
        let capture = evidence.captures.first
        inputs.append(
            InputSummary(
                file: file, kind: .capture,
                understood: "\(capture?.packets ?? 0) packets, \(path.connections) connections, "
                    + "\(evidence.batches.count) batches, \(evidence.findings.count) findings",
                passedOver: evidence.findings.filter { Self.limits.contains($0.kind) }.map(\.kind).joined(
                    separator: ", ")
            ))
    }

    private static let limits: Set<String> = [
        "capture_cut", "capture_gap", "capture_dropped", "capture_truncated", "capture_damaged", "opaque_traffic",
        "undecodable", "unsupported_link_type", "ip_fragments",
    ]

    /// Notes an input that could not be used.
    public mutating func addUnused(_ file: String, kind: InputKind, why: String) {
        inputs.append(InputSummary(file: file, kind: kind, understood: "nothing", passedOver: why))
    }

    // MARK: Who it is

    /// The client, by the logs first and the configurations after them; nil where nothing tells.
    var client: ClientFamily? {
        clientLogs.compactMap(\.client).first ?? configurations.compactMap(\.client).first
            ?? prose.compactMap { $0.clientRelease?.client }.first
    }

    /// The client's release, where anything tells.
    var clientRelease: ReleaseNumber? {
        clientLogs.compactMap(\.release).first ?? configurations.compactMap(\.release).first
            ?? prose.compactMap { $0.clientRelease?.release }.first ?? guessedRelease
    }

    /// kafka-python's generations write different lines.
    private var guessedRelease: ReleaseNumber? {
        guard client == .kafkaPython else { return nil }
        let lines = clientLogs.flatMap { log in log.signs.values.flatMap(\.samples) }
        if lines.contains(where: { $0.text.contains("kafka.net.") }) { return ReleaseNumber(3, 0) }
        if lines.contains(where: { $0.text.contains("client_id=") }) { return ReleaseNumber(2, 2) }
        return lines.contains { $0.text.contains("BrokerConnection") } ? ReleaseNumber(2, 0) : nil
    }

    /// The broker's release with where it is told.
    var brokerRelease: (release: ReleaseNumber, evidence: Evidence)? {
        for log in logs where log.isBroker {
            if let release = log.release, let evidence = log.releases.first { return (release, evidence) }
        }
        for configuration in configurations {
            if let release = configuration.brokerRelease {
                return (release, Evidence(source: configuration.file, text: "the broker's image is \(release)"))
            }
        }
        if let told = prose.compactMap(\.brokerRelease).first { return told }
        return wires.compactMap(\.brokerRelease).first
    }

    var clientLogs: [LogFacts] { logs.filter { !$0.isBroker } }

    /// True where nothing but settings, descriptions and sources was handed in: no event can be seen.
    var hasNoEvents: Bool { logs.isEmpty && wires.isEmpty }
}
