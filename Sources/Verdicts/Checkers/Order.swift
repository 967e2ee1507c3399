import EvidenceModel

/// Property: in each partition the first copies of the records stand in the order in which they were sent.
///
/// Evidence: the record ids of the log; ids are given in the order of sending. Further copies are no matter of order:
/// they count as duplicates. For a producer that reports nothing: batches by their first appearance on the wire.
/// Inconclusive: without a complete read-back, since the first copy may be one that was not read.
enum Order: Checker {
    static let property = "order"
    static let passRestsOn: Set<Account> = [.log]
    static let failRestsOn: Set<Account> = [.log]

    static func check(_ ledger: Ledger) -> PropertyResult {
        guard ledger.record.log != nil else { return inconclusive("the log was not read back") }
        guard ledger.hasRecordIDs else { return checkBatches(ledger) }
        let found = Self.reordered(ledger)
        guard let first = found.first else { return passed("every partition holds its records in order") }
        let early = ledger.firstCopies[Int(first.id)]
        let late = ledger.firstCopies[Int(first.overtaken)]
        let detail =
            "\(Words.count(found.count, "record")) out of order, first: \(ledger.partitionName(early))"
            + " record \(first.id) at offset \(ledger.offset(early)) stands before"
            + " record \(first.overtaken) at offset \(ledger.offset(late))"
        let guilty = [late, early] + found.lazy.map { ledger.firstCopies[Int($0.id)] }
        return failed(detail, batches: ledger.batchIDs(guilty), records: found.prefix(20).map(\.id))
    }

    /// Records whose first copy stands before that of a record sent earlier to the same partition, in log order, each
    /// with the earliest-sent record that it overtook.
    static func reordered(_ ledger: Ledger) -> [(id: Int64, overtaken: Int64)] {
        guard let log = ledger.record.log else { return [] }
        var lowest = Array(repeating: Int64.max, count: ledger.partitions.count)
        var found: [(id: Int64, overtaken: Int64)] = []
        for b in log.batches.indices.reversed() {
            let partition = ledger.partitionOfBatch[b]
            let ids = log.batches[b].recordIDs
            for i in ids.indices.reversed() {
                let id = ids[i]
                guard id >= 0, id < ledger.firstCopies.count,
                    ledger.firstCopies[Int(id)] == Ledger.Copy(batch: Int32(b), index: Int32(i))
                else { continue }
                if id > lowest[partition] {
                    found.append((id, lowest[partition]))
                } else {
                    lowest[partition] = id
                }
            }
        }
        found.reverse()
        return found
    }

    private static func checkBatches(_ ledger: Ledger) -> PropertyResult {
        guard let wire = ledger.record.wire else { return inconclusive("there are no captures to judge from") }
        var highest: [Ledger.TopicPartition: (offset: Int64, batch: WireEvidence.Batch)] = [:]
        var guilty: [(late: WireEvidence.Batch, early: WireEvidence.Batch)] = []
        for batch in wire.batches {
            let offsets = batch.attempts.lazy.filter { $0.errorCode == 0 }.compactMap(\.baseOffset).filter { $0 >= 0 }
            guard let offset = offsets.min() else { continue }
            let key = Ledger.TopicPartition(topic: batch.topic, partition: batch.partition)
            if let before = highest[key], before.offset > offset {
                guilty.append((batch, before.batch))
            } else {
                highest[key] = (offset, batch)
            }
        }
        guard let first = guilty.first else {
            return passed("batches stand in the order in which they were first sent")
        }
        return failed(
            "\(Words.count(guilty.count, "batch", "batches")) out of order, first: \(first.late.id) stands before"
                + " \(first.early.id), which was sent earlier",
            batches: guilty.prefix(20).map(\.late.id))
    }
}
