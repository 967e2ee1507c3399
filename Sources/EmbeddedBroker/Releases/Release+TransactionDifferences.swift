import KafkaWire

extension Release {
    static let transactionDifferences: [Difference] = [
        .init("transactions", "a transactional batch outside a transaction") {
            guard $0.verifiesTransactions else { return "is taken, and hangs" }
            return $0.hasTransactionAbortable ? "120 to Produce v11, 48 to older ones" : "48 INVALID_TXN_STATE"
        },
        .init("transactions", "transaction.version, an epoch for each transaction", if: \.hasTransactionVersion),
        .init("transactions", "a batch of another epoch than the open transaction's is asked about") {
            $0.verificationKnowsEpochs ? "yes" : "no"
        },
        .init("transactions", "a stale epoch is told before the coordinator is asked", if: \.tellsStaleEpochFirst),
        .init("transactions", "an unreachable coordinator becomes 19", if: \.retriesNetworkErrorsOfQuestions),
        .init("transactions", "first sequence of a transaction where the producer is not known") {
            $0.wantsZeroOfTransactions ? "0 of clients with an epoch for each transaction" : "as of any producer"
        },
        .init("transactions", "a fence raises the epoch twice", if: \.fenceRaisesEpochTwice),
        .init("transactions", "a fence at the last epoch changes the id at once", if: \.fenceChangesExhaustedID),
        .init("transactions", "a marker must have a higher epoch (WriteTxnMarkers v2)", if: \.wantsHigherMarkerEpoch),
        .init("transactions", "an ABORT of nothing is in the index", if: \.indexesEmptyAborts),
        .init("transactions", "markers of leaderless partitions are dropped", if: \.skipsLeaderlessMarkers),
        .init("transactions", "check for timeouts, seconds") { "\($0.defaultTransactionCheckMs / 1000)" },
    ]
}
