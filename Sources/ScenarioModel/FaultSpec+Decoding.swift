import EvidenceModel

/// What the decoder of a fault must know of the rest of the cell.
struct FaultSurroundings {
    var nodes: Int
    var topics: [BrokerSpec.Topic]
    var workloadLength: Duration?
    var rules: ScenarioRules
}

extension FaultSpec {
    static let keys = ["on", "at", "for", "every", "during", "direction", "node", "do"]

    /// Decodes one element of `faults`. Nil when there is nothing to run; everything wrong is noted.
    static func decode(
        _ value: ScenarioValue, index: Int, in surroundings: FaultSurroundings, errors: inout ErrorCollector
    ) -> FaultSpec? {
        guard let entries = errors.attempt({ try value.mapping() }) else { return nil }
        let vocabulary = surroundings.rules.vocabulary
        var settings: [Setting] = []
        for entry in entries where !keys.contains(entry.key) && !entry.value.isNull {
            guard let keyword = vocabulary.setting(entry.key) else {
                errors.add(unknown(entry, in: value, vocabulary: vocabulary))
                continue
            }
            errors.attempt { try keyword.validate(entry.value) }
            settings.append(Setting(keyword: entry.key, value: entry.value))
        }
        checkModifiers(settings, vocabulary: vocabulary, errors: &errors)
        var fault = FaultSpec(
            id: "fault-\(index)", location: value.location, trigger: .timeline(at: .zero, for: nil, every: nil),
            settings: settings)
        fault.actions = actions(value["do"], vocabulary: vocabulary, errors: &errors)
        if let direction = value["direction"] {
            let word = errors.attempt { try direction.choice(of: Direction.allCases.map(\.rawValue) + ["both"]) }
            fault.direction = word.flatMap(Direction.init)
        }
        if let node = value["node"] { fault.node = errors.attempt { try node.count(in: 1...surroundings.nodes) } }
        let hasImpairment = settings.contains { vocabulary.keyword($0.keyword, role: .impairment) != nil }
        guard hasImpairment || value["do"] != nil else {
            if entries.allSatisfy({ keys.contains($0.key) }) {
                let words = vocabulary.names(.impairment) + ["do"]
                errors.add(value.error("a fault without effect", allowed: words.joined(separator: ", ")))
            }
            return nil
        }
        fault.trigger = trigger(value, fault: fault, in: surroundings, errors: &errors)
        checkStarts(fault, value, vocabulary: vocabulary, errors: &errors)
        return fault
    }

    private static func checkStarts(
        _ fault: FaultSpec, _ value: ScenarioValue, vocabulary: FaultVocabulary, errors: inout ErrorCollector
    ) {
        let start: FaultKeyword.Start =
            switch fault.trigger {
            case .message: .message
            case .timeline: .timeline
            case .named, .network: .phase
            }
        for action in fault.actions {
            guard let keyword = vocabulary.keyword(action.keyword, role: .action), !keyword.startedBy.contains(start)
            else { continue }
            let allowed = FaultKeyword.Start.allCases.filter(keyword.startedBy.contains).map(\.rawValue)
            errors.add(
                (value["do"] ?? value).error(
                    "'\(action.keyword)' cannot be started by '\(start.rawValue)'",
                    allowed: allowed.joined(separator: ", ")))
        }
    }

    private static func unknown(
        _ entry: ScenarioValue.Entry, in value: ScenarioValue, vocabulary: FaultVocabulary
    ) -> ScenarioError {
        let words = vocabulary.names(.impairment, .modifier) + keys
        if vocabulary.keyword(entry.key, role: .action) != nil {
            return ScenarioError(
                at: entry.keyLocation, "\(value.path): '\(entry.key)' is an action", allowed: "do: [\(entry.key)]")
        }
        return ScenarioError(
            at: entry.keyLocation, "\(value.path): unknown key '\(entry.key.prefix(60))'",
            allowed: words.joined(separator: ", "), didYouMean: Suggestion.nearest(to: entry.key, among: words))
    }

    /// Notes modifiers beside nothing that they modify.
    static func checkModifiers(
        _ settings: [Setting], vocabulary: FaultVocabulary, errors: inout ErrorCollector
    ) {
        for setting in settings {
            guard let modifier = vocabulary.keyword(setting.keyword, role: .modifier),
                vocabulary.keyword(setting.keyword, role: .impairment) == nil
            else { continue }
            let partners = modifier.modifies.isEmpty ? vocabulary.names(.impairment) : modifier.modifies
            if !settings.contains(where: { partners.contains($0.keyword) }) {
                errors.add(
                    setting.value.error(
                        "'\(setting.keyword)' goes with another word",
                        allowed: "beside \(partners.joined(separator: " or "))"))
            }
        }
    }

