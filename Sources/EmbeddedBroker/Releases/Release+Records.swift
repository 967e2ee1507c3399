// What the log demands of a batch, and how a fault is answered (`Log.analyzeAndValidateRecords`, `LogValidator`,
// `ReplicaManager.appendToLocalLog`).
extension Release {
    /// Whether a batch's offset range must agree with its record count (KAFKA-6554, 1.1); before, only a count of 0 is
    /// refused, and the batch's base offset is set so that its last offset is right.
    public var checksOffsetRange: Bool { isAtLeast(1, 1) }

    /// Whether an invalid record has an error code of its own, 87 (KIP-467, 2.4); before, it is a kind of corrupt record, 2,
    /// and the answer does not name the log start.
    public var hasInvalidRecordError: Bool { isAtLeast(2, 4) }

    /// How records that are refused one by one are told.
    public enum RecordErrors: Sendable {
        /// Only the code; the first bad record decides (until 2.3).
        case none
        /// The first bad record: its message for the batch, its index without a message (2.4).
        case first
        /// Every bad record with its message (2.5).
        case all
    }

    /// See ``RecordErrors`` (KIP-467; KAFKA-8729 for all of them).
    public var recordErrors: RecordErrors {
        if isAtLeast(2, 5) { return .all }
        return isAtLeast(2, 4) ? .first : .none
    }

    /// Whether the message for a batch quotes its first three record errors (KAFKA-13694, 3.2).
    public var quotesRecordErrors: Bool { isAtLeast(3, 2) }

    /// Whether the message about a missing key ends with a full stop: it did until LogValidator became Java in 3.5.
    public var endsKeyMessageWithStop: Bool { !isAtLeast(3, 5) }

    /// Whether `message.timestamp.difference.max.ms` exists, which KIP-937 split in two; gone in 4.0.
    public var hasTimestampDifferenceSetting: Bool { !isAtLeast(4, 0) }

    /// Default of `message.timestamp.after.max.ms`: one hour since 4.0 (KIP-937), without limit before.
    public var defaultTimestampAfterMaxMs: Int64 { isAtLeast(4, 0) ? 3_600_000 : .max }
}
