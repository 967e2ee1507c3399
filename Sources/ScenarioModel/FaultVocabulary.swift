/// A word that may stand in a fault: an impairment (`loss: 5%`), an action (`do: [drop]`), or a modifier that goes with
/// an impairment (`jitter: 20ms`).
public struct FaultKeyword: Sendable {
    /// The word.
    public var name: String
    /// One line for `docs` and for messages, for example `share of packets lost in transit`.
    public var summary: String
    /// What the word is.
    public var role: Role
    /// Names of the effects that must show in the fault log or on the wire when this word is configured.
    /// Modifiers have none.
    public var effects: [String]
    /// For a modifier: the impairments it may stand beside. Empty: any.
    public var modifies: [String]
    /// Whether a value follows. Impairments and modifiers always have one.
    public var value: ValueRule
    /// What may start an action. Impairments last for a time, so a message never starts them.
    public var startedBy: Set<Start>
    /// Checks the value where it stands; throws `ScenarioError` or `ScenarioErrors`.
    public var validate: @Sendable (ScenarioValue) throws -> Void

    /// The roles of a word.
    public enum Role: String, Sendable, CaseIterable {
        /// Acts on packets during a phase: `loss: 5%`.
        case impairment
        /// Is done once for each trigger, in `do:`; or at the start of a phase and undone at its end.
        case action
        /// Refines an impairment of the same fault.
        case modifier
    }

    /// Whether an action takes a value, as in `do: [drop, { delay: 80ms }]`.
    public enum ValueRule: String, Sendable {
        case none, optional, required
    }

    /// The triggers of a fault, as a word sees them.
    public enum Start: String, Sendable, CaseIterable {
        /// A Kafka message: `on`.
        case message = "on"
        /// The timeline: `at`.
        case timeline = "at"
        /// A named part of the cell: `during`.
        case phase = "during"
    }

    /// Makes a word.
    ///
    /// - Parameters:
    ///   - startedBy: for actions only; a trigger that is not listed is an error of the scenario.
    ///   - value: for actions only; impairments and modifiers always take one.
    ///   - validate: checks the value; throws `ScenarioError` at the value's location.
    public init(
        _ name: String, role: Role, summary: String, effects: [String] = [], modifies: [String] = [],
        value: ValueRule = .required, startedBy: Set<Start> = Set(Start.allCases),
        validate: @escaping @Sendable (ScenarioValue) throws -> Void = { _ in }
    ) {
        self.name = name
        self.summary = summary
        self.role = role
        self.effects = effects
        self.modifies = modifies
        self.value = value
        self.startedBy = startedBy
        self.validate = validate
    }
}

/// The words that faults are made of. The link and the broker actions fill it; ScenarioModel itself knows none.
public struct FaultVocabulary: Sendable {
    /// The words, in the order in which messages list them.
    public let keywords: [FaultKeyword]

    /// Makes a vocabulary.
    ///
    /// - Precondition: no word twice in one role: that is a bug of the caller, not of a scenario.
    public init(_ keywords: [FaultKeyword]) {
        var seen: Set<String> = []
        for keyword in keywords {
            precondition(
                seen.insert("\(keyword.role) \(keyword.name)").inserted,
                "the fault vocabulary holds the \(keyword.role) '\(keyword.name)' twice")
        }
        self.keywords = keywords
    }

    /// The words of both; neither may hold a word of the other in the same role.
    public static func + (a: FaultVocabulary, b: FaultVocabulary) -> FaultVocabulary {
        FaultVocabulary(a.keywords + b.keywords)
    }

    /// The word of that name in that role; nil when there is none.
    public func keyword(_ name: String, role: FaultKeyword.Role) -> FaultKeyword? {
        keywords.first { $0.name == name && $0.role == role }
    }

    /// The word that may stand as a key of a fault: an impairment or a modifier.
    public func setting(_ name: String) -> FaultKeyword? {
        keyword(name, role: .impairment) ?? keyword(name, role: .modifier)
    }

    /// Names of the words that have one of these roles.
    public func names(_ roles: FaultKeyword.Role...) -> [String] {
        keywords.filter { roles.contains($0.role) }.map(\.name)
    }
}
