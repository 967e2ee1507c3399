import EvidenceModel

/// What shows that each effect of each configured fault happened.
///
/// The fault log says what the link did; the captures, taken outside the link, must agree. An effect counts as shown
/// when the fault log (or the history, for broker actions) names it and the captures do not contradict it.
enum FaultProof {
    /// One entry for each effect of each fault, in the order of the scenario.
    static func evidence(_ ledger: Ledger) -> [FaultEvidence] {
        let byFault = Dictionary(grouping: ledger.record.faultLog, by: \.fault)
        return ledger.record.cell.waysAndFaults.flatMap { fault in
            fault.effects.map { evidence(of: $0, fault, byFault[fault.id] ?? [], ledger) }
        }
    }

    private static func evidence(
        of effect: String, _ fault: CellDescription.Fault, _ entries: [FaultLogEntry], _ ledger: Ledger
    ) -> FaultEvidence {
        let entries = entries.filter { matches(effect, $0) }
        let actions = ledger.record.history.filter {
            ($0.kind == .brokerAction) && ($0.detail == effect || $0.detail?.hasPrefix(effect + " ") == true)
                && ($0.values?["fault"].map { "fault-\($0)" == fault.id } ?? true)
        }
        let count = entries.count + actions.count
        let confirmed = entries.isEmpty ? nil : confirmedOnWire(entries, effect, ledger)
        let packets = PacketProof(effect, fault, entries, ledger)
        var detail = description(effect, entries, actions, ledger)
        if let confirmed {
            detail += "; the captures confirm \(confirmed.confirmed) of \(confirmed.comparable)"
        }
        if let packets { detail += "; \(packets.detail)" }
        if effect == "reset", !entries.isEmpty { detail += resetsSeen(ledger) }
        let contradicted =
            confirmed.map { $0.comparable > 0 && $0.confirmed == 0 } ?? false || packets?.isContradicted ?? false
        let excuse = count == 0 ? NetworkChance.excuse(effect, fault, ledger.record) : nil
        let onTheWire =
            confirmed == nil && packets?.confirmed == nil
            ? nil : (confirmed?.confirmed ?? 0) + (packets?.confirmed ?? 0)
        return FaultEvidence(
            fault: fault.id, effect: effect, configured: fault.summary, inFaultLog: count, onTheWire: onTheWire,
            detail: excuse ?? detail,
            shown: excuse != nil || count > 0 && !contradicted)
    }

    private static func resetsSeen(_ ledger: Ledger) -> String {
        let captures = ledger.record.wire?.captures ?? []
        func count(_ side: WireEvidence.Side) -> Int {
            captures.lazy.filter { $0.side == side }.reduce(0) { $0 + $1.resets }
        }
        return "; connections reset in the captures: \(count(.client)) at the client, \(count(.broker)) at the brokers"
    }

    /// Words of the fault log for an effect of the scenario: the impairment's own name is in `reason`, what it did to
    /// the packet in `fate`. A drop that follows from another effect (what a reset connection still sends, bytes of a
    /// dropped message that TCP sends again) is no evidence of its own.
    private static func matches(_ effect: String, _ entry: FaultLogEntry) -> Bool {
        let ownReasons = ["message", "timeline"]
        if ownReasons.contains(entry.reason) { return entry.fate == effect }
        switch effect {
        case "jitter": return entry.reason == "delay" || entry.reason == "jitter"
        case "rate", "queue": return entry.fate == "queue" || entry.reason == "rate" || entry.reason == "queue"
        case "drop", "reset": return false
        case PacketFate.mark.rawValue: return entry.fate == effect
        default: return entry.reason == effect
        }
    }

    private static func description(
        _ effect: String, _ entries: [FaultLogEntry], _ actions: [HistoryEvent], _ ledger: Ledger
    ) -> String {
        if let first = actions.first {
            return "\(Words.count(actions.count, "broker action")) \(effect), first at \(ledger.seconds(first.timeUs))"
        }
        guard let first = entries.first, let last = entries.last else {
            return "the fault log does not name it once"
        }
        let what = first.message.map { "\($0.api) \($0.kind)" } ?? "packet"
        var text = "\(Words.count(entries.count, what)), \(ledger.seconds(first.timeUs))"
        if entries.count > 1 { text += " to \(ledger.seconds(last.timeUs))" }
        let delays = entries.compactMap(\.delayUs).sorted()
        if !delays.isEmpty {
            let p50 = Double(Percentile.of(delays, 0.5)) / 1000
            let p99 = Double(Percentile.of(delays, 0.99)) / 1000
            text += ", held p50 \(Words.number(p50)) ms, p99 \(Words.number(p99)) ms"
        }
        return text
    }

    /// For entries that name a message: how many of them the attempts on the wire can be compared with, and how many of
    /// these show what the fault log says.
    private static func confirmedOnWire(
        _ entries: [FaultLogEntry], _ effect: String, _ ledger: Ledger
    ) -> (confirmed: Int, comparable: Int)? {
        guard let wire = ledger.record.wire else { return nil }
        struct Key: Hashable {
            var connection: String
            var correlationID: Int32
        }
        var wanted: [Key: FaultLogEntry] = [:]
        for entry in entries {
            guard let message = entry.message, message.api == "Produce", let connection = entry.connection else {
                continue
            }
            let key = Key(
                connection: entry.direction == .clientToBroker ? connection : reversed(connection),
                correlationID: message.correlationID)
            wanted[key] = wanted[key] ?? entry
        }
        guard !wanted.isEmpty else { return nil }
        var confirmed: Set<Key> = []
        var comparable: Set<Key> = []
        for batch in wire.batches {
            for attempt in batch.attempts {
                let key = Key(connection: attempt.connection, correlationID: attempt.correlationID)
                guard let entry = wanted[key] else { continue }
                comparable.insert(key)
                if shows(attempt, entry) { confirmed.insert(key) }
            }
        }
        return (confirmed.count, comparable.count)
    }

    /// Whether an attempt looks as its fault log entry says that it must.
    private static func shows(_ attempt: WireEvidence.Attempt, _ entry: FaultLogEntry) -> Bool {
        let isRequest = entry.direction == .clientToBroker
        switch entry.fate {
        case "drop": return isRequest ? attempt.requestReachedBrokerUs == nil : attempt.fate != .acknowledged
        case "reset": return attempt.fate != .acknowledged || attempt.ackReachedClientUs != nil
        case "delay":
            let left = isRequest ? attempt.requestLeftClientUs : attempt.ackLeftBrokerUs
            let reached = isRequest ? attempt.requestReachedBrokerUs : attempt.ackReachedClientUs
            guard let left, let reached else { return true }
            return reached - left >= (entry.delayUs ?? 0) * 9 / 10
        default: return true
        }
    }

    private static func reversed(_ connection: String) -> String {
        guard let arrow = connection.firstIndex(of: ">") else { return connection }
        return connection[connection.index(after: arrow)...] + ">" + connection[..<arrow]
    }
}

/// Percentiles by nearest rank.
enum Percentile {
    /// The smallest value that at least the fraction `p` of `sorted` does not exceed; `sorted` must not be empty.
    static func of<Value>(_ sorted: [Value], _ p: Double) -> Value {
        let rank = Int((p * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank - 1, 0), sorted.count - 1)]
    }
}