    private static func actions(
        _ value: ScenarioValue?, vocabulary: FaultVocabulary, errors: inout ErrorCollector
    ) -> [Action] {
        guard let value else { return [] }
        let values: [ScenarioValue]
        if case .sequence(let list) = value.content { values = list } else { values = [value] }
        let names = vocabulary.names(.action)
        if values.isEmpty { errors.add(value.error("no action is given", allowed: names.joined(separator: ", "))) }
        var actions: [Action] = []
        for value in values {
            switch value.content {
            case .mapping(let entries):
                for entry in entries {
                    var word = ScenarioValue(
                        location: entry.keyLocation, path: value.path, content: .scalar(.init(text: entry.key)))
                    word.path = value.path
                    guard let name = errors.attempt({ try word.choice(of: names) }),
                        let keyword = vocabulary.keyword(name, role: .action)
                    else { continue }
                    if keyword.value == .none {
                        errors.add(entry.value.error("the action '\(name)' takes no value", allowed: name))
                    } else {
                        errors.attempt { try keyword.validate(entry.value) }
                    }
                    actions.append(Action(keyword: name, value: entry.value))
                }
            default:
                guard let name = errors.attempt({ try value.choice(of: names) }) else { continue }
                if vocabulary.keyword(name, role: .action)?.value == .required {
                    errors.add(value.error("the action '\(name)' needs a value", allowed: "{ \(name): … }"))
                }
                actions.append(Action(keyword: name))
            }
        }
        return actions
    }

    private static func trigger(
        _ value: ScenarioValue, fault: FaultSpec, in surroundings: FaultSurroundings, errors: inout ErrorCollector
    ) -> Trigger {
        let starts = ["on", "at", "during"].filter { value[$0] != nil }
        if starts.count > 1 {
            let words = starts.map { "'\($0)'" }.joined(separator: " and ")
            errors.add(value.error("\(words) exclude each other", allowed: "one of on, at, during"))
        }
        for key in ["for", "every"] {
            if let part = value[key], value["at"] == nil { errors.add(part.error("'\(key)' needs 'at'")) }
        }
        if let on = value["on"] {
            let match = MessageMatch.decode(
                on, nodes: surroundings.nodes, topics: surroundings.topics, rules: surroundings.rules, errors: &errors)
            if let setting = fault.settings.first {
                errors.add(
                    setting.value.error(
                        "'\(setting.keyword)' acts on packets for a time, and a message starts this fault",
                        allowed: "at, during, or an action in do"))
            }
            if let direction = value["direction"] {
                errors.add(direction.error("a request or a response has its direction", allowed: "no 'direction'"))
            }
            return match.map(Trigger.message) ?? .named(.always)
        }
        if let during = value["during"] {
            let word = errors.attempt { try during.choice(of: Phase.allCases.map(\.rawValue)) }
            return .named(word.flatMap(Phase.init) ?? .always)
        }
        return timeline(value, fault: fault, in: surroundings, errors: &errors)
    }

    private static func timeline(
        _ value: ScenarioValue, fault: FaultSpec, in surroundings: FaultSurroundings, errors: inout ErrorCollector
    ) -> Trigger {
        let moment = Duration.milliseconds(1)
        let at = value["at"].flatMap { at in errors.attempt { try at.duration() } } ?? .zero
        let length = value["for"].flatMap { part in
            errors.attempt { try part.duration(in: moment...(.seconds(86_400))) }
        }
        let every = value["every"].flatMap { part in
            errors.attempt { try part.duration(in: moment...(.seconds(86_400))) }
        }
        if let atValue = value["at"], let end = surroundings.workloadLength, at >= end, at > .zero {
            errors.add(
                atValue.error(
                    "begins after the last record", allowed: "before \(DurationText.shown(end)), the workload's length")
            )
        }
        if let everyValue = value["every"], let every {
            if let length, every < length {
                errors.add(
                    everyValue.error(
                        "repeats before it has ended", allowed: "\(DurationText.shown(length)) or more, as 'for' says"))
            }
            if value["for"] == nil, !fault.settings.isEmpty {
                errors.add(everyValue.error("an impairment that repeats needs 'for'"))
            }
        }
        return .timeline(at: at, for: length, every: every)
    }
}
