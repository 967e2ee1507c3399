import EvidenceModel

/// The ways in which two accounts of the same record can disagree. The raw values are names that reports and scripts
/// may rely on.
enum Disagreement: String, CaseIterable {
    /// The client says delivered; the log does not hold it.
    case ackedNotInLog = "acked_not_in_log"
    /// The client says certainly not written; the log holds it.
    case notPersistedInLog = "not_persisted_but_in_log"
    /// The client says failed, perhaps written; the log holds it. Allowed: that is what "perhaps" means.
    case failedInLog = "failed_but_in_log"
    /// The client says delivered; no answer on the wire told it so.
    case ackedWithoutWireAck = "acked_without_wire_ack"
    /// The log holds a record that no captured request carried.
    case logWithoutWire = "log_without_wire"
    /// An answer told the client that the record is written; the client, finished, reported nothing.
    case wireAckWithoutReport = "wire_ack_without_client_report"
    /// The client told an offset at which the log holds another record.
    case offsetMismatch = "offset_mismatch"

    /// True when this alone breaks the property; the others are counted, belong to another property, or cast doubt on
    /// the captures.
    var isBreach: Bool {
        switch self {
        case .notPersistedInLog, .ackedWithoutWireAck, .wireAckWithoutReport, .offsetMismatch: true
        case .ackedNotInLog, .failedInLog, .logWithoutWire: false
        }
    }
}

/// Every disagreement between the four accounts: how many, and the first records of each.
struct Reconciliation {
    /// Number of records by the kind of disagreement.
    private(set) var counts: [Disagreement: Int] = [:]
    /// Up to 20 record ids of each kind, ascending.
    private(set) var examples: [Disagreement: [Int64]] = [:]

    init(_ ledger: Ledger) {
        let topics = ledger.record.cell.broker.topics
        for (index, record) in ledger.record.client.records.enumerated() {
            let id = Int64(index)
            let copy = ledger.firstCopies[index]
            let inLog = copy != .absent
            switch record.outcome {
            case .acknowledged where !inLog:
                if ledger.record.log != nil { add(.ackedNotInLog, id) }
            case .acknowledged:
                if !acknowledgedOnWire(copy, ledger, id) { add(.ackedWithoutWireAck, id) }
                // Without acks no broker told an offset; what the client makes up then is no claim about the log.
                if record.offset >= 0, !ledger.isSentWithoutAcks(copy), topics.indices.contains(Int(record.topic)),
                    !holds(id, copy, topics[Int(record.topic)].name, record, ledger)
                {
                    add(.offsetMismatch, id)
                }
            case .notPersisted where inLog: add(.notPersistedInLog, id)
            case .indeterminate where inLog: add(.failedInLog, id)
            // Where lines of the driver could not be read the report may have stood there.
            case .none where inLog && ledger.record.client.finished && ledger.record.client.malformedLines == 0:
                if let reference = ledger.attemptReference(copy), ledger.isAcknowledgedOnWire[reference.batch] {
                    add(.wireAckWithoutReport, id)
                }
            case .none, .notPersisted, .indeterminate: break
            }
        }
        countLogWithoutWire(ledger)
    }

    /// True unless the wire shows every attempt of the record's batches and none of them was acknowledged.
    private func acknowledgedOnWire(_ copy: Ledger.Copy, _ ledger: Ledger, _ id: Int64) -> Bool {
        guard let reference = ledger.attemptReference(copy) else { return true }
        if ledger.isAcknowledgedOnWire[reference.batch] { return true }
        if ledger.isSentWithoutAcks(copy) { return true }
        // The client may have put the record into another batch when it sent it again.
        return ledger.furtherCopies.contains { other in
            guard other.id == id, let another = ledger.attemptReference(other.copy) else { return false }
            return ledger.isAcknowledgedOnWire[another.batch]
        }
    }

    private func holds(
        _ id: Int64, _ copy: Ledger.Copy, _ topic: String, _ record: ClientAccount.Record, _ ledger: Ledger
    ) -> Bool {
        if ledger.offset(copy) == record.offset, let batch = ledger.logBatch(copy), batch.topic == topic,
            batch.partition == record.partition
        {
            return true
        }
        return ledger.recordID(topic: topic, partition: record.partition, offset: record.offset) == id
    }

    private mutating func countLogWithoutWire(_ ledger: Ledger) {
        guard let log = ledger.record.log, ledger.record.wire != nil else { return }
        for (b, batch) in log.batches.enumerated() where ledger.attemptOfLogBatch[b] == nil {
            for id in batch.recordIDs where id >= 0 { add(.logWithoutWire, id) }
        }
    }

    private mutating func add(_ kind: Disagreement, _ id: Int64) {
        counts[kind, default: 0] += 1
        if examples[kind, default: []].count < 20 { examples[kind, default: []].append(id) }
    }
}
