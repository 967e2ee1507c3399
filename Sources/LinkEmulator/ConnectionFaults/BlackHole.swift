import ScenarioModel

/// Loses every packet of some connections.
struct BlackHole: ConnectionFault {
    /// Which connections.
    enum Which: String, CaseIterable {
        /// Those that are older than the phase.
        case existing
        /// Those that begin in the phase, from their first SYN on.
        case new
    }

    let which: Which

    func decide(_ packet: ConnectionPacket) -> ConnectionDecision {
        switch which {
        case .existing: !packet.opensConnection && packet.createdAt < packet.phaseBeganAt ? .lose : .pass
        case .new: packet.createdAt >= packet.phaseBeganAt ? .lose : .pass
        }
    }
}

extension ConnectionFaultKind {
    /// `blackhole: existing`, `blackhole: new`.
    static let blackHole = ConnectionFaultKind(
        name: "blackhole",
        keywords: [
            FaultKeyword(
                "blackhole", role: .impairment,
                summary:
                    "connections lose everything: existing, those older than the phase, or new, those that begin in it",
                effects: ["blackhole"], validate: { _ = try readWhich($0) })
        ],
        make: { settings in try settings["blackhole"].map { BlackHole(which: try readWhich($0)) } })

    @Sendable private static func readWhich(_ value: ScenarioValue) throws -> BlackHole.Which {
        BlackHole.Which(rawValue: try value.choice(of: BlackHole.Which.allCases.map(\.rawValue))) ?? .existing
    }
}
