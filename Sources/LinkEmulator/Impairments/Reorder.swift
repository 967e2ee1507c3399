import EvidenceModel
import ScenarioModel

/// Lets packets overtake others. With a delay in the same fault a chosen packet skips it, past those that wait (as
/// netem does); without one it is held back for 10 ms, so that those behind it pass.
struct Reorder: Impairment {
    let probability: Ramp
    /// Every `gap`-th packet may be chosen; 1: each.
    let gap: UInt64
    let faultHasDelay: Bool
    var first: UInt64 = 0

    static let holdNs: Int64 = 10_000_000

    mutating func phaseBegan(at index: UInt64) { first = index }

    mutating func apply(to packet: inout PacketInTransit) {
        guard (packet.index &- first &+ 1) % gap == 0,
            packet.uniform(RandomPurpose.reorder) < probability.value(at: packet.elapsed)
        else { return }
        if faultHasDelay {
            packet.overtakes = true
            packet.record(.reorder)
        } else {
            packet.hold(Self.holdNs, as: .reorder)
        }
    }
}

extension RandomPurpose {
    /// Whether a packet leaves its place.
    static let reorder: UInt64 = 6
}

extension ImpairmentKind {
    /// `reorder: 25%, gap: 5`.
    static let reorder = ImpairmentKind(
        name: "reorder",
        keywords: [
            FaultKeyword(
                "reorder", role: .impairment, summary: "share of packets that arrive out of order",
                effects: ["reorder"], validate: { try Ramp.validate($0) { try $0.fraction() } }),
            FaultKeyword(
                "gap", role: .modifier, summary: "only every so many-th packet may be reordered",
                modifies: ["reorder"], validate: { _ = try $0.count(in: 1...1_000_000) }),
        ],
        make: { settings in
            guard let value = settings["reorder"] else { return nil }
            let probability = try Ramp(value, phaseLengthNs: settings.phaseLengthNs) { try $0.fraction() }
            let gap = try settings["gap"]?.count(in: 1...1_000_000) ?? 1
            if probability.isZero { return nil }
            return Reorder(probability: probability, gap: UInt64(gap), faultHasDelay: settings["delay"] != nil)
        })
}
