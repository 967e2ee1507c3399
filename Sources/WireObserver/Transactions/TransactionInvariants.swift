import EvidenceModel

/// Between two transactions of a producer in a partition there is a marker, and it takes an offset. Where the answers to
/// their batches leave no room for it, it was never written: the records of the first stay open, and share the fate of the
/// second.
enum TransactionInvariants {
    private struct Place: Hashable {
        var producer: Int64
        var partition: TransactionCall.Partition
    }

    static func check(
        _ transactions: [ObservedTransaction], _ analysis: WireAnalysis, _ broken: inout [WireEvidence.Finding]
    ) {
        var ends: [Place: (transaction: Int, offset: Int64)] = [:]
        for (number, transaction) in transactions.enumerated() where !transaction.isStray {
            for batchNumber in transaction.batches {
                let batch = analysis.ledger.batches[Int(batchNumber)]
                let request = analysis.ledger.request(batch.firstAttempt)
                guard let offset = appendedAt(batch, analysis) else { continue }
                let partition = TransactionCall.Partition(
                    topic: analysis.topics.text(request.topic), partition: request.partition)
                let place = Place(producer: request.producerID, partition: partition)
                if let end = ends[place], end.transaction != number, end.offset + 1 == offset,
                    [.committed, .aborted].contains(transactions[end.transaction].outcome)
                {
                    let id = analysis.id(Int(batchNumber), request)
                    broken.append(
                        WireEvidence.Finding(
                            kind: "transaction_marker_missing", timeUs: request.requestNs / 1000, batch: id,
                            detail: "at offset \(offset), right behind a batch of the transaction before, which was "
                                + "answered \(transactions[end.transaction].outcome.rawValue): there is no marker in "
                                + "\(partition.topic)-\(partition.partition), whose records share the fate of this one")
                    )
                }
                ends[place] = (number, offset + Int64(request.recordCount) - 1)
            }
        }
    }

    private static func appendedAt(_ batch: BatchLedger.Batch, _ analysis: WireAnalysis) -> Int64? {
        for attempt in analysis.ledger.attempts(of: batch) {
            guard let answer = analysis.ledger.answer(attempt), answer.errorCode == 0, answer.baseOffset >= 0
            else { continue }
            return answer.baseOffset
        }
        return nil
    }
}
