import ScenarioModel

/// Loses packets longer than a path can carry, without the ICMP message that would tell the sender (RFC 2923).
struct MTUBlackHole: Impairment {
    let longest: Int

    func apply(to packet: inout PacketInTransit) {
        if packet.bytes.count > longest { packet.drop() }
    }
}

extension ImpairmentKind {
    /// `mtu: 1200B`.
    static let mtu = ImpairmentKind(
        name: "mtu",
        keywords: [
            FaultKeyword(
                "mtu", role: .impairment, summary: "longer packets are lost without a word: an MTU black hole",
                effects: ["mtu"], validate: { _ = try $0.byteCount(in: 68...65_535) })
        ],
        make: { settings in
            guard let value = settings["mtu"] else { return nil }
            return MTUBlackHole(longest: try value.byteCount(in: 68...65_535))
        })
}
