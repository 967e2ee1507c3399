import ScenarioModel

extension LinkAction {
    /// `do: [{ half-open: broker }]`.
    static let halfOpen = LinkAction(
        keyword: FaultKeyword(
            "half-open", role: .action,
            summary: "one side, client or broker, forgets the connection; the other is never told",
            effects: ["half-open"], value: .required, validate: { _ = try ResetSides($0, mayBeBoth: false) }),
        plan: { value, fault in
            fault.actions.reset = try value.map { try ResetSides($0, mayBeBoth: false) } ?? .broker
            fault.actions.isHalfOpen = true
        })
}
