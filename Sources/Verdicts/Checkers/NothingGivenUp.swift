import EvidenceModel

/// Property: the client delivered every record: none failed, none was left without a report, none was never taken.
///
/// Evidence: the client's delivery reports.
/// Inconclusive: for a producer that reports nothing, and for records without a report when the driver did not finish or
/// lines of it could not be read.
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
            let sent = attempted(first, ledger)
            let batches = ledger.batchIDs([ledger.firstCopies[Int(first)]]) + (sent.map { [$0.id] } ?? [])
            return Self.failed(
                describe(failed, first: first, ledger) + (sent.map { "; " + story($0, ledger) } ?? ""),
                batches: batches, records: [first] + failed.lazy.filter { $0 != first }.prefix(19))
        }
        if unreported.isEmpty, neverSent <= 0 { return passed("no record failed") }
        let detail = [
            unreported.isEmpty ? "" : "\(Words.count(unreported.count, "record")) without a report",
            neverSent <= 0 ? "" : "\(Words.count(neverSent, "record")) never taken by the client",
        ].filter { !$0.isEmpty }.joined(separator: ", ")
        guard client.finished || client.errors.contains(where: \.fatal) else {
            return inconclusive(detail + "; the driver did not finish")
        }
        // The report may stand in a line that could not be read.
        if client.malformedLines > 0 {
            return inconclusive(
                detail + "; " + Words.count(client.malformedLines, "line") + " of the driver could not be read")
        }
        // A cell that was stopped asked the client to take no more: what it never took says nothing about it.
        if unreported.isEmpty, !client.errors.contains(where: \.fatal),
            ledger.record.history.contains(where: { $0.kind == .interrupted })
        {
            return inconclusive(detail + ", because the cell was stopped")
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
        if inLog > 0 { detail += "; \(inLog) of them \(inLog == 1 ? "is" : "are") in the log all the same" }
        return detail
    }

    /// The batch in which a failed record that the log does not hold was probably sent: of those of its partition that
    /// were never acknowledged, the first that left after the record was handed over and before it was given up.
    private static func attempted(_ id: Int64, _ ledger: Ledger) -> WireEvidence.Batch? {
        let record = ledger.record.client.records[Int(id)]
        let topics = ledger.record.cell.broker.topics
        guard ledger.firstCopies[Int(id)] == .absent, let wire = ledger.record.wire, record.sentUs > 0,
            record.partition >= 0, topics.indices.contains(Int(record.topic))
        else { return nil }
        let topic = topics[Int(record.topic)].name
        var best: (timeUs: Int64, batch: WireEvidence.Batch)?
        for (b, batch) in wire.batches.enumerated() where !ledger.isAcknowledgedOnWire[b] {
            guard batch.topic == topic, batch.partition == record.partition,
                let timeUs = batch.attempts.first?.requestLeftClientUs,
                (record.sentUs...max(record.sentUs, record.reportedUs)).contains(timeUs), timeUs < best?.timeUs ?? .max
            else { continue }
            best = (timeUs, batch)
        }
        return best?.batch
    }

    /// What became of that batch, in words.
    private static func story(_ batch: WireEvidence.Batch, _ ledger: Ledger) -> String {
        guard let attempt = batch.attempts.first else { return "" }
        var text = "the first batch of its partition that went unanswered then, \(batch.id),"
        if let timeUs = attempt.requestLeftClientUs { text += " left at \(ledger.seconds(timeUs))" }
        switch attempt.fate {
        case .requestLost: return text + " and never reached the broker"
        case .ackLost, .ackLate, .refused: return text + "; " + (NoDuplicates.cause(attempt, ledger) ?? "no ack")
        case .connectionLost, .openAtEnd: return text + " and was not answered before its connection ended"
        case .acknowledged, .noAckAskedFor: return text
        }
    }

    /// A program without a driver: its exit code says whether it gave records up; where it numbers them and says that it
    /// did not, the log shows whether that is true (`no-loss`), and what became of single batches is no matter: a client
    /// may pack records anew when it sends them again. Else the wire alone tells.
    private static func checkBatches(_ ledger: Ledger) -> PropertyResult {
        if let word = ledger.programsOwnWord {
            return failed("the program says that records were given up (\(word))\(unacknowledged(ledger))")
        }
        if ledger.isNumbered, ledger.programIsDone {
            return passed("the program says that every record was delivered (exit code 0)")
        }
        guard let wire = ledger.record.wire else { return inconclusive("the producer reports nothing") }
        let open = openBatches(ledger, wire)
        guard let first = open.first else { return passed("every batch seen on the wire was acknowledged") }
        return failed(
            "\(Words.count(open.count, "batch", "batches")) never acknowledged, first: \(wire.batches[first].id)",
            batches: open.prefix(20).map { wire.batches[$0].id })
    }

    /// Batches that were never acknowledged.
    private static func openBatches(_ ledger: Ledger, _ wire: WireEvidence) -> [Int] {
        wire.batches.indices.filter { b in
            wire.batches[b].isSplit != true && !ledger.isAcknowledgedOnWire[b]
                && !wire.batches[b].attempts.contains { $0.acks == 0 }
        }
    }

    private static func unacknowledged(_ ledger: Ledger) -> String {
        guard let wire = ledger.record.wire else { return "" }
        let open = openBatches(ledger, wire).count
        return open == 0 ? "" : "; \(Words.count(open, "batch", "batches")) never acknowledged on the wire"
    }
}
