import ScenarioModel

extension LinkAction {
    /// `do: [{ partition: 2s }]`.
    static let partition = LinkAction(
        keyword: FaultKeyword(
            "partition", role: .action, summary: "cut the message's node off for a time", effects: ["partition"],
            value: .required, validate: { _ = try readLength($0) }),
        plan: { value, fault in fault.actions.cutNs = try value.map(readLength) ?? 0 })
}
