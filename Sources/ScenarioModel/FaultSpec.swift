import EvidenceModel

/// One fault of a cell: one element of section `faults`.
public struct FaultSpec: Sendable, Equatable {
    /// `fault-0`, `fault-1`, … in file order, `network-0`, … for the ways of the network; the key in the fault log.
    public var id: String
    /// Where it stands.
    public var location: SourceLocation
    /// What starts it.
    public var trigger: Trigger
    /// The direction it acts on; nil: both.
    public var direction: Direction?
    /// The broker node it acts on, from 1; nil: every node.
    public var node: Int?
    /// Impairments and modifiers, in file order.
    public var settings: [Setting]
    /// What `do:` lists, in file order.
    public var actions: [Action]

    /// What starts a fault.
    public enum Trigger: Sendable, Equatable {
        /// A time after time zero, perhaps with an end, perhaps again and again.
        case timeline(at: Duration, for: Duration?, every: Duration?)
        /// Each Kafka message that matches.
        case message(MessageMatch)
        /// A named part of the cell.
        case named(Phase)
        /// The network itself: from before the first packet to the end of the cell.
        case network
    }

    /// A named part of a cell: `during`.
    public enum Phase: String, Sendable, CaseIterable {
        /// From the start of the driver until time zero: connecting, metadata, producer id.
        case setup
        /// From the start of the driver until the end of the cell.
        case always
        /// From the last record sent until the end of the cell.
        case drain
    }

    /// An impairment or a modifier with its value.
    public struct Setting: Sendable, Equatable {
        /// A word of the vocabulary.
        public var keyword: String
        /// Its value.
        public var value: ScenarioValue

        /// Makes a setting.
        public init(keyword: String, value: ScenarioValue) {
            self.keyword = keyword
            self.value = value
        }
    }

    /// An action with the value that it may have.
    public struct Action: Sendable, Equatable {
        /// A word of the vocabulary.
        public var keyword: String
        /// Its value; nil: none given.
        public var value: ScenarioValue?

        /// Makes an action.
        public init(keyword: String, value: ScenarioValue? = nil) {
            self.keyword = keyword
            self.value = value
        }
    }

    /// Makes a fault.
    public init(
        id: String, location: SourceLocation, trigger: Trigger, direction: Direction? = nil, node: Int? = nil,
        settings: [Setting] = [], actions: [Action] = []
    ) {
        self.id = id
        self.location = location
        self.trigger = trigger
        self.direction = direction
        self.node = node
        self.settings = settings
        self.actions = actions
    }

    /// One stretch of a fault's timeline, after time zero.
    public struct Stretch: Sendable, Equatable {
        /// Begin.
        public var begin: Duration
        /// End; nil: until the end of the cell.
        public var end: Duration?

        /// Makes a stretch.
        public init(begin: Duration, end: Duration?) {
            self.begin = begin
            self.end = end
        }
    }

    /// The stretches that begin before `limit`, at most `most` of them; empty for faults that no clock starts.
    ///
    /// The first one is always there, whatever the limit: it was asked for.
    public func stretches(before limit: Duration, atMost most: Int = 10_000) -> [Stretch] {
        guard case .timeline(let at, let length, let every) = trigger else { return [] }
        var begin = at
        var stretches = [Stretch(begin: begin, end: length.map { begin + $0 })]
        guard let every, every > .zero else { return stretches }
        begin += every
        while begin < limit, stretches.count < most {
            stretches.append(Stretch(begin: begin, end: length.map { begin + $0 }))
            begin += every
        }
        return stretches
    }

    /// The effects that must show: those of every word, without the settings that are zero in this cell, so that a
    /// matrix may hold `0%` beside `1%`.
    public func effects(in vocabulary: FaultVocabulary) -> [String] {
        var effects: [String] = []
        for setting in settings where !setting.value.isZero {
            effects += vocabulary.setting(setting.keyword)?.effects ?? []
        }
        for action in actions {
            effects += vocabulary.keyword(action.keyword, role: .action)?.effects ?? []
        }
        var seen: Set<String> = []
        return effects.filter { seen.insert($0).inserted }
    }

    /// What the fault does, for people: `delay 80ms, jitter 20ms` or `drop, reset`.
    public var doing: String {
        let settings = settings.map { "\($0.keyword) \($0.value.compact)" }
        let actions = actions.map { action in action.value.map { "\(action.keyword) \($0.compact)" } ?? action.keyword }
        return (settings + actions).joined(separator: ", ")
    }

    /// When the fault acts, for people: `at 2s for 3s every 10s`, `on response Produce nth 20`, `during setup`.
    public var when: String {
        switch trigger {
        case .timeline(let at, let length, let every):
            var text = "at \(DurationText.shown(at))"
            if let length { text += " for \(DurationText.shown(length))" }
            if let every { text += " every \(DurationText.shown(every))" }
            return text
        case .message(let match): return "on \(match.summary)"
        case .named(let phase): return "during \(phase.rawValue)"
        case .network: return "as the network"
        }
    }

    /// Where the fault acts, for people: `brokerToClient, node 2`; `both directions`.
    public var whereActing: String {
        var parts: [String] = []
        if case .message = trigger {
            if let node { parts.append("node \(node)") }
        } else {
            if !settings.isEmpty { parts.append(direction?.rawValue ?? "both directions") }
            if let node { parts.append("node \(node)") }
        }
        return parts.joined(separator: ", ")
    }

    /// One line: `loss 5%, brokerToClient, at 2s for 3s`.
    public var summary: String {
        [doing, whereActing, when].filter { !$0.isEmpty }.joined(separator: ", ")
    }
}

extension ScenarioValue {
    /// True for zero with or without a unit (`0%`, `0ms`, `0`) and for `false`.
    var isZero: Bool {
        guard case .scalar(let scalar) = content, !scalar.quoted else { return false }
        return scalar.text == "false" || DecimalText.split(scalar.text)?.number == 0
    }

    /// One line in YAML's flow style, for people.
    public var compact: String {
        switch content {
        case .scalar(let scalar): isNull ? "~" : scalar.text
        case .sequence(let values): "[" + values.map(\.compact).joined(separator: ", ") + "]"
        case .mapping(let entries):
            "{" + entries.map { "\($0.key): \($0.value.compact)" }.joined(separator: ", ") + "}"
        }
    }
}
