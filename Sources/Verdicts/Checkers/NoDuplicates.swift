import EvidenceModel

/// Property: no record is in the log more than once.
///
/// Evidence: the record ids in the log read back. For a producer that reports nothing: wire batches that were appended
/// at more than one offset.
/// Inconclusive: only when nothing was found in a log that was not read completely; two copies seen are two copies.
enum NoDuplicates: Checker {
    static let property = "no-duplicates"
    static let passRestsOn: Set<Account> = [.log]
    static let failRestsOn: Set<Account> = []

    static func check(_ ledger: Ledger) -> PropertyResult {
        guard ledger.record.log != nil else { return inconclusive("the log was not read back") }
        guard ledger.hasRecordIDs else { return checkBatches(ledger) }
        let copies = ledger.furtherCopies
        guard let first = earliest(ledger) else { return passed("no record is in the log twice") }
        let original = ledger.firstCopies[Int(first.id)]
        let batch = ledger.wireBatch(original) ?? ledger.wireBatch(first.copy)
        let sequence = batch?.baseSequence ?? ledger.logBatch(original)?.baseSequence ?? -1
        var detail = "\(Words.count(copies.count, "duplicate")), first: \(ledger.partitionName(original))"
        detail += sequence < 0 ? " batch without a sequence" : " batch at seq \(sequence)"
        detail += ", record \(first.id) at offsets \(ledger.offset(original))"
        detail += " and \(ledger.offset(first.copy))"
        if ledger.partitionName(first.copy) != ledger.partitionName(original) {
            detail += " of \(ledger.partitionName(first.copy))"
        }
        if let attempt = ledger.attempt(original), let cause = cause(attempt, ledger) { detail += "; \(cause)" }
        var guilty: [Ledger.Copy] = [original, first.copy]
        guilty.append(contentsOf: copies.lazy.map(\.copy))
        return failed(detail, batches: ledger.batchIDs(guilty), records: firstIDs(first.id, copies.lazy.map(\.id)))
    }

    /// The further copy whose original was sent first, by the wire where it tells, else by log order: there the trouble
    /// began. Batches that share the fate of the first one on its connection come later, and explain less.
    private static func earliest(_ ledger: Ledger) -> (id: Int64, copy: Ledger.Copy)? {
        var best = ledger.furtherCopies.first
        var bestUs = Int64.max
        for candidate in ledger.furtherCopies {
            guard let attempt = ledger.attempt(ledger.firstCopies[Int(candidate.id)]) else { continue }
            let timeUs = attempt.requestLeftClientUs ?? attempt.requestReachedBrokerUs ?? .max
            if timeUs < bestUs {
                bestUs = timeUs
                best = candidate
            }
        }
        return best
    }

    /// Up to 20 different ids, the guilty one first.
    private static func firstIDs(_ first: Int64, _ ids: some Sequence<Int64>) -> [Int64] {
        var seen: [Int64] = [first]
        for id in ids where !seen.contains(id) {
            seen.append(id)
            if seen.count == 20 { break }
        }
        return seen
    }

    /// Why the client sent the batch again, as far as the first attempt tells.
    static func cause(_ attempt: WireEvidence.Attempt, _ ledger: Ledger) -> String? {
        switch attempt.fate {
        case .ackLost:
            let when = attempt.ackLeftBrokerUs.map { " at \(ledger.seconds($0))" } ?? ""
            return "its ack was " + (ledger.faultThatDroppedAnswer(of: attempt).map { "dropped by \($0)" } ?? "lost")
                + when
        case .ackLate:
            let arrival = attempt.ackReachedClientUs.map { " at \(ledger.seconds($0))" } ?? ""
            return "its ack came too late\(arrival)"
        case .connectionLost: return "its connection ended before the ack"
        case .refused: return attempt.errorCode.map { "it was answered \(KafkaError.describe($0))" }
        case .acknowledged, .requestLost, .noAckAskedFor, .openAtEnd: return nil
        }
    }

    private static func checkBatches(_ ledger: Ledger) -> PropertyResult {
        guard let wire = ledger.record.wire else { return inconclusive("there are no captures to judge from") }
        let (extra, guilty) = repeatedBatches(wire)
        guard let first = guilty.first else { return passed("no batch was appended twice") }
        let offsets = appendOffsets(first).map(String.init).joined(separator: " and ")
        return failed(
            "\(Words.count(extra, "duplicate")), first: batch \(first.id) at offsets \(offsets)",
            batches: guilty.prefix(20).map(\.id))
    }

    /// Extra records and the batches that the broker appended more than once, as the answers on the wire tell.
    static func repeatedBatches(_ wire: WireEvidence) -> (extraRecords: Int, batches: [WireEvidence.Batch]) {
        var extra = 0
        var guilty: [WireEvidence.Batch] = []
        for batch in wire.batches {
            let appends = appendOffsets(batch).count
            guard appends > 1 else { continue }
            extra += (appends - 1) * Int(batch.recordCount)
            guilty.append(batch)
        }
        return (extra, guilty)
    }

    private static func appendOffsets(_ batch: WireEvidence.Batch) -> [Int64] {
        Set(batch.attempts.lazy.filter { $0.errorCode == 0 }.compactMap(\.baseOffset).filter { $0 >= 0 }).sorted()
    }
}
