import EvidenceModel

/// Property: every acknowledged record is in the log.
///
/// Evidence: the client's delivery reports against the log read back. For a producer that reports nothing: the batches
/// that were acknowledged on the wire against the offsets that the log holds; and where it numbers its records, and ends
/// with exit code 0, every number below the workload's.
/// Inconclusive: without a complete read-back a record that is not seen is not proven lost.
enum NoLoss: Checker {
    static let property = "no-loss"
    static let passRestsOn: Set<Account> = [.client, .log]
    static let failRestsOn: Set<Account> = [.log]

    static func check(_ ledger: Ledger) -> PropertyResult {
        guard ledger.record.log != nil else { return inconclusive("the log was not read back") }
        if ledger.isNumbered { return checkNumbers(ledger) }
        guard ledger.hasReports else { return checkBatches(ledger) }
        let lost = Self.lost(ledger)
        guard let first = lost.first else {
            let acked = ledger.record.client.records.lazy.filter { $0.outcome == .acknowledged }.count
            return passed("all \(acked) acknowledged records are in the log")
        }
        let record = ledger.record.client.records[Int(first)]
        var detail = "\(Words.count(lost.count, "acknowledged record")) not in the log, first: record \(first)"
        detail += ", acknowledged at \(ledger.seconds(record.reportedUs))"
        let topics = ledger.record.cell.broker.topics
        if record.partition >= 0, topics.indices.contains(Int(record.topic)) {
            let topic = topics[Int(record.topic)].name
            detail += " for \(topic)-\(record.partition)"
            if record.offset >= 0 {
                detail += " offset \(record.offset)"
                switch ledger.recordID(topic: topic, partition: record.partition, offset: record.offset) {
                case .none: detail += ", which the log does not hold"
                case .some(let other) where other >= 0: detail += ", which holds record \(other)"
                case .some: detail += ", which holds another record"
                }
            }
        }
        return failed(detail, batches: batches(of: lost, ledger), records: lost)
    }

    /// Ids of acknowledged records that the log does not hold, ascending.
    static func lost(_ ledger: Ledger) -> [Int64] {
        if ledger.isNumbered { return missingNumbers(ledger) }
        var lost: [Int64] = []
        for (id, record) in ledger.record.client.records.enumerated()
        where record.outcome == .acknowledged && ledger.firstCopies[id] == .absent {
            lost.append(Int64(id))
        }
        return lost
    }

    /// The wire batches that carried these records: by the offset that the client was told; where none was told (acks=0,
    /// an answer without one), by the order in which the partition's records were sent.
    private static func batches(of lost: [Int64], _ ledger: Ledger) -> [String] {
        guard let wire = ledger.record.wire else { return [] }
        var ids: [String] = []
        for id in lost.prefix(20) {
            let record = ledger.record.client.records[Int(id)]
            let topics = ledger.record.cell.broker.topics
            guard topics.indices.contains(Int(record.topic)) else { continue }
            let topic = topics[Int(record.topic)].name
            let candidates = wire.batches.filter { $0.topic == topic && $0.partition == record.partition }
            let batch =
                record.offset < 0
                ? bySendingOrder(id, record, candidates, ledger)
                // Of several batches that were told this offset, the one whose answer came last before the report.
                : candidates.lazy.filter { batch in
                    guard let base = batch.baseOffset else { return false }
                    return base <= record.offset && record.offset < base + Int64(batch.recordCount)
                }.max { answered($0, before: record.reportedUs) < answered($1, before: record.reportedUs) }
            if let batch, !ids.contains(batch.id) { ids.append(batch.id) }
        }
        return ids
    }

    /// The batch of a partition that carried a record, when each of the partition's records was in one batch: clients
    /// send a partition's records in the order in which they get them.
    private static func bySendingOrder(
        _ id: Int64, _ record: ClientAccount.Record, _ candidates: [WireEvidence.Batch], _ ledger: Ledger
    ) -> WireEvidence.Batch? {
        let peers = ledger.record.client.records.enumerated().lazy.filter {
            $0.element.topic == record.topic && $0.element.partition == record.partition
        }
        guard candidates.reduce(0, { $0 + Int($1.recordCount) }) == peers.count else { return nil }
        var left = peers.count { $0.offset < id }
        for batch in candidates.sorted(by: { firstSent($0) < firstSent($1) }) {
            if left < Int(batch.recordCount) { return batch }
            left -= Int(batch.recordCount)
        }
        return nil
    }

    /// When the batch was first sent.
    private static func firstSent(_ batch: WireEvidence.Batch) -> Int64 {
        batch.attempts.compactMap(\.requestLeftClientUs).min() ?? .max
    }

    /// When the batch's last answer before a moment reached the client; 0 for none.
    private static func answered(_ batch: WireEvidence.Batch, before timeUs: Int64) -> Int64 {
        batch.attempts.compactMap(\.ackReachedClientUs).filter { $0 <= timeUs }.max() ?? 0
    }

    private static func checkNumbers(_ ledger: Ledger) -> PropertyResult {
        let batches = checkBatches(ledger)
        let missing = missingNumbers(ledger)
        guard batches.outcome != .failed, let first = missing.first else { return batches }
        return failed(
            "\(Words.count(missing.count, "numbered record")) not in the log, though the program ended with exit code 0,"
                + " first: record \(first)",
            batches: [], records: Array(missing.prefix(20)))
    }

    /// Numbers that a program without a driver should have written: exit code 0 says that it delivered all of them.
    private static func missingNumbers(_ ledger: Ledger) -> [Int64] {
        guard ledger.record.history.contains(where: { $0.kind == .driverDone }) else { return [] }
        return ledger.firstCopies.indices.lazy.filter { ledger.firstCopies[$0] == .absent }.map { Int64($0) }
    }

    private static func checkBatches(_ ledger: Ledger) -> PropertyResult {
        guard let wire = ledger.record.wire else { return inconclusive("there are no captures to judge from") }
        var lost: [WireEvidence.Batch] = []
        for (b, batch) in wire.batches.enumerated() where ledger.isAcknowledgedOnWire[b] {
            guard let base = batch.baseOffset, base >= 0 else { continue }
            let last = base + Int64(batch.recordCount) - 1
            let holds =
                ledger.recordID(topic: batch.topic, partition: batch.partition, offset: base) != nil
                && ledger.recordID(topic: batch.topic, partition: batch.partition, offset: last) != nil
            if !holds { lost.append(batch) }
        }
        guard let first = lost.first else { return passed("the log holds every batch acknowledged on the wire") }
        return failed(
            "\(Words.count(lost.count, "acknowledged batch", "acknowledged batches")) not in the log, first: \(first.id)",
            batches: lost.prefix(20).map(\.id))
    }
}
