import ScenarioModel

extension LinkAction {
    /// `do: [drop]`.
    static let drop = LinkAction(
        keyword: FaultKeyword(
            "drop", role: .action, summary: "lose the message: its bytes never arrive, sent again or not",
            effects: ["drop"], value: .none),
        plan: { _, fault in fault.actions.drops = true })
}
