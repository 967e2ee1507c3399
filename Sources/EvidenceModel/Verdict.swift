/// The outcome of a cell or a run. Failed outranks inconclusive outranks passed.
public enum Outcome: String, Codable, Sendable, Comparable {
    case passed, inconclusive, failed

    /// Ordered by weight.
    public static func < (a: Outcome, b: Outcome) -> Bool { a.weight < b.weight }

    private var weight: Int {
        switch self {
        case .passed: 0
        case .inconclusive: 1
        case .failed: 2
        }
    }
}

/// The judge's word on one cell: `verdict.json`, and one element of `cells[]` in `results.json`.
public struct Verdict: Codable, Sendable, Equatable {
    /// The cell's id.
    public var id: String
    /// The scenario's name.
    public var scenario: String
    /// The seed.
    public var seed: UInt64
    /// The matrix parameters.
    public var parameters: [String: String]
    /// Passed when every expectation holds and the evidence is sound.
    public var outcome: Outcome
    /// Whether the configuration survived, whatever was expected; nil when the evidence does not tell.
    public var survived: Bool?
    /// What decided, for the table: one sentence.
    public var reason: String
    /// The numbers.
    public var measures: Measures
    /// For each configured fault: what shows that it happened.
    public var faultEvidence: [FaultEvidence]
    /// Every expectation with its actual value.
    public var assertions: [Assertion]
    /// Each property of `survives`, with what broke it.
    public var properties: [PropertyResult]
    /// Why the evidence is not sound, then ``remarks``.
    public var doubts: [String]
    /// What a reader must know and what changes nothing: the last ones of ``doubts``.
    public var remarks: [String]
    /// How often the cell was run: more than once when it was inconclusive and `--again` asked for more.
    public var runs: Int

    /// Why the evidence is not sound; empty when it is.
    public var causesOfDoubt: ArraySlice<String> { doubts.dropLast(remarks.count) }

    /// A verdict from its parts; nothing is checked here.
    public init(
        id: String, scenario: String, seed: UInt64, parameters: [String: String], outcome: Outcome, survived: Bool?,
        reason: String, measures: Measures, faultEvidence: [FaultEvidence], assertions: [Assertion],
        properties: [PropertyResult], doubts: [String], remarks: [String] = [], runs: Int = 1
    ) {
        self.id = id
        self.scenario = scenario
        self.seed = seed
        self.parameters = parameters
        self.outcome = outcome
        self.survived = survived
        self.reason = reason
        self.measures = measures
        self.faultEvidence = faultEvidence
        self.assertions = assertions
        self.properties = properties
        self.doubts = doubts + remarks
        self.remarks = remarks
        self.runs = runs
    }

    /// Reads a verdict; one of release 0.1 knows neither remarks nor runs.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(String.self, forKey: .id)
        scenario = try values.decode(String.self, forKey: .scenario)
        seed = try values.decode(UInt64.self, forKey: .seed)
        parameters = try values.decode([String: String].self, forKey: .parameters)
        outcome = try values.decode(Outcome.self, forKey: .outcome)
        survived = try values.decodeIfPresent(Bool.self, forKey: .survived)
        reason = try values.decode(String.self, forKey: .reason)
        measures = try values.decode(Measures.self, forKey: .measures)
        faultEvidence = try values.decode([FaultEvidence].self, forKey: .faultEvidence)
        assertions = try values.decode([Assertion].self, forKey: .assertions)
        properties = try values.decode([PropertyResult].self, forKey: .properties)
        doubts = try values.decode([String].self, forKey: .doubts)
        remarks = try values.decodeIfPresent([String].self, forKey: .remarks) ?? []
        runs = try values.decodeIfPresent(Int.self, forKey: .runs) ?? 1
    }

    enum CodingKeys: String, CodingKey {
        case id, scenario, seed, parameters, outcome, survived, reason, measures
        case faultEvidence = "fault_evidence"
        case assertions, properties, doubts, remarks, runs
    }
}

/// One property of `survives`, judged by one checker.
public struct PropertyResult: Codable, Sendable, Equatable {
    /// The checker's name, for example `no-duplicates`.
    public var property: String
    /// Passed, failed or inconclusive.
    public var outcome: Outcome
    /// One sentence with the numbers.
    public var detail: String
    /// Ids of the guilty batches on the wire, the first one first; at most 20.
    public var batches: [String]
    /// Ids of the guilty records; at most 20.
    public var records: [Int64]

    /// A result; the guilty are empty for a property that holds.
    public init(
        property: String, outcome: Outcome, detail: String, batches: [String] = [], records: [Int64] = []
    ) {
        self.property = property
        self.outcome = outcome
        self.detail = detail
        self.batches = batches
        self.records = records
    }
}

/// One expectation with its actual value.
public struct Assertion: Codable, Sendable, Equatable {
    /// As written in the scenario.
    public var text: String
    /// Line of the scenario file.
    public var line: Int
    /// The measured value; nil when it could not be measured.
    public var actual: Double?
    /// Passed, failed or inconclusive.
    public var outcome: Outcome

    /// An expectation with what was measured.
    public init(text: String, line: Int, actual: Double?, outcome: Outcome) {
        self.text = text
        self.line = line
        self.actual = actual
        self.outcome = outcome
    }
}

/// What shows that a configured fault happened.
public struct FaultEvidence: Codable, Sendable, Equatable {
    /// `fault-N`.
    public var fault: String
    /// The effect, for example `loss`.
    public var effect: String
    /// How it was configured, for people.
    public var configured: String
    /// Packets, messages or connections that the fault log names.
    public var inFaultLog: Int
    /// Of these, how many the captures at both ends confirm; nil where the effect has no trace to compare.
    public var onTheWire: Int?
    /// One sentence.
    public var detail: String
    /// True when the fault did show.
    public var shown: Bool

    /// Evidence of one effect of one fault.
    public init(
        fault: String, effect: String, configured: String, inFaultLog: Int, onTheWire: Int?, detail: String, shown: Bool
    ) {
        self.fault = fault
        self.effect = effect
        self.configured = configured
        self.inFaultLog = inFaultLog
        self.onTheWire = onTheWire
        self.detail = detail
        self.shown = shown
    }

    enum CodingKeys: String, CodingKey {
        case fault, effect, configured
        case inFaultLog = "in_fault_log"
        case onTheWire = "on_the_wire"
        case detail, shown
    }
}
