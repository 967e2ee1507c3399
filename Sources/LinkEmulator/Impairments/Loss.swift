import ScenarioModel

/// Loses packets in transit: each by itself with one probability.
struct IndependentLoss: Impairment {
    let probability: Ramp

    func apply(to packet: inout PacketInTransit) {
        if packet.uniform(RandomPurpose.loss) < probability.value(at: packet.elapsed) { packet.drop() }
    }
}

extension ImpairmentKind {
    /// `loss: 5%`.
    static let loss = ImpairmentKind(
        name: "loss",
        keywords: [
            FaultKeyword(
                "loss", role: .impairment, summary: "share of packets lost in transit", effects: ["loss"],
                validate: { try Ramp.validate($0) { try $0.fraction() } })
        ],
        make: { settings in
            guard let value = settings["loss"] else { return nil }
            let probability = try Ramp(value, phaseLengthNs: settings.phaseLengthNs) { try $0.fraction() }
            return probability.isZero ? nil : IndependentLoss(probability: probability)
        })
}
