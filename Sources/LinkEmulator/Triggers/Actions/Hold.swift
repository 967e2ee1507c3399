import ScenarioModel

extension LinkAction {
    /// `do: [{ delay: 80ms }]`.
    static let delay = LinkAction(
        keyword: FaultKeyword(
            "delay", role: .action, summary: "hold the message for a time", effects: ["delay"], value: .required,
            validate: { _ = try readLength($0) }),
        plan: { value, fault in fault.actions.holdNs = try value.map(readLength) ?? 0 })
}
