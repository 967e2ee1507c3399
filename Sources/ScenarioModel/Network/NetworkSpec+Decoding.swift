import EvidenceModel

/// Decodes section `network` of one cell. What is wrong is noted; the rest stands.
struct NetworkDecoder {
    /// Words that a way may have in both directions alike.
    static let wayWords = [
        "rtt", "delay", "jitter", "distribution", "correlation", "reorder", "loss", "duplicate", "rate", "queue",
        "discipline", "ecn", "overhead", "trace", "slot",
    ]
    /// Words that a direction may have.
    static let directionWords = wayWords.filter { $0 != "rtt" }
    /// Words that a node may have.
    static let nodeWords = wayWords + Direction.allCases.map(\.rawValue)
    /// Words of the section.
    static let keys = ["profile", "mtu"] + nodeWords + ["nodes", "tcp"]
    /// Words that are what the link calls an impairment or a modifier, in the order in which they are written down.
    private static let linkWords = [
        "delay", "jitter", "distribution", "correlation", "in-order", "loss", "duplicate", "rate", "trace", "queue",
        "discipline", "ecn", "overhead", "slot",
    ]

    let nodes: Int
    let vocabulary: FaultVocabulary
    private var profile: NetworkProfile?

    init(nodes: Int, vocabulary: FaultVocabulary) {
        self.nodes = nodes
        self.vocabulary = vocabulary
    }

    /// The words of one part of the section: what it says for both directions and for each.
    private struct Part {
        var both: [String: ScenarioValue] = [:]
        var each: [Direction: [String: ScenarioValue]] = [:]
    }

    /// Decodes the section; an absent one adds nothing.
    mutating func decode(_ value: ScenarioValue?, errors: inout ErrorCollector) -> NetworkSpec {
        var spec = NetworkSpec()
        guard let value, errors.attempt({ try value.mapping() }) != nil else { return spec }
        errors.attempt { try value.requireKnownKeys(Self.keys) }
        spec.tcp = TCPDecoder.decode(value["tcp"], errors: &errors)
        if let mtu = value["mtu"] {
            spec.mtu = errors.attempt { try mtu.byteCount(in: NetworkSpec.mtuRange) } ?? spec.mtu
        }
        var base: [Part] = []
        if let name = value["profile"],
            let known = errors.attempt({ try name.choice(of: NetworkProfile.all.map(\.name)) }),
            let profile = NetworkProfile.named(known)
        {
            spec.profile = known
            base.append(part(of: profile, at: name))
        }
        base.append(part(value, &errors))
        let own = nodeParts(value["nodes"], &errors)
        let numbers: [Int?] = own.isEmpty ? [nil] : (1...nodes).map { $0 }
        for number in numbers {
            let parts = base + [number.flatMap { own[$0] }].compactMap { $0 }
            let (up, down) = (merged(parts, .clientToBroker), merged(parts, .brokerToClient))
            let ways: [(Direction?, [String: ScenarioValue])] =
                up == down ? [(nil, up)] : [(.clientToBroker, up), (.brokerToClient, down)]
            for (direction, words) in ways {
                if let way = way(words, direction, number, spec.ways.count, at: value, &errors) {
                    spec.ways.append(way)
                }
            }
        }
        return spec
    }

    // MARK: - Parts

    private func part(of profile: NetworkProfile, at place: ScenarioValue) -> Part {
        func values(_ words: [String: String]) -> [String: ScenarioValue] {
            words.mapValues { text in
                ScenarioValue(location: place.location, path: place.path, content: .scalar(.init(text: text)))
            }
        }
        return Part(
            both: values(profile.words),
            each: [
                .clientToBroker: values(profile.clientToBroker), .brokerToClient: values(profile.brokerToClient),
            ])
    }

    private func part(_ value: ScenarioValue, _ errors: inout ErrorCollector) -> Part {
        var part = Part()
        part.both = words(of: value, Self.wayWords, &errors)
        for direction in Direction.allCases {
            guard let inner = value[direction.rawValue] else { continue }
            guard errors.attempt({ try inner.mapping() }) != nil else { continue }
            errors.attempt { try inner.requireKnownKeys(Self.directionWords) }
            part.each[direction] = words(of: inner, Self.directionWords, &errors)
        }
        return part
    }

