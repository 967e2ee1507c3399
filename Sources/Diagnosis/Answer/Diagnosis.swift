/// The answer to a case.
public struct Diagnosis: Sendable {
    /// What the answer is, in one word.
    public enum Verdict: String, Sendable {
        /// A cause was found.
        case cause
        /// Nothing is wrong with the producer.
        case none
        /// Several causes remain, and the inputs cannot decide.
        case undecided
        /// Nothing that was handed in could be read.
        case unreadable
    }

    /// What was handed in.
    public var inputs: [InputSummary]
    /// The causes, the true one first; of an undecided case the candidates first.
    public var causes: [FoundCause]
    /// The candidates where the evidence cannot decide; empty otherwise.
    public var undecided: [FoundCause]
    /// What the settings alone say.
    public var lints: [Lint]
    /// In one word.
    public var verdict: Verdict
    /// The fix of the first cause as a diff of the user's own file; empty where no property mends it.
    public var diff: [String]
    /// The properties of the first cause's fix in the client's own names.
    public var properties: [(name: String, value: String?, why: String)]
    /// The client, where anything tells.
    public var client: ClientFamily?
    /// Its release.
    public var clientRelease: ReleaseNumber?
    /// The brokers' release.
    public var brokerRelease: ReleaseNumber?
    let file: CaseFile

    /// Diagnoses a case.
    public init(_ file: CaseFile) {
        self.file = file
        inputs = file.inputs
        client = file.client
        clientRelease = file.clientRelease
        brokerRelease = file.brokerRelease?.release
        lints = Linter.lint(file)
        let found = Ranking.found(file)
        let candidates = Ranking.candidates(found)
        let ids = Set(candidates.map(\.cause.id))
        // What the first cause is easily taken for is another explanation of the same lines, not another trouble.
        let rivals = candidates.isEmpty ? Set(found.first?.cause.lookAlikes ?? []) : []
        causes = candidates + found.filter { !ids.contains($0.cause.id) && !rivals.contains($0.cause.id) }
        undecided = candidates
        for index in undecided.indices { undecided[index].confidence = .possible }
        for index in causes.indices where ids.contains(causes[index].cause.id) { causes[index].confidence = .possible }
        let readable = inputs.contains { ![.binary, .packed, .empty].contains($0.kind) }
        if !readable {
            verdict = .unreadable
        } else if found.isEmpty {
            // Silence is no health: where nothing speaks of a producer, nothing can be said of it.
            verdict = file.speaksOfAProducer ? .none : .undecided
        } else {
            verdict = candidates.isEmpty ? .cause : .undecided
        }
        let changes = candidates.isEmpty ? causes.first?.cause.changes(file) ?? [] : []
        properties = changes.map { change in
            (Self.name(change.property, file), change.value, change.why)
        }
        diff = FileDiff.of(changes, file)
    }

    /// A property in the client's own name, in the user's own spelling where it has several.
    static func name(_ property: String, _ file: CaseFile) -> String {
        let written = file.setting(property)?.written
        let isEnvironment = written.map { $0.contains("_") && $0 == $0.uppercased() } ?? false
        let isSpring = written.map { $0.contains("-") || $0.hasPrefix("spring.") } ?? false
        return PropertyName.spelling(property, file.client, written: isEnvironment || isSpring ? nil : written)
    }

    /// What a cause did to the data here: a delay becomes a loss where records were given up meanwhile.
    public func effect(of cause: Cause) -> DataEffect {
        // librdkafka ends; kafka-clients goes on and writes again what was refused.
        if cause.id == Cause.brokerForgotWindow.id, client == .kafkaClients { return .duplicates }
        if cause.id == Cause.requestTimeoutTooLow.id, file.isIdempotent == true { return .delay }
        let gaveUp = (file.failed ?? 0) > 0 || file.saw(.expired) != nil
        return cause.effect == .delay && gaveUp ? .loss : cause.effect
    }

    /// What a process should end with: 0 nothing wrong, 1 a cause found, 2 not decidable.
    public var exitCode: Int32 {
        switch verdict {
        case .none: 0
        case .cause: 1
        case .undecided, .unreadable: 2
        }
    }
}
