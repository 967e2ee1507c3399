/// What the broker's log holds, read back after the run through a path without faults; `log.jsonl`, one line a batch.
public struct LogAccount: Sendable, Equatable {
    /// Every batch, ordered by topic, partition, base offset.
    public var batches: [LogBatch]
    /// Log end offset by `topic-partition`.
    public var endOffsets: [String: Int64]
    /// True when every partition was read to its end.
    public var complete: Bool
    /// Records above the high watermark that were not read, by `topic-partition`: the leader's log holds them, consumers are
    /// not given them, and nothing is known of them. An account with any is not complete.
    public var unread: [String: Int64] = [:]
    /// True when the ids are those of the header of ``RecordNumber``; false when they are read from the values.
    public var isNumbered: Bool

    /// An account of the log; without arguments, one that nothing was read into.
    public init(
        batches: [LogBatch] = [], endOffsets: [String: Int64] = [:], complete: Bool = false, isNumbered: Bool = false
    ) {
        self.batches = batches
        self.endOffsets = endOffsets
        self.complete = complete
        self.isNumbered = isNumbered
    }
}

/// One record batch of the broker's log.
public struct LogBatch: Codable, Sendable, Equatable {
    /// Topic name.
    public var topic: String
    /// Partition.
    public var partition: Int32
    /// Offset of the first record.
    public var baseOffset: Int64
    /// Producer id, -1 for none.
    public var producerID: Int64
    /// Producer epoch, -1 for none.
    public var producerEpoch: Int16
    /// Sequence of the first record, -1 for none.
    public var baseSequence: Int32
    /// The record ids by the payload convention or by the records' headers, in offset order; -1 for a record that is not ours.
    public var recordIDs: [Int64]
    /// A 64-bit FNV-1a hash of each record's value, as hexadecimal, in offset order.
    public var valueHashes: [String]

    /// A batch as it was read back; `recordIDs` and `valueHashes` are of equal length.
    public init(
        topic: String, partition: Int32, baseOffset: Int64, producerID: Int64, producerEpoch: Int16,
        baseSequence: Int32, recordIDs: [Int64], valueHashes: [String]
    ) {
        self.topic = topic
        self.partition = partition
        self.baseOffset = baseOffset
        self.producerID = producerID
        self.producerEpoch = producerEpoch
        self.baseSequence = baseSequence
        self.recordIDs = recordIDs
        self.valueHashes = valueHashes
    }

    enum CodingKeys: String, CodingKey {
        case topic, partition
        case baseOffset = "base_offset"
        case producerID = "producer_id"
        case producerEpoch = "producer_epoch"
        case baseSequence = "base_sequence"
        case recordIDs = "record_ids"
        case valueHashes = "value_hashes"
    }
}
