/// How a client came out of one cell, in words that can be compared between releases: which properties broke, and what
/// the client itself called fatal. Numbers are left out: they differ between runs of one release.
public struct ReleaseBehaviour: Codable, Sendable, Hashable {
    /// The properties that are proven broken, sorted; empty where it survived.
    public var broken: [String]
    /// The client's fatal errors, sorted, each once.
    public var fatal: [String]
    /// True when the client did not take its configuration.
    public var isRefused = false
    /// Why nothing can be said; nil where something can.
    public var doubt: String?

    /// A client that survived.
    public static let survives = ReleaseBehaviour(broken: [], fatal: [])

    /// Describes how a client came out.
    public init(broken: [String], fatal: [String]) {
        self.broken = broken
        self.fatal = fatal
    }

    /// Reads it from a cell's verdict and record.
    public init(_ verdict: Verdict, _ record: CellRecord) {
        broken = verdict.properties.filter { $0.outcome == .failed }.map(\.property).sorted()
        fatal = Set(record.client.errors.filter(\.fatal).map(\.name)).sorted()
        if record.history.contains(where: { $0.kind == .clientRefused }) { isRefused = true }
        // What is proven broken stays broken; that nothing broke needs sound evidence.
        if broken.isEmpty, !isRefused, !verdict.causesOfDoubt.isEmpty { doubt = verdict.causesOfDoubt.first }
    }

    /// In a few words, for tables.
    public var text: String {
        if isRefused { return "refused" }
        if doubt != nil { return "inconclusive" }
        let words =
            broken.isEmpty ? "survives" : broken.map { Self.words[$0] ?? "\($0) broken" }.joined(separator: ", ")
        return words + (fatal.isEmpty ? "" : "; fatal \(fatal.joined(separator: ", "))")
    }

    /// What a broken property is to a reader of a table.
    private static let words = [
        "acks-on-wire": "acks that the wire lacks", "no-duplicates": "duplicates", "no-loss": "loss",
        "no-sequence-errors": "sequence errors", "nothing-given-up": "records given up", "order": "reordering",
        "payload-integrity": "changed payloads", "recovery": "no recovery",
    ]
}