    private func nodeParts(_ value: ScenarioValue?, _ errors: inout ErrorCollector) -> [Int: Part] {
        guard let value, let entries = errors.attempt({ try value.mapping() }) else { return [:] }
        var parts: [Int: Part] = [:]
        for entry in entries where !entry.value.isNull {
            guard let number = DecimalText.whole(entry.key), (1...nodes).contains(number) else {
                errors.add(
                    ScenarioError(
                        at: entry.keyLocation, "network.nodes: there is no node '\(entry.key.prefix(20))'",
                        allowed: "1 to \(nodes)"))
                continue
            }
            guard errors.attempt({ try entry.value.mapping() }) != nil else { continue }
            errors.attempt { try entry.value.requireKnownKeys(Self.nodeWords) }
            parts[number] = part(entry.value, &errors)
        }
        return parts
    }

    /// The words of one mapping, each checked where it stands.
    private func words(
        of value: ScenarioValue, _ known: [String], _ errors: inout ErrorCollector
    ) -> [String: ScenarioValue] {
        var words: [String: ScenarioValue] = [:]
        for name in known {
            guard let word = value[name], errors.attempt({ try check(name, word) }) != nil else { continue }
            words[name] = word
        }
        for (one, other) in [("rtt", "delay"), ("rate", "trace")] where words[one] != nil {
            if let second = words[other] {
                errors.add(second.error("'\(one)' and '\(other)' exclude each other", allowed: "one of them"))
            }
        }
        return words
    }

    private func check(_ name: String, _ value: ScenarioValue) throws {
        if ["delay", "jitter", "loss", "duplicate", "rate"].contains(name), value["from"] != nil {
            throw value.error("a network is as it always is, and a ramp is an event", allowed: "a ramp in a fault")
        }
        switch name {
        case "rtt": _ = try value.duration(in: .zero...(.seconds(1200)))
        case "reorder": _ = try value.bool()
        case "rate" where value.isUnlimited: break
        default: try vocabulary.setting(name)?.validate(value)
        }
    }

    // MARK: - Ways

    /// The words of a direction: each part replaces those before it, and what a part says of one direction what it says of
    /// both.
    private func merged(_ parts: [Part], _ direction: Direction) -> [String: ScenarioValue] {
        var words: [String: ScenarioValue] = [:]
        for layer in parts.flatMap({ [$0.both, $0.each[direction] ?? [:]] }) {
            if let roundTrip = layer["rtt"] { words["delay"] = Self.half(roundTrip) }
            if layer["rate"] != nil { words["trace"] = nil }
            if layer["trace"] != nil { for name in Self.ofRate { words[name] = nil } }
            for (name, value) in layer where name != "rtt" { words[name] = value }
            if layer["rate"]?.isUnlimited == true { for name in ["queue"] + Self.ofRate { words[name] = nil } }
        }
        return words
    }

    private static let ofRate = ["rate", "discipline", "ecn", "overhead"]

    /// One way of a round trip.
    private static func half(_ roundTrip: ScenarioValue) -> ScenarioValue {
        let microseconds =
            ((try? roundTrip.duration(in: .zero...(.seconds(1200)))).map(DurationText.microseconds) ?? 0) / 2
        var value = roundTrip
        value.content = .scalar(.init(text: DurationText.shown(.microseconds(microseconds))))
        return value
    }

    private func way(
        _ words: [String: ScenarioValue], _ direction: Direction?, _ node: Int?, _ number: Int, at place: ScenarioValue,
        _ errors: inout ErrorCollector
    ) -> FaultSpec? {
        var words = words
        let mayReorder = (words.removeValue(forKey: "reorder").flatMap { try? $0.bool() }) ?? false
        if words["jitter"]?.isZero == true { for name in ["jitter", "distribution"] { words[name] = nil } }
        if let jitter = words["jitter"] {
            if words["delay"] == nil {
                errors.add(jitter.error("'jitter' goes with another word", allowed: "beside rtt or delay"))
                return nil
            }
            if !mayReorder {
                var value = jitter
                value.content = .scalar(.init(text: "true"))
                words["in-order"] = value
            }
        }
        if words["jitter"] == nil, words["delay"]?.isZero == true { words["delay"] = nil }
        let settings = Self.linkWords.compactMap { name in
            words[name].map { FaultSpec.Setting(keyword: name, value: $0) }
        }
        let impairments = settings.filter { vocabulary.keyword($0.keyword, role: .impairment) != nil }
        FaultSpec.checkModifiers(settings, vocabulary: vocabulary, errors: &errors)
        guard !impairments.isEmpty else { return nil }
        return FaultSpec(
            id: NetworkSpec.idPrefix + String(number), location: place.location, trigger: .network,
            direction: direction, node: node, settings: settings)
    }
}

extension ScenarioValue {
    /// The word for a rate that nothing limits.
    var isUnlimited: Bool {
        guard case .scalar(let scalar) = content else { return false }
        return scalar.text == "unlimited"
    }
}
