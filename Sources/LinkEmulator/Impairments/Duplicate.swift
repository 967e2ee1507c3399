import ScenarioModel

/// Sends packets twice. The copy meets the impairments behind this one on its own; it is never copied again.
struct Duplicate: Impairment {
    let probability: Ramp

    func apply(to packet: inout PacketInTransit) {
        guard packet.copy == 0 else { return }
        if packet.uniform(RandomPurpose.duplicate) < probability.value(at: packet.elapsed) { packet.duplicate() }
    }
}

extension RandomPurpose {
    /// Whether a packet is doubled.
    static let duplicate: UInt64 = 5
}

extension ImpairmentKind {
    /// `duplicate: 1%`.
    static let duplicate = ImpairmentKind(
        name: "duplicate",
        keywords: [
            FaultKeyword(
                "duplicate", role: .impairment, summary: "share of packets that arrive twice", effects: ["duplicate"],
                validate: { try Ramp.validate($0) { try $0.fraction() } })
        ],
        make: { settings in
            guard let value = settings["duplicate"] else { return nil }
            let probability = try Ramp(value, phaseLengthNs: settings.phaseLengthNs) { try $0.fraction() }
            return probability.isZero ? nil : Duplicate(probability: probability)
        })
}
