import KafkaWire

/// What a log remembers of one producer, and whether its next batch may be appended.
///
/// A pure value: a batch's header goes in, a decision comes out, ``append(_:)`` records what was appended. The order of
/// checks is Kafka's (`UnifiedLog.analyzeAndValidateProducerState`, `ProducerAppendInfo`): duplicate, epoch, sequence.
/// The payload plays no part: a reused range of sequences counts as a duplicate whatever the batch holds.
public struct ProducerState: Sendable, Equatable {
    /// One appended batch, as far as it is needed to recognize its repetition.
    public struct Batch: Sendable, Equatable {
        /// Sequence of the first record.
        public var firstSequence: Int32
        /// Sequence of the last record.
        public var lastSequence: Int32
        /// Offset of the first record.
        public var firstOffset: Int64
        /// Offset of the last record.
        public var lastOffset: Int64
        /// The batch's maximum timestamp, milliseconds: returned as the append time of a duplicate.
        public var timestampMs: Int64

        /// A batch of these bounds.
        public init(
            firstSequence: Int32, lastSequence: Int32, firstOffset: Int64, lastOffset: Int64, timestampMs: Int64
        ) {
            self.firstSequence = firstSequence
            self.lastSequence = lastSequence
            self.firstOffset = firstOffset
            self.lastOffset = lastOffset
            self.timestampMs = timestampMs
        }
    }

    /// What to do with a batch.
    public enum Decision: Sendable, Equatable {
        /// Append it.
        case append
        /// Do not append it; answer success with what the first try was given.
        case duplicate(Batch)
        /// Do not append it; answer this error.
        case refuse(ErrorCode)
    }

    /// The epoch of the last batch; -1 when nothing is known.
    public private(set) var epoch: Int16 = -1
    /// The most recent batches of this epoch, oldest first; as many as the release's window.
    public private(set) var batches: [Batch] = []
    /// Maximum timestamp of the last batch, milliseconds: what expiration goes by.
    public private(set) var lastTimestampMs: Int64 = -1

    /// A producer of which nothing is known.
    public init() {}

    /// Decides on a batch of this producer, in a log that has or has not ever held a record.
    public func decide(
        epoch batchEpoch: Int16, firstSequence: Int32, lastSequence: Int32, logWasWritten: Bool, release: Release
    ) -> Decision {
        if batchEpoch == epoch,
            let known = batches.first(where: {
                $0.firstSequence == firstSequence && $0.lastSequence == lastSequence
            })
        {
            return .duplicate(known)
        }
        if batchEpoch < epoch { return .refuse(.invalidProducerEpoch) }
        if epoch == -1 { return decideUnknown(firstSequence, logWasWritten: logWasWritten, release: release) }
        if batchEpoch > epoch { return firstSequence == 0 ? .append : .refuse(.outOfOrderSequenceNumber) }
        guard let last = batches.last?.lastSequence else {
            return firstSequence == 0 ? .append : .refuse(.outOfOrderSequenceNumber)
        }
        if Int64(firstSequence) == Int64(last) + 1 || (firstSequence == 0 && last == .max) { return .append }
        // Less than half of the sequence space before the window is older; more is a gap beyond the wrap.
        let back = (Int64(batches[0].firstSequence) - Int64(lastSequence)) & 0x7fff_ffff
        if release.refusesOldDuplicateAs46, (1..<1 << 30).contains(back) {
            return .refuse(.duplicateSequenceNumber)
        }
        return .refuse(.outOfOrderSequenceNumber)
    }

    private func decideUnknown(_ firstSequence: Int32, logWasWritten: Bool, release: Release) -> Decision {
        if firstSequence == 0 { return .append }
        switch release.unknownProducerRule {
        case .accepted: return .append
        case .acceptedUnlessNeverWritten: return logWasWritten ? .append : .refuse(.outOfOrderSequenceNumber)
        case .outOfOrder: return .refuse(.outOfOrderSequenceNumber)
        case .unknownProducerID: return .refuse(.unknownProducerId)
        }
    }

    /// Records a batch that was appended, and forgets what falls out of `window`; a new epoch forgets all before it.
    public mutating func append(_ batch: Batch, epoch batchEpoch: Int16, window: Int) {
        if batchEpoch != epoch {
            batches.removeAll(keepingCapacity: true)
            epoch = batchEpoch
        }
        if batches.count >= window { batches.removeFirst(batches.count - window + 1) }
        batches.append(batch)
        lastTimestampMs = batch.timestampMs
    }

    /// What a snapshot keeps: the last batch only, so that the window is 1 after a restart.
    public var snapshot: ProducerState {
        var copy = self
        copy.batches = Array(batches.suffix(1))
        return copy
    }
}
