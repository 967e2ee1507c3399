import KafkaWire

// What a log remembers of producers, and what it answers to their sequences (`ProducerStateManager`).
extension Release {
    /// Batches per producer whose repetition is recognized: 1 in 0.11 (`ProducerIdEntry`), 5 since 1.0 (KAFKA-5494).
    public var duplicateWindow: Int { isAtLeast(1, 0) ? 5 : 1 }

    /// Whether a range that ends before the window, other than one that ends at sequence 0, is answered with 46; only
    /// 1.0.0 and 1.0.1 did (`ProducerAppendInfo.isDuplicate`, gone with KAFKA-6683 in 1.0.2).
    public var refusesOldDuplicateAs46: Bool { isAtLeast(1, 0) && !isAtLeast(1, 0, 2) }

    /// What happens to a batch with a sequence other than 0 when the producer is not known.
    public enum UnknownProducerRule: Sendable {
        /// 45 OUT_OF_ORDER_SEQUENCE_NUMBER.
        case outOfOrder
        /// 59 UNKNOWN_PRODUCER_ID.
        case unknownProducerID
        /// Taken as it is (KIP-360).
        case accepted
        /// Taken unless the log never held a record (KAFKA-15591).
        case acceptedUnlessNeverWritten
    }

    /// See ``UnknownProducerRule``.
    public var unknownProducerRule: UnknownProducerRule {
        if isAtLeast(4, 5) { return .acceptedUnlessNeverWritten }
        if isAtLeast(2, 5) { return .accepted }
        return isAtLeast(1, 0) ? .unknownProducerID : .outOfOrder
    }

    /// What a sequence other than 0 gets where the epoch is known and the next sequence is not: 59 from 2.0 to 2.4
    /// (KAFKA-7298), else 45.
    public var unknownNextSequenceCode: ErrorCode {
        isAtLeast(2, 0) && !isAtLeast(2, 5) ? .unknownProducerId : .outOfOrderSequenceNumber
    }

    /// Whether epoch -1, which a batch may carry, counts as "no state" even after a batch with it was appended: any
    /// sequence is taken then (`checkSequence` since KIP-360).
    public var epochMinusOneIsNoState: Bool { isAtLeast(2, 5) }

    /// Whether a producer is forgotten when its last batch falls below the log start, by DeleteRecords or retention, while
    /// the broker runs (`truncateHead`); its state outlives its records since 2.4 (KAFKA-7190).
    public var forgetsProducersBelowLogStart: Bool { !isAtLeast(2, 4) }

    /// Whether snapshots below a new log start are deleted at once; since 2.8 they go with their segments (KAFKA-9393).
    public var deletesSnapshotsBelowLogStart: Bool { !isAtLeast(2, 8) }

    /// Whether `producer.id.expiration.ms` exists (KAFKA-14097, 3.4); before, `transactional.id.expiration.ms` stands for it.
    public var hasProducerExpirationSetting: Bool { isAtLeast(3, 4) }

    /// Default of `producer.id.expiration.ms`: one day; of `transactional.id.expiration.ms`: seven.
    public var defaultProducerExpirationMs: Int64 { hasProducerExpirationSetting ? 86_400_000 : 604_800_000 }

    /// Whether the leader asks the coordinator if a transactional batch belongs to a transaction (KIP-890, 3.6); before,
    /// such a batch is taken and opens one.
    public var verifiesTransactions: Bool { isAtLeast(3, 6) }
}
