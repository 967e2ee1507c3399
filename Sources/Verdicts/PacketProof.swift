import EvidenceModel

/// What the two captures, compared packet by packet, say about an effect on packets.
///
/// The captures are taken outside the link and know nothing of its faults, so agreement is proof: the packets that the
/// fault log calls dropped are those that are missing, the delays are those that were configured.
struct PacketProof {
    /// Entries of the fault log that the captures confirm; for duplicates and reordering, packets that the captures
    /// show; nil where only a distribution can be given.
    var confirmed: Int?
    /// One clause for the sentence.
    var detail: String
    /// True when the captures show that it did not happen.
    var isContradicted: Bool

    /// nil where there is nothing to compare.
    init?(_ effect: String, _ fault: CellDescription.Fault, _ entries: [FaultLogEntry], _ ledger: Ledger) {
        let entries = entries.filter { $0.message == nil }
        guard !entries.isEmpty, let all = ledger.record.wire?.crossings else { return nil }
        let places = Set(entries.map { Place(node: $0.node, direction: $0.direction) })
        let crossings = all.filter { places.contains(Place(node: $0.node, direction: $0.direction)) }
        guard !crossings.isEmpty else { return nil }
        switch effect {
        case "delay", "jitter", "slot": self.init(delayOf: entries, Self.slices(crossings, fault, entries, ledger))
        case "duplicate":
            let count = crossings.reduce(0) { $0 + $1.duplicated }
            self.init(counted: count, "\(Words.count(count, "packet")) arrived twice in the captures")
        case "reorder":
            let count = crossings.reduce(0) { $0 + $1.reordered }
            self.init(counted: count, "\(Words.count(count, "packet")) arrived after a later one in the captures")
        default:
            let dropped = entries.filter { $0.fate == "drop" && $0.connection != nil }
            guard !dropped.isEmpty else { return nil }
            self.init(lossOf: dropped, crossings)
            if effect == "loss" { detail += Self.rate(Self.slices(crossings, fault, entries, ledger)) }
        }
    }

    private struct Place: Hashable {
        var node: Int
        var direction: Direction
    }

    private init(counted count: Int, _ detail: String) {
        confirmed = count
        self.detail = detail
        isContradicted = count == 0
    }

    /// Compares packet by packet: a retransmission has the sequence number of its original, so they are counted.
    private init?(lossOf dropped: [FaultLogEntry], _ crossings: [WireEvidence.Crossing]) {
        guard crossings.allSatisfy({ $0.lost.count < WireEvidence.Crossing.lostLimit }) else { return nil }
        struct Key: Hashable {
            var connection: String
            var sequence: UInt32
        }
        var missing: [Key: Int] = [:]
        for packet in crossings.lazy.flatMap(\.lost) {
            missing[Key(connection: packet.connection, sequence: packet.sequence), default: 0] += 1
        }
        var confirmed = 0
        for entry in dropped {
            let key = Key(connection: entry.connection ?? "", sequence: entry.sequence ?? 0)
            guard let count = missing[key], count > 0 else { continue }
            missing[key] = count - 1
            confirmed += 1
        }
        self.confirmed = confirmed
        detail = "\(confirmed) of \(Words.count(dropped.count, "drop")) are missing at the far end"
        isContradicted = confirmed == 0
    }

    private init?(
        delayOf entries: [FaultLogEntry], _ slices: (during: [WireEvidence.Slice], outside: [WireEvidence.Slice])
    ) {
        guard let during = Self.pooled(slices.during) else { return nil }
        confirmed = nil
        detail = "one-way delay in the captures p50 \(Self.ms(during, 0.5)) ms, p99 \(Self.ms(during, 0.99)) ms"
        if let outside = Self.pooled(slices.outside) { detail += ", without the fault p50 \(Self.ms(outside, 0.5)) ms" }
        let held = entries.compactMap(\.delayUs).sorted()
        // The longest of many packets must have been held about as long as the fault log says that they were.
        isContradicted = held.last.map { longest in (during.last?.us ?? 0) * 2 < longest } ?? false
    }

