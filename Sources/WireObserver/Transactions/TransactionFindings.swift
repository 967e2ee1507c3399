import EvidenceModel
import KafkaWire

/// What deserves a look about transactions.
enum TransactionFindings {
    static func add(_ ledger: TransactionLedger, to list: inout FindingList) {
        for finding in ledger.broken { list.add(finding) }
        for transaction in ledger.transactions {
            let name = name(transaction)
            let timeNs = transaction.endNs ?? transaction.firstNs
            EndRetried.add(transaction, name, timeNs, to: &list)
            OutcomeUntold.add(transaction, name, timeNs, to: &list)
            TransactionRefused.add(transaction, name, timeNs, to: &list)
            LateProduce.add(transaction, name, timeNs, to: &list)
        }
    }

    /// `'orders' producer id 7, epoch 0`.
    private static func name(_ transaction: ObservedTransaction) -> String {
        let id = transaction.transactionalID.map { "'\($0)' " } ?? ""
        return "transaction of \(id)producer id \(transaction.producerID), epoch \(transaction.epoch)"
    }
}
