import EvidenceModel
import ScenarioModel

/// Flips one bit of a packet, anywhere behind its first byte. A checksum finds every single flipped bit, so the
/// receiver rejects the packet: to TCP it is a loss that the receiver's interface has seen arrive.
struct Corrupt: Impairment {
    let probability: Ramp

    func apply(to packet: inout PacketInTransit) {
        guard packet.uniform(RandomPurpose.corrupt) < probability.value(at: packet.elapsed), packet.bytes.count > 1
        else { return }
        packet.completeChecksum()
        let bits = (packet.bytes.count - 1) * 8
        let bit = Int(packet.uniform(RandomPurpose.corruptBit) * Double(bits))
        packet.bytes[1 + bit / 8] ^= 1 << UInt8(bit % 8)
        packet.record(.corrupt)
    }
}

extension RandomPurpose {
    /// Whether a bit is flipped.
    static let corrupt: UInt64 = 7
    /// Which bit.
    static let corruptBit: UInt64 = 8
}

extension ImpairmentKind {
    /// `corrupt: 0.1%`.
    static let corrupt = ImpairmentKind(
        name: "corrupt",
        keywords: [
            FaultKeyword(
                "corrupt", role: .impairment, summary: "share of packets in which one bit is flipped",
                effects: ["corrupt"], validate: { try Ramp.validate($0) { try $0.fraction() } })
        ],
        make: { settings in
            guard let value = settings["corrupt"] else { return nil }
            let probability = try Ramp(value, phaseLengthNs: settings.phaseLengthNs) { try $0.fraction() }
            return probability.isZero ? nil : Corrupt(probability: probability)
        })
}
