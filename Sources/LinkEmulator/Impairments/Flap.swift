import ScenarioModel

/// A link that goes down and comes up again: packets are lost while it is down. A phase begins with it down.
struct Flap: Impairment {
    let downNs: Int64
    let upNs: Int64

    func apply(to packet: inout PacketInTransit) {
        if packet.elapsed % (downNs + upNs) < downNs { packet.drop() }
    }
}

extension ImpairmentKind {
    /// `flap: { down: 200ms, up: 500ms }`.
    static let flap = ImpairmentKind(
        name: "flap",
        keywords: [
            FaultKeyword(
                "flap", role: .impairment, summary: "down and up again and again: { down: 200ms, up: 500ms }",
                effects: ["flap"], validate: { _ = try readFlap($0) })
        ],
        make: { settings in
            guard let value = settings["flap"] else { return nil }
            return try readFlap(value)
        })

    @Sendable private static func readFlap(_ value: ScenarioValue) throws -> Flap {
        try value.requireKnownKeys(["down", "up"])
        let range = Duration.milliseconds(1)...Duration.seconds(3600)
        return Flap(
            downNs: try value.required("down").nanoseconds(in: range),
            upNs: try value.required("up").nanoseconds(in: range))
    }
}
