import ScenarioModel

/// Loses the packets of connections that are older than the phase.
struct BlackHole: ConnectionFault {
    func decide(_ packet: ConnectionPacket) -> ConnectionDecision {
        !packet.opensConnection && packet.createdAt < packet.phaseBeganAt ? .lose : .pass
    }
}

extension ConnectionFaultKind {
    /// `blackhole: existing`.
    static let blackHole = ConnectionFaultKind(
        name: "blackhole",
        keywords: [
            FaultKeyword(
                "blackhole", role: .impairment, summary: "connections older than the phase lose everything: existing",
                effects: ["blackhole"], validate: { _ = try $0.choice(of: ["existing"]) })
        ],
        make: { settings in settings["blackhole"] == nil ? nil : BlackHole() })
}
