import EvidenceModel

/// Property: the log holds what the client was given, byte for byte, under the offset that the client was told.
///
/// A broker recognises duplicates by sequence numbers alone, so a producer that uses a sequence range again gets
/// success for data that is gone: the offset told then holds another record.
/// Evidence: the hash of each value in the log against the payload convention for its id; the offsets that the client was
/// told.
/// Inconclusive: only when nothing was found, and the log was not read completely or the client's reports are in doubt. Not judged for a producer that
/// writes payloads of its own.
enum PayloadIntegrity: Checker {
    static let property = "payload-integrity"
    static let passRestsOn: Set<Account> = [.client, .log]
    static let failRestsOn: Set<Account> = []

    static func check(_ ledger: Ledger) -> PropertyResult {
        guard let log = ledger.record.log else { return inconclusive("the log was not read back") }
        guard ledger.hasReports else {
            return foreign(ledger) ?? passed("not judged: the producer writes payloads of its own")
        }
        var corrupt: [Ledger.Copy] = []
        var records: [Int64] = []
        let size = ledger.record.cell.workload.sizeBytes
        if size >= RecordPayload.minimumSize {
            for (b, batch) in log.batches.enumerated() {
                for (i, id) in batch.recordIDs.enumerated() where id >= 0 && i < batch.valueHashes.count {
                    if parse(batch.valueHashes[i]) != RecordPayload.expectedHash(id: UInt64(id), size: size) {
                        corrupt.append(Ledger.Copy(batch: Int32(b), index: Int32(i)))
                        if records.count < 20 { records.append(id) }
                    }
                }
            }
        }
        if let first = corrupt.first, let id = records.first {
            return failed(
                "\(Words.count(corrupt.count, "record")) changed on the way, first: record \(id)"
                    + " at \(ledger.partitionName(first)) offset \(ledger.offset(first))",
                batches: ledger.batchIDs(corrupt), records: records)
        }
        if let foreign = foreign(ledger) { return foreign }
        if let silent = SilentLoss(ledger) {
            return failed(silent.detail, batches: ledger.batchIDs(silent.holders), records: silent.records)
        }
        return passed("every value in the log is what was sent")
    }

    /// Records that carry no id of this run; nil when there are none, or no id is to be expected.
    private static func foreign(_ ledger: Ledger) -> PropertyResult? {
        guard ledger.hasRecordIDs, let first = ledger.foreignCopies.first else { return nil }
        return failed(
            "\(Words.count(ledger.foreignCopies.count, "record")) of the log carry no id of this run, first:"
                + " \(ledger.partitionName(first)) offset \(ledger.offset(first))",
            batches: ledger.batchIDs(ledger.foreignCopies))
    }

    /// A hash as the record writes it: up to 16 hexadecimal digits.
    private static func parse(_ text: String) -> UInt64? {
        guard !text.isEmpty, text.utf8.count <= 16 else { return nil }
        var value: UInt64 = 0
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt64(byte - 0x30)
            case 0x61...0x66: value = value << 4 | UInt64(byte - 0x61 + 10)
            case 0x41...0x46: value = value << 4 | UInt64(byte - 0x41 + 10)
            default: return nil
            }
        }
        return value
    }
}

/// Acknowledged records that are nowhere in the log, while the offset they were told holds another record.
private struct SilentLoss {
    var detail: String
    var records: [Int64] = []
    var holders: [Ledger.Copy] = []

    init?(_ ledger: Ledger) {
        let topics = ledger.record.cell.broker.topics
        if ledger.isSentWithoutAcks(.absent) { return nil }
        var count = 0
        var first = ""
        for (id, record) in ledger.record.client.records.enumerated()
        where record.outcome == .acknowledged && record.offset >= 0 && ledger.firstCopies[id] == .absent {
            guard topics.indices.contains(Int(record.topic)) else { continue }
            let topic = topics[Int(record.topic)].name
            guard let other = ledger.recordID(topic: topic, partition: record.partition, offset: record.offset),
                other >= 0, other < ledger.firstCopies.count
            else { continue }
            count += 1
            if count == 1 {
                first = "record \(id) at \(topic)-\(record.partition) offset \(record.offset) holds record \(other)"
            }
            if records.count < 20 {
                records.append(Int64(id))
                holders.append(ledger.firstCopies[Int(other)])
            }
        }
        if count == 0 { return nil }
        detail = "\(Words.count(count, "acknowledged record")) silently replaced by another, first: \(first)"
    }
}
