import ScenarioModel

extension LinkAction {
    /// `do: [reset]`, `do: [{ reset: client }]`.
    static let reset = LinkAction(
        keyword: FaultKeyword(
            "reset", role: .action,
            summary: "reset the connection: after the message, or in its place beside drop; client, broker or both",
            effects: ["reset"], value: .optional, validate: { _ = try ResetSides($0, mayBeBoth: true) }),
        plan: { value, fault in
            fault.actions.reset = try value.map { try ResetSides($0, mayBeBoth: true) } ?? .both
        })
}
