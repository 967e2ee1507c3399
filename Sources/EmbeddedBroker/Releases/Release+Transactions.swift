import KafkaWire

// Transactions: what the coordinator, a partition's leader and the group coordinator do differently.
extension Release {
    /// Whether the feature `transaction.version` exists (KIP-890, 4.0); its level is then 2 by default.
    public var hasTransactionVersion: Bool { isAtLeast(4, 0) }

    /// Whether a batch of another epoch than that of the producer's open transaction is asked about too (KIP-890, 4.0).
    public var verificationKnowsEpochs: Bool { isAtLeast(4, 0) }

    /// Whether an epoch that is too old is told (47) before the coordinator is asked (KAFKA-19690: 4.0.2, 4.1.1, 4.2).
    public var tellsStaleEpochFirst: Bool {
        switch (major, minor) {
        case (4, 0): patch >= 2
        case (4, 1): patch >= 1
        default: isAtLeast(4, 2)
        }
    }

    /// Whether a partition that is not in the transaction has an error of its own, 120, for Produce v11, TxnOffsetCommit v4
    /// and who asks; before 3.8 it is always 48.
    public var hasTransactionAbortable: Bool { isAtLeast(3, 8) }

    /// Whether an unreachable coordinator becomes 19 for the producer, as its other passing errors do (3.8).
    public var retriesNetworkErrorsOfQuestions: Bool { isAtLeast(3, 8) }

    /// Whether a fence or timeout by a coordinator at `transaction.version` 2 raises the epoch twice (KAFKA-19367; 4.0.0).
    public var fenceRaisesEpochTwice: Bool { (major, minor, patch) == (4, 0, 0) }

    /// Whether a fence or timeout at the last epoch changes the producer id at once (KAFKA-20090, KAFKA-20310; 4.3).
    public var fenceChangesExhaustedID: Bool { isAtLeast(4, 3) }

    /// Whether a client that raises its epoch with each transaction must begin with sequence 0 where it is not known (4.1).
    public var wantsZeroOfTransactions: Bool { isAtLeast(4, 1) }

    /// Whether a coordinator takes a partition without a leader for a deleted one and drops its marker (KAFKA-20734: 4.3 and
    /// the branches behind it, as far as read).
    public var skipsLeaderlessMarkers: Bool { isAtLeast(4, 3) && !isAtLeast(4, 5) }

    /// Whether an ABORT marker without records before it leaves an entry in the index of aborted transactions; no longer
    /// since 2.8.
    public var indexesEmptyAborts: Bool { !isAtLeast(2, 8) }

    /// Whether a marker of a client at `transaction.version` 2 must have an epoch above the producer's, but for a retry
    /// (KAFKA-19446, KAFKA-19999; WriteTxnMarkers v2, 4.2).
    public var wantsHigherMarkerEpoch: Bool { isAtLeast(4, 2) }

    /// Default of `transaction.abort.timed.out.transaction.cleanup.interval.ms`: 60 s, 10 s since 2.5.
    public var defaultTransactionCheckMs: Int64 { isAtLeast(2, 5) ? 10_000 : 60_000 }
}
