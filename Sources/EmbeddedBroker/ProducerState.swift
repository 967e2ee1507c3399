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
    /// First offset of the transaction that a transactional batch opened and no marker has ended; nil when none is open.
    public private(set) var transactionFirstOffset: Int64?
    /// Epoch of the coordinator that wrote the last marker; -1 when none did.
    public private(set) var coordinatorEpoch: Int32 = -1

    /// A producer of which nothing is known.
    public init() {}

    /// Decides on a batch of this producer, in a log that has or has not ever held a record.
    public func decide(
        epoch batchEpoch: Int16, firstSequence: Int32, lastSequence: Int32, isTransactional: Bool = false,
        logWasWritten: Bool, release: Release
    ) -> Decision {
        decide(
            Asked(
                epoch: batchEpoch, firstSequence: firstSequence, lastSequence: lastSequence,
                isTransactional: isTransactional), verification: nil, logWasWritten: logWasWritten, release: release)
    }

    /// What a batch says of itself.
    struct Asked {
        var epoch: Int16
        var firstSequence: Int32
        var lastSequence: Int32
        var isTransactional: Bool
    }

    /// ``decide(epoch:firstSequence:lastSequence:isTransactional:logWasWritten:release:)`` for a producer whose
    /// transaction the leader may be asking about.
    func decide(
        _ asked: Asked, verification: VerificationEntry?, logWasWritten: Bool, release: Release
    ) -> Decision {
        let (batchEpoch, firstSequence, lastSequence) = (asked.epoch, asked.firstSequence, asked.lastSequence)
        if batchEpoch == epoch,
            let known = batches.first(where: {
                $0.firstSequence == firstSequence && $0.lastSequence == lastSequence
            })
        {
            return .duplicate(known)
        }
        if batchEpoch < epoch { return .refuse(.invalidProducerEpoch) }
        if let verification {
            let isNew = verification.supportsEpochBump && release.wantsZeroOfTransactions && batches.isEmpty
            if (isNew && firstSequence != 0) || firstSequence > verification.lowestSequence {
                return .refuse(.outOfOrderSequenceNumber)
            }
        }
        if let code = sequenceFault(
            batchEpoch, firstSequence, lastSequence, logWasWritten: logWasWritten, release: release)
        {
            return .refuse(code)
        }
        return transactionFirstOffset != nil && !asked.isTransactional ? .refuse(.invalidTxnState) : .append
    }

    /// What is wrong with a sequence, when the epoch is this one or a newer one (`ProducerAppendInfo.checkSequence`).
    private func sequenceFault(
        _ batchEpoch: Int16, _ firstSequence: Int32, _ lastSequence: Int32, logWasWritten: Bool, release: Release
    ) -> ErrorCode? {
        guard batchEpoch == epoch else {
            guard firstSequence != 0 else { return nil }
            return epoch == -1
                ? Self.unknownFault(logWasWritten: logWasWritten, release: release) : .outOfOrderSequenceNumber
        }
        if epoch == -1, release.epochMinusOneIsNoState {
            return firstSequence == 0 ? nil : Self.unknownFault(logWasWritten: logWasWritten, release: release)
        }
        guard let last = batches.last?.lastSequence else {
            return firstSequence == 0 ? nil : release.unknownNextSequenceCode
        }
        let oldest = batches[0].firstSequence
        if release.refusesOldDuplicateAs46, lastSequence != 0, oldest != .max, lastSequence < oldest {
            return .duplicateSequenceNumber
        }
        let isNext = Int64(firstSequence) == Int64(last) + 1 || (firstSequence == 0 && last == .max)
        return isNext ? nil : .outOfOrderSequenceNumber
    }

    private static func unknownFault(logWasWritten: Bool, release: Release) -> ErrorCode? {
        switch release.unknownProducerRule {
        case .accepted: nil
        case .acceptedUnlessNeverWritten: logWasWritten ? nil : .outOfOrderSequenceNumber
        case .outOfOrder: .outOfOrderSequenceNumber
        case .unknownProducerID: .unknownProducerId
        }
    }

    /// Records a batch that was appended, and forgets what falls out of `window`; a new epoch forgets all before it.
    public mutating func append(_ batch: Batch, epoch batchEpoch: Int16, window: Int, isTransactional: Bool = false) {
        raise(to: batchEpoch)
        if batches.count >= window { batches.removeFirst(batches.count - window + 1) }
        batches.append(batch)
        lastTimestampMs = batch.timestampMs
        if isTransactional, transactionFirstOffset == nil { transactionFirstOffset = batch.firstOffset }
    }

    /// Records a transactional batch without sequences, as coordinators write them.
    mutating func appendUnnumbered(epoch batchEpoch: Int16, firstOffset: Int64, timestampMs: Int64) {
        raise(to: batchEpoch)
        lastTimestampMs = timestampMs
        if transactionFirstOffset == nil { transactionFirstOffset = firstOffset }
    }

    /// Records a marker, which ends the transaction; a new epoch forgets all sequences before it.
    mutating func end(epoch markerEpoch: Int16, coordinatorEpoch newCoordinatorEpoch: Int32, timestampMs: Int64) {
        raise(to: markerEpoch)
        transactionFirstOffset = nil
        coordinatorEpoch = newCoordinatorEpoch
        lastTimestampMs = timestampMs
    }

    private mutating func raise(to newEpoch: Int16) {
        guard newEpoch != epoch else { return }
        batches.removeAll(keepingCapacity: true)
        epoch = newEpoch
    }

    /// Why a marker is refused (`ProducerAppendInfo.checkProducerEpoch`, `checkCoordinatorEpoch`); nil when it is taken.
    func markerFault(
        epoch markerEpoch: Int16, coordinatorEpoch newCoordinatorEpoch: Int32, isStrict: Bool
    ) -> ErrorCode? {
        let isRetry = markerEpoch == epoch && transactionFirstOffset == nil
        let isOld = isStrict ? markerEpoch <= epoch && !isRetry : markerEpoch < epoch
        if isOld { return .invalidProducerEpoch }
        return newCoordinatorEpoch < coordinatorEpoch ? .transactionCoordinatorFenced : nil
    }

    /// What a snapshot keeps: the last batch only, so that the window is 1 after a restart.
    public var snapshot: ProducerState {
        var copy = self
        copy.batches = Array(batches.suffix(1))
        return copy
    }
}
