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

    /// The actions of a fault that the link carries out.
    static func actions(of spec: FaultSpec) throws -> FaultActions {
        var actions = FaultActions()
        for action in spec.actions {
            switch action.keyword {
            case "drop": actions.drops = true
            case "delay": actions.holdNs = try action.value.map(readDelay) ?? 0
            case "reset": actions.reset = try action.value.map(readSides) ?? .both
            default: break
            }
        }
        return actions
    }
}
