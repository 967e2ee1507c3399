/// What a cause does to the data.
public enum DataEffect: String, Sendable, CaseIterable {
    case none, duplicates, loss, reordering, refused, delay
}

/// How much one kind of evidence weighs. Four steps, the same for every cause.
public enum Weight: Int, Sendable {
    /// Decides alone.
    case decides = 100
    /// Enough to name the cause where nothing speaks against it.
    case strong = 60
    /// Half of it.
    case supports = 30
    /// Tips the scale between two.
    case hints = 15
    /// Makes another cause likelier.
    case doubts = -40
    /// Cannot be so.
    case excludes = -1000
}

/// A readable rule: when `holds` answers with evidence, the weight counts.
public struct Rule: Sendable {
    /// What is seen, in words.
    public var says: String
    /// What it weighs.
    public var weight: Weight
    var holds: @Sendable (CaseFile) -> [Evidence]?

    init(_ weight: Weight, _ says: String, _ holds: @escaping @Sendable (CaseFile) -> [Evidence]?) {
        self.weight = weight
        self.says = says
        self.holds = holds
    }
}

/// A property to set, by its canonical name.
public struct Change: Sendable, Equatable {
    /// The canonical name.
    public var property: String
    /// The value; nil where the property should be left at its default.
    public var value: String?
    /// Why.
    public var why: String

    init(_ property: String, _ value: String?, _ why: String) {
        self.property = property
        self.value = value
        self.why = why
    }
}

/// Advice that is often given and does not help here.
public struct FolkFix: Sendable, Equatable {
    /// The advice.
    public var advice: String
    /// Why it does not help.
    public var why: String

    init(_ advice: String, _ why: String) {
        self.advice = advice
        self.why = why
    }
}

/// Where a cause can be seen.
public enum Proof: Sendable, Equatable {
    /// A scenario, by its path from the top of the checkout.
    case scenario(String)
    /// A recorded incident under Tests/Golden/incidents whose truth names it.
    case incident
    /// Lines written by hand after the client's source, in Tests/DiagnosisTests/SyntheticInputs.swift.
    case synthetic
}

/// One cause: what must be there, what speaks against it, what it does, what mends it and what does not.
public struct Cause: Sendable {
    /// Its name, as in docs/causes.md.
    public var id: String
    /// What it is, in one sentence.
    public var says: String
    /// What it does to the data.
    public var effect: DataEffect
    /// Conditions without which it is not considered.
    public var needs: [Rule] = []
    /// Evidence for it.
    public var rules: [Rule]
    /// Causes of which this one is a consequence: where one of them is found, this one stands behind it.
    public var follows: [String] = []
    /// Causes that the same evidence can mean, with the one measurement that decides.
    public var lookAlikes: [String] = []
    /// The measurement that tells it from its look-alikes, as a command where there is one.
    public var decidedBy = ""
    /// Properties that mend it.
    public var changes: @Sendable (CaseFile) -> [Change] = { _ in [] }
    /// What else mends it, in words.
    public var steps: [String] = []
    /// What the fix costs.
    public var cost = ""
    /// Advice that does not help.
    public var folk: [FolkFix]
    /// How to check what it did to the data.
    public var check: String
    /// Releases of clients and brokers concerned.
    public var releases = "every release"
    /// Where it can be seen.
    public var proof: Proof

    /// Folk fixes that come up again and again.
    static let inFlightOne = FolkFix(
        "max.in.flight.requests.per.connection=1", "one at a time or five, it changes nothing here; it costs throughput"
    )
    static let requestTimeout60 = FolkFix(
        "request.timeout.ms=60000", "no answer was late by that; in librdkafka it is not the client's timer at all")
    static let delivery120 = FolkFix(
        "delivery.timeout.ms=120000", "nothing ran out of time; it would lower librdkafka's default of 300000")
    static let moreRetries = FolkFix("retries higher", "they are not what runs out")
    static let acksAll = FolkFix("acks=all", "it is not a question of acknowledgements")
    static let idempotenceOn = FolkFix("enable.idempotence=true", "it protects from duplicates and does not touch this")
    static let acksOne = FolkFix("acks=1", "it gives safety away and mends nothing")
}
