import EvidenceModel

/// Why an effect of the network need not have shown: nothing passed there, or so little that chance explains it.
///
/// A fault is there to be seen, so one that did not show leaves nothing proven. A network is a place: a loss of 0.01 % is
/// part of it, and a cell in which none of its few packets was lost was still there.
enum NetworkChance {
    /// Below this chance of seeing nothing, seeing nothing is a doubt.
    private static let leastChance = 0.01

    /// The reason, for the evidence; nil where the effect must show.
    static func excuse(_ effect: String, _ way: CellDescription.Fault, _ record: CellRecord) -> String? {
        guard CellDescription.isNetwork(way.id), let all = record.wire?.crossings else { return nil }
        let sent = all.lazy.filter { crossing in
            (way.node ?? crossing.node) == crossing.node && (way.direction ?? crossing.direction) == crossing.direction
        }.reduce(0) { $0 + $1.sent }
        if sent == 0 { return "no packet went this way" }
        guard let share = way.values?[effect], share > 0, share < 1, ["loss", "duplicate"].contains(effect) else {
            return nil
        }
        var chance = 1.0
        for _ in 0..<min(sent, 10_000_000) where chance >= leastChance { chance *= 1 - share }
        guard chance >= leastChance else { return nil }
        return "none of \(Words.count(sent, "packet")) was hit, which chance explains"
    }
}
