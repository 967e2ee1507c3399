import KafkaWire

/// The log of one replica, in memory, with what would be on its disk: segments, snapshots, the log-start checkpoint.
struct PartitionLog {
    /// A segment file, as far as rolling and retention need it.
    struct Segment {
        var baseOffset: Int64
        var sizeBytes = 0
        var firstTimestampMs: Int64?
        var largestTimestampMs: Int64 = -1
        var createdMs: Int64
        var modifiedMs: Int64
    }

    private(set) var batches: [StoredBatch] = []
    private(set) var segments: [Segment]
    private(set) var logStartOffset: Int64 = 0
    private(set) var logEndOffset: Int64 = 0
    private(set) var sizeBytes = 0
    private(set) var producers: ProducerStateStore
    /// Aborted transactions in the order of their markers.
    private(set) var aborted: [AbortedTransaction] = []
    /// Leader epochs and where each begins.
    private(set) var epochs: [(epoch: Int32, startOffset: Int64)] = []
    /// The log start that a kill would find again.
    private var checkpointedLogStart: Int64 = 0

    init(release: Release, producerExpirationMs: Int64, nowMs: Int64) {
        producers = ProducerStateStore(release: release, expirationMs: producerExpirationMs)
        segments = [Segment(baseOffset: 0, createdMs: nowMs, modifiedMs: nowMs)]
    }

    /// True when a record was ever appended.
    var wasWritten: Bool { logEndOffset > 0 }

    // MARK: Appending

    /// Rolls the active segment when the batch does not fit it or it is too old.
    mutating func rollIfNeeded(for size: Int, maxTimestampMs: Int64, configuration: TopicConfiguration, nowMs: Int64) {
        let active = segments[segments.count - 1]
        guard active.sizeBytes > 0 else { return }
        let waited =
            active.firstTimestampMs.flatMap { $0 >= 0 ? maxTimestampMs &- $0 : nil } ?? nowMs - active.createdMs
        guard active.sizeBytes + size > configuration.segmentBytes || waited > configuration.segmentMs else { return }
        roll(nowMs: nowMs)
    }

    private mutating func roll(nowMs: Int64) {
        guard segments.last?.baseOffset != logEndOffset || segments.last?.sizeBytes != 0 else { return }
        producers.updateMapEndOffset(logEndOffset)
        producers.takeSnapshot()
        segments.append(Segment(baseOffset: logEndOffset, createdMs: nowMs, modifiedMs: nowMs))
    }

    /// Appends a batch whose header carries its offsets; the leader has decided, a follower copies.
    ///
    /// - Parameter notesProducer: false leaves the producer's state as it is, which only a broken broker does.
    mutating func append(_ batch: StoredBatch, nowMs: Int64, notesProducer: Bool = true) {
        let header = batch.header
        batches.append(batch)
        logEndOffset = batch.lastOffset + 1
        sizeBytes += batch.bytes.count
        let active = segments.count - 1
        segments[active].sizeBytes += batch.bytes.count
        if segments[active].firstTimestampMs == nil { segments[active].firstTimestampMs = header.maxTimestamp }
        segments[active].largestTimestampMs = max(segments[active].largestTimestampMs, header.maxTimestamp)
        segments[active].modifiedMs = nowMs
        noteEpoch(header.partitionLeaderEpoch, at: header.baseOffset)
        if notesProducer, let abort = producers.append(batch) { aborted.append(abort) }
    }

    private mutating func noteEpoch(_ epoch: Int32, at offset: Int64) {
        if epoch > (epochs.last?.epoch ?? -1) { epochs.append((epoch, offset)) }
    }

    func decide(_ header: RecordBatchHeader) -> ProducerState.Decision {
        producers.decide(header, logWasWritten: wasWritten)
    }

    /// See ``ProducerStateStore/beginVerification(_:epoch:sequence:supportsEpochBump:)``.
    mutating func beginVerification(_ producerID: Int64, epoch: Int16, sequence: Int32, supportsEpochBump: Bool) {
        producers.beginVerification(producerID, epoch: epoch, sequence: sequence, supportsEpochBump: supportsEpochBump)
    }

    mutating func removeExpiredProducers(nowMs: Int64) { producers.removeExpired(nowMs: nowMs) }

    mutating func expireAllProducers() { producers.expireAll() }

    // MARK: Reading

