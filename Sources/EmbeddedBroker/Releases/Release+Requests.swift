// What of a Produce request is looked at where, and what a fault found there costs (`ProduceRequest`, `KafkaApis`).
extension Release {
    /// Where the records of a Produce request are first looked at. A fault found while the request is parsed closes the
    /// connection, one found by the handler is answered.
    public enum RecordsCheck: Sendable {
        /// Parsing demands exactly one batch of magic 2 of Produce v3 and later (`ProduceRequest.validateRecords`).
        case whileParsing
        /// Parsing reads the first batch's flags, in every version (`ProduceRequest.setFlags`); the handler checks the rest
        /// (KAFKA-7549, 2.1).
        case flagsWhileParsing
        /// The handler does both (generated protocol classes, KAFKA-9628, 2.8).
        case inHandler
    }

    /// See ``RecordsCheck``.
    public var recordsCheck: RecordsCheck {
        if isAtLeast(2, 8) { return .inHandler }
        return isAtLeast(2, 1) ? .flagsWhileParsing : .whileParsing
    }

    /// Whether a transactional batch in a request without a transactional id is answered with 53; before 2.1 it is an
    /// append like any other (`ProduceRequest.isTransactional` with an authorizer that is not there).
    public var demandsTransactionalID: Bool { isAtLeast(2, 1) }

    /// Whether a request with null records is never answered: it fails before anything is appended, in the search for
    /// transactional batches, and its error answer cannot be made either (`ProduceRequest.partitionSizes`, KAFKA-15771).
    /// Since 3.8 (`ReplicaManager.handleProduceAppend`), with a transactional id since 3.6 (KIP-890). Otherwise the append
    /// fails with -1 from 2.8 on; before, parsing closes the connection.
    public func neverAnswersNullRecords(hasTransactionalID: Bool) -> Bool {
        isAtLeast(3, 8) || (hasTransactionalID && verifiesTransactions)
    }

    /// Whether zstd exists (KIP-110), for Produce v7 and later.
    public var knowsZstd: Bool { isAtLeast(2, 1) }

    /// Whether a partition that its topic does not have is found out before the acks are looked at
    /// (KAFKA-6796).
    public var knowsPartitionsFirst: Bool { isAtLeast(2, 0) }

    /// Whether a topic has an id (KIP-516).
    public var hasTopicIDs: Bool { isAtLeast(2, 8) }

    /// Whether a topic that Metadata creates is usable in the same answer; before 4.0 it says 5 LEADER_NOT_AVAILABLE.
    public var createsTopicsAtOnce: Bool { isAtLeast(4, 0) }

    /// Whether the answer to an unsupported ApiVersions version lists ApiVersions itself (KIP-511).
    public var namesApiVersionsOnError: Bool { isAtLeast(2, 4) }
}
