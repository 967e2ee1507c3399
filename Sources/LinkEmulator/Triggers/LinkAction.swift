import EvidenceModel
import ScenarioModel

/// What a fault does to a message that triggers it, or to connections when its phase begins.
enum LinkAction {
    /// The words that stand in `do:`.
    static let keywords: [FaultKeyword] = [
        FaultKeyword(
            "drop", role: .action, summary: "lose the message: its bytes never arrive, sent again or not",
            effects: ["drop"], value: .none),
        FaultKeyword(
            "delay", role: .action, summary: "hold the message for a time", effects: ["delay"], value: .required,
            validate: { _ = try readDelay($0) }),
        FaultKeyword(
            "reset", role: .action,
            summary: "reset the connection: after the message, or in its place beside drop; client, broker or both",
            effects: ["reset"], value: .optional, validate: { _ = try readSides($0) }),
        FaultKeyword(
            "half-open", role: .action,
            summary: "one side, client or broker, forgets the connection; the other is never told",
            effects: ["half-open"], value: .required, validate: { _ = try readSide($0) }),
        FaultKeyword(
            "partition", role: .action, summary: "cut the message's node off for a time", effects: ["partition"],
            value: .required, validate: { _ = try readDelay($0) }),
        FaultKeyword(
            "phase", role: .action,
            summary: "start impairments for a time: { for: 2s, loss: 30%, direction: brokerToClient }",
            effects: ["phase"], value: .required, validate: { _ = try Phase($0) }),
    ]

    static func readDelay(_ value: ScenarioValue) throws -> Int64 {
        try value.nanoseconds(in: .microseconds(1)...(.seconds(600)))
    }

    static func readSides(_ value: ScenarioValue) throws -> ResetSides {
        switch try value.choice(of: ["client", "broker", "both"]) {
        case "client": .client
        case "broker": .broker
        default: .both
        }
    }

    static func readSide(_ value: ScenarioValue) throws -> ResetSides {
        try value.choice(of: ["client", "broker"]) == "client" ? .client : .broker
    }

    /// The actions of a fault that the link carries out.
    static func actions(of spec: FaultSpec) throws -> FaultActions {
        var actions = FaultActions()
        for action in spec.actions {
            switch action.keyword {
            case "drop": actions.drops = true
            case "delay": actions.holdNs = try action.value.map(readDelay) ?? 0
            case "reset": actions.reset = try action.value.map(readSides) ?? .both
            case "half-open":
                actions.reset = try action.value.map(readSide) ?? .broker
                actions.isHalfOpen = true
            case "partition": actions.cutNs = try action.value.map(readDelay) ?? 0
            case "phase": actions.startsPhase = true
            default: break
            }
        }
        return actions
    }

    /// What `phase:` starts.
    struct Phase {
        var length: Duration
        var direction: Direction?
        var settings: [FaultSpec.Setting] = []

        init(_ value: ScenarioValue) throws {
            length = try value.required("for").duration(in: .milliseconds(1)...(.seconds(86_400)))
            let words = ImpairmentKind.all.flatMap(\.keywords)
            try value.requireKnownKeys(["for", "direction"] + words.map(\.name))
            if let word = try value["direction"]?.choice(of: Direction.allCases.map(\.rawValue) + ["both"]) {
                direction = Direction(rawValue: word)
            }
            for entry in try value.mapping() {
                guard let keyword = words.first(where: { $0.name == entry.key }) else { continue }
                try keyword.validate(entry.value)
                settings.append(.init(keyword: entry.key, value: entry.value))
            }
            if settings.isEmpty {
                throw value.error("a phase without an impairment", allowed: "{ for: 2s, loss: 30% }")
            }
        }
    }
}