    /// Index of the first batch whose last offset is at or behind `offset`.
    func index(of offset: Int64) -> Int {
        var low = 0
        var high = batches.count
        while low < high {
            let middle = (low + high) / 2
            if batches[middle].lastOffset < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whole batches from the one that holds `offset` on, ending before `limit`; at least one batch when `minOne`.
    func read(from offset: Int64, limit: Int64, maxBytes: Int, minOne: Bool) -> ArraySlice<StoredBatch> {
        let start = index(of: offset)
        var end = start
        var size = 0
        while end < batches.count, batches[end].lastOffset < limit {
            let next = batches[end].bytes.count
            if size + next > maxBytes, !(minOne && size == 0) { break }
            size += next
            end += 1
        }
        return batches[start..<end]
    }

    /// Bytes that ``read(from:limit:maxBytes:minOne:)`` could return.
    func bytes(from offset: Int64, limit: Int64, atMost: Int) -> Int {
        var size = 0
        var index = index(of: offset)
        while index < batches.count, batches[index].lastOffset < limit, size < atMost {
            size += batches[index].bytes.count
            index += 1
        }
        return size
    }

    /// Where the largest epoch at or below `epoch` ends (KIP-279, KIP-320); nil when there is none.
    func endOffset(of epoch: Int32) -> (epoch: Int32, endOffset: Int64)? {
        guard let found = epochs.lastIndex(where: { $0.epoch <= epoch }) else { return nil }
        let end = found + 1 < epochs.count ? epochs[found + 1].startOffset : logEndOffset
        return (epochs[found].epoch, end)
    }

    /// Epoch of the batch that holds `offset`, or of the last one.
    func epoch(at offset: Int64) -> Int32 {
        epochs.last(where: { $0.startOffset <= offset })?.epoch ?? -1
    }
}

// MARK: Deleting, truncating, restarting

extension PartitionLog {
    /// Moves the log start, as DeleteRecords does; the bytes stay until a segment is wholly below it.
    mutating func moveLogStart(to offset: Int64) {
        guard offset > logStartOffset else { return }
        logStartOffset = offset
        producers.logStartMoved(to: offset)
    }

    /// Deletes the segments that retention no longer keeps.
    mutating func applyRetention(_ configuration: TopicConfiguration, highWatermark: Int64, nowMs: Int64) {
        guard configuration.isDeleted else { return }
        deleteSegments(highWatermark: highWatermark, nowMs: nowMs) { segment, _ in
            guard configuration.retentionMs >= 0 else { return false }
            let newest = segment.largestTimestampMs >= 0 ? segment.largestTimestampMs : segment.modifiedMs
            return nowMs &- newest > configuration.retentionMs
        }
        if configuration.retentionBytes >= 0 {
            var excess = Int64(segments.reduce(0) { $0 + $1.sizeBytes }) - configuration.retentionBytes
            deleteSegments(highWatermark: highWatermark, nowMs: nowMs) { segment, _ in
                guard excess - Int64(segment.sizeBytes) >= 0 else { return false }
                excess -= Int64(segment.sizeBytes)
                return true
            }
        }
        let start = logStartOffset
        deleteSegments(highWatermark: highWatermark, nowMs: nowMs) { _, end in end <= start }
    }

    private mutating func deleteSegments(
        highWatermark: Int64, nowMs: Int64, _ isDeletable: (Segment, Int64) -> Bool
    ) {
        var count = 0
        for (index, segment) in segments.enumerated() {
            let isActive = index == segments.count - 1
            let end = isActive ? logEndOffset : segments[index + 1].baseOffset
            guard end <= highWatermark, !(isActive && segment.sizeBytes == 0), isDeletable(segment, end) else { break }
            count += 1
        }
        guard count > 0 else { return }
        if count == segments.count { roll(nowMs: nowMs) }
        for segment in segments.prefix(count) { producers.deleteSnapshot(at: segment.baseOffset) }
        segments.removeFirst(count)
        let start = segments[0].baseOffset
        let gone = index(of: start)
        sizeBytes -= batches[..<gone].reduce(0) { $0 + $1.bytes.count }
        batches.removeFirst(gone)
        aborted.removeAll { $0.lastOffset < start }
        if start > logStartOffset {
            logStartOffset = start
            producers.logStartMoved(to: start)
        }
    }

    /// Drops everything from `offset` on: what a follower does with records that the new leader does not have.
    mutating func truncate(to offset: Int64, nowMs: Int64) {
        guard offset < logEndOffset else { return }
        let keep = batches.firstIndex { $0.lastOffset >= offset } ?? batches.count
        sizeBytes -= batches[keep...].reduce(0) { $0 + $1.bytes.count }
        batches.removeSubrange(keep...)
        logEndOffset = batches.last.map { $0.lastOffset + 1 } ?? min(offset, logEndOffset)
        while segments.count > 1, segments[segments.count - 1].baseOffset > logEndOffset { segments.removeLast() }
        epochs.removeAll { $0.startOffset >= logEndOffset }
        aborted.removeAll { $0.lastOffset >= logEndOffset }
        rebuildProducers(clean: false, nowMs: nowMs)
    }

    /// What a node's stop and start do to this replica.
    ///
    /// - Parameter clean: stopped in order: the log start is checkpointed and a snapshot is taken. A kill keeps the
    ///   batches, which are in the page cache, and scans the log.
    mutating func restart(clean: Bool, nowMs: Int64) {
        if clean {
            checkpointedLogStart = logStartOffset
            producers.takeSnapshot()
        } else {
            logStartOffset = max(checkpointedLogStart, segments[0].baseOffset)
            let batches = batches
            producers.recover(
                activeBase: segments[segments.count - 1].baseOffset, logStart: logStartOffset, logEnd: logEndOffset,
                nowMs: nowMs
            ) { offset in batches[(batches.firstIndex { $0.lastOffset >= offset } ?? batches.count)...] }
        }
        rebuildProducers(clean: clean, nowMs: nowMs)
    }

    private mutating func rebuildProducers(clean: Bool, nowMs: Int64) {
        let batches = batches
        producers.rebuild(
            logStart: logStartOffset, logEnd: logEndOffset, segmentBases: segments.map(\.baseOffset), clean: clean,
            nowMs: nowMs
        ) { offset in batches[(batches.firstIndex { $0.lastOffset >= offset } ?? batches.count)...] }
    }
}
