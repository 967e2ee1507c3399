import EvidenceModel

/// Property: the four accounts agree: every record that the client reports delivered was acknowledged on the wire, and
/// the offset it was told holds that record; nothing that the client calls certainly unwritten is in the log.
///
/// Evidence: the client's reports, the attempts in the captures, the log. Each disagreement has a name (`Disagreement`).
/// TLS: the wire's part is left out; client and log must still agree.
/// Inconclusive: without captures or read-back, and when the log holds records that no capture carries, which shows
/// that the captures are not whole.
enum AcksOnWire: Checker {
    static let property = "acks-on-wire"
    static let passRestsOn: Set<Account> = [.client, .wire, .log]
    static let failRestsOn: Set<Account> = [.wire, .log]

    static func check(_ ledger: Ledger) -> PropertyResult {
        guard ledger.record.wire != nil else { return inconclusive("there are no captures to compare with") }
        guard ledger.record.log != nil else { return inconclusive("the log was not read back") }
        guard ledger.hasReports else { return passed("not judged: the client reports nothing") }
        let reconciliation = Reconciliation(ledger)
        let counts = reconciliation.counts
        let summary = Disagreement.allCases.compactMap { kind in counts[kind].map { "\(kind.rawValue) \($0)" } }
            .joined(separator: ", ")
        if let kind = Disagreement.allCases.first(where: { $0.isBreach && counts[$0] != nil }) {
            let ids = reconciliation.examples[kind] ?? []
            return failed(
                "accounts disagree: \(summary); first \(kind.rawValue): \(example(ids.first ?? 0, kind, ledger))",
                batches: ledger.batchIDs(ids.map { ledger.firstCopies[Int($0)] }), records: ids)
        }
        if ledger.isWireOpaque { return passed("the traffic is TLS: client and log agree on every record") }
        if counts[.logWithoutWire] != nil {
            return inconclusive("the captures do not show every record of the log: \(summary)")
        }
        if !summary.isEmpty { return passed("every acknowledgement stands, with \(summary)") }
        return passed("client, wire and log agree on every record")
    }

    private static func example(_ id: Int64, _ kind: Disagreement, _ ledger: Ledger) -> String {
        let record = ledger.record.client.records[Int(id)]
        let copy = ledger.firstCopies[Int(id)]
        let place = "\(ledger.partitionName(copy)) offset \(ledger.offset(copy))"
        switch kind {
        case .offsetMismatch: return "record \(id), told offset \(record.offset), is at \(place)"
        case .ackedWithoutWireAck:
            return "record \(id) at \(place), reported delivered at \(ledger.seconds(record.reportedUs))"
        default: return "record \(id) at \(place)"
        }
    }
}
