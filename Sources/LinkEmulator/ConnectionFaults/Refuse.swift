import ScenarioModel

/// Answers new connections with a reset, as a host does on which nothing listens.
struct Refuse: ConnectionFault {
    func decide(_ packet: ConnectionPacket) -> ConnectionDecision {
        packet.opensConnection && packet.isUp ? .refuse : .pass
    }
}

extension ConnectionFaultKind {
    /// `refuse: true`.
    static let refuse = ConnectionFaultKind(
        name: "refuse",
        keywords: [
            FaultKeyword(
                "refuse", role: .impairment, summary: "new connections are refused with a reset", effects: ["refuse"],
                validate: { _ = try $0.bool() })
        ],
        make: { settings in try settings["refuse"]?.bool() == true ? Refuse() : nil })
}
