import EvidenceModel

/// Property: the client delivered every record: none failed, none was left without a report, none was never taken.
///
/// Evidence: the client's delivery reports.
/// Inconclusive: for a producer that reports nothing, and for records without a report when the driver did not finish.
enum NothingGivenUp: Checker {
    static let property = "nothing-given-up"
    static let passRestsOn: Set<Account> = [.client]
    static let failRestsOn: Set<Account> = []

    static func check(_ ledger: Ledger) -> PropertyResult {
        let client = ledger.record.client
        guard client.reportsRecords else { return checkBatches(ledger) }
        var failed: [Int64] = []
        var unreported: [Int64] = []
        var neverSent = ledger.record.cell.workload.records - client.records.count
        for (id, record) in client.records.enumerated() {
            switch record.outcome {
            case .notPersisted, .indeterminate: failed.append(Int64(id))
            case .none where record.sentUs > 0: unreported.append(Int64(id))
            case .none: neverSent += 1
            case .acknowledged: break
            }
        }
        if let first = failed.min(by: { client.records[Int($0)].reportedUs < client.records[Int($1)].reportedUs }) {
            return Self.failed(
                describe(failed, first: first, ledger),
                batches: ledger.batchIDs([ledger.firstCopies[Int(first)]]),
                records: [first] + failed.lazy.filter { $0 != first }.prefix(19))
        }
        if unreported.isEmpty, neverSent <= 0 { return passed("no record failed") }
        let detail = [
            unreported.isEmpty ? "" : "\(Words.count(unreported.count, "record")) without a report",
            neverSent <= 0 ? "" : "\(Words.count(neverSent, "record")) never taken by the client",
        ].filter { !$0.isEmpty }.joined(separator: ", ")
        guard client.finished || client.errors.contains(where: \.fatal) else {
            return inconclusive(detail + "; the driver did not finish")
        }
        return Self.failed(detail, records: Array(unreported.prefix(20)))
    }

    private static func describe(_ failed: [Int64], first: Int64, _ ledger: Ledger) -> String {
        let client = ledger.record.client
        var counts: [Int32: Int] = [:]
        var inLog = 0
        for id in failed {
            counts[client.records[Int(id)].error, default: 0] += 1
            if ledger.firstCopies[Int(id)] != .absent { inLog += 1 }
        }
        func name(_ index: Int32) -> String {
            client.errorNames.indices.contains(Int(index)) ? client.errorNames[Int(index)] : "no error named"
        }
        let kinds = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
            .map { counts.count == 1 ? name($0.key) : "\($0.value) x \(name($0.key))" }.joined(separator: ", ")
        let record = client.records[Int(first)]
        var detail = "\(Words.count(failed.count, "record")) given up (\(kinds)), first: record \(first)"
        detail += " at \(ledger.seconds(record.reportedUs))"
        if record.sentUs > 0 { detail += ", \(Words.seconds(record.reportedUs - record.sentUs)) after it was sent" }
        if inLog > 0 { detail += "; \(inLog) of them are in the log all the same" }
        return detail
    }

    private static func checkBatches(_ ledger: Ledger) -> PropertyResult {
        guard let wire = ledger.record.wire else { return inconclusive("the producer reports nothing") }
        let open = wire.batches.indices.filter { b in
            !ledger.isAcknowledgedOnWire[b] && !wire.batches[b].attempts.contains { $0.acks == 0 }
        }
        guard let first = open.first else { return passed("every batch seen on the wire was acknowledged") }
        return failed(
            "\(Words.count(open.count, "batch", "batches")) never acknowledged, first: \(wire.batches[first].id)",
            batches: open.prefix(20).map { wire.batches[$0].id })
    }
}