    /// Slices that lie wholly in a stretch of the fault, and those that touch none.
    private static func slices(
        _ crossings: [WireEvidence.Crossing], _ fault: CellDescription.Fault, _ entries: [FaultLogEntry],
        _ ledger: Ledger
    ) -> (during: [WireEvidence.Slice], outside: [WireEvidence.Slice]) {
        var stretches: [ClosedRange<Int64>] = []
        var began: Int64?
        for event in ledger.record.history where event.subject == fault.id {
            if event.kind == .faultBegan { began = event.timeUs }
            if event.kind == .faultEnded, let start = began {
                stretches.append(start...max(start, event.timeUs))
                began = nil
            }
        }
        if let began { stretches.append(began...Int64.max) }
        if stretches.isEmpty, let first = entries.map(\.timeUs).min(), let last = entries.map(\.timeUs).max() {
            stretches.append(first...last)
        }
        var during: [WireEvidence.Slice] = []
        var outside: [WireEvidence.Slice] = []
        for slice in crossings.lazy.flatMap(\.slices) {
            let end = slice.timeUs + WireEvidence.Crossing.sliceUs
            if stretches.contains(where: { $0.contains(slice.timeUs) && $0.contains(end) }) {
                during.append(slice)
            } else if !stretches.contains(where: { $0.overlaps(slice.timeUs...end) }) {
                outside.append(slice)
            }
        }
        return (during, outside)
    }

    /// The share of packets that did not arrive, with its 95 % interval after Wilson, which holds for small shares too.
    private static func rate(_ slices: (during: [WireEvidence.Slice], outside: [WireEvidence.Slice])) -> String {
        let sent = slices.during.reduce(0) { $0 + $1.sent }
        guard sent > 0 else { return "" }
        let lost = sent - slices.during.reduce(0) { $0 + $1.arrived }
        let (low, high) = wilson(lost, of: sent)
        func percent(_ share: Double) -> String { Words.number((share * 10000).rounded() / 100) }
        return ": \(percent(Double(lost) / Double(sent))) % of \(sent) packets lost, 95 % interval \(percent(low)) to"
            + " \(percent(high)) %"
    }

    /// Wilson's score interval for `count` of `total` at 95 %.
    static func wilson(_ count: Int, of total: Int) -> (low: Double, high: Double) {
        let z = 1.959964
        let n = Double(total)
        let p = Double(count) / n
        let middle = p + z * z / (2 * n)
        let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        let scale = 1 + z * z / n
        return (max((middle - half) / scale, 0), min((middle + half) / scale, 1))
    }

    /// Delays, ascending, each with the number of packets that it stands for.
    private typealias Delays = [(us: Int64, packets: Int)]

    /// The delays of many slices; a slice that names 21 of its delays counts by its packets.
    private static func pooled(_ slices: [WireEvidence.Slice]) -> Delays? {
        var all: Delays = []
        for slice in slices where !slice.delaysUs.isEmpty {
            let packets = max(slice.arrived / slice.delaysUs.count, 1)
            for delay in slice.delaysUs { all.append((delay, packets)) }
        }
        return all.isEmpty ? nil : all.sorted { $0.us < $1.us }
    }

    /// The delay that at least the fraction `p` of the packets does not exceed, in milliseconds.
    private static func ms(_ delays: Delays, _ p: Double) -> String {
        let total = delays.reduce(0.0) { $0 + Double($1.packets) }
        let rank = max((p * total).rounded(.up), 1)
        var seen = 0.0
        let found = delays.first { delay in
            seen += Double(delay.packets)
            return seen >= rank
        }
        return Words.number((Double((found ?? delays[delays.count - 1]).us) / 10).rounded() / 100)
    }
}
