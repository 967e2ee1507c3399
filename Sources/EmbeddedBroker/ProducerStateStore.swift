import KafkaWire

/// The states of all producers of one replica's log, with the snapshots that survive a restart.
///
/// Plays `ProducerStateManager`: which snapshots exist, which are deleted when the log start moves, and what is read
/// back after a stop in order or a kill, decides what a producer meets after a restart.
struct ProducerStateStore {
    let release: Release
    let expirationMs: Int64
    private(set) var states: [Int64: ProducerState] = [:]
    /// Producers whose transaction the leader is asking about; not on disk.
    private(set) var verifications: [Int64: VerificationEntry] = [:]
    /// First offsets of open transactions, by producer.
    private(set) var open: [Int64: Int64] = [:]
    /// Transactions that have ended, whose marker may not be replicated yet.
    private var ended: [AbortedTransaction] = []
    /// Offset behind the last batch that the states know.
    private(set) var mapEndOffset: Int64 = 0
    private var lastSnapshotOffset: Int64 = 0
    /// "Files": by offset, what each held. They survive restarts.
    private var snapshots: [Int64: [Int64: ProducerState]] = [:]

    init(release: Release, expirationMs: Int64) {
        self.release = release
        self.expirationMs = expirationMs
    }

    func decide(_ header: RecordBatchHeader, logWasWritten: Bool) -> ProducerState.Decision {
        (states[header.producerID] ?? ProducerState()).decide(
            .init(
                epoch: header.producerEpoch, firstSequence: header.baseSequence, lastSequence: header.lastSequence,
                isTransactional: header.isTransactional), verification: verifications[header.producerID],
            logWasWritten: logWasWritten, release: release)
    }

    // MARK: Transactions

    /// Whether this producer has an open transaction here that need not be asked about.
    func hasOpenTransaction(_ producerID: Int64, epoch: Int16) -> Bool {
        guard let state = states[producerID], state.transactionFirstOffset != nil else { return false }
        return !release.verificationKnowsEpochs || state.epoch == epoch
    }

    /// Notes that the coordinator is asked.
    mutating func beginVerification(_ producerID: Int64, epoch: Int16, sequence: Int32, supportsEpochBump: Bool) {
        if verifications[producerID] == nil {
            verifications[producerID] = VerificationEntry(
                sequence: sequence, epoch: epoch, supportsEpochBump: supportsEpochBump)
        } else {
            verifications[producerID]?.update(sequence: sequence, epoch: epoch)
        }
    }

    /// First offset whose outcome is not known or not replicated; nil when there is none.
    func firstUnstableOffset(highWatermark: Int64) -> Int64? {
        let undecided = open.values.min()
        // Markers stand in order of offsets: those that are not replicated are the last.
        let unreplicated = ended.reversed().prefix { $0.lastOffset >= highWatermark }.map(\.firstOffset).min()
        guard let undecided else { return unreplicated }
        return unreplicated.map { min($0, undecided) } ?? undecided
    }

    private mutating func end(_ batch: StoredBatch, _ marker: TransactionMarker) -> AbortedTransaction? {
        let header = batch.header
        let first = states[header.producerID]?.transactionFirstOffset
        states[header.producerID, default: ProducerState()].end(
            epoch: header.producerEpoch, coordinatorEpoch: marker.coordinatorEpoch, timestampMs: header.maxTimestamp)
        open[header.producerID] = nil
        verifications[header.producerID] = nil
        guard let begin = first ?? (release.indexesEmptyAborts ? header.baseOffset : nil) else { return nil }
        let whole = AbortedTransaction(
            producerID: header.producerID, firstOffset: begin, lastOffset: header.baseOffset)
        ended.append(whole)
        if ended.count > 4096 { ended.removeFirst(2048) }
        return marker.isCommit ? nil : whole
    }

    /// Records an appended batch; its header carries the assigned offsets and timestamps.
    ///
    /// - Returns: the transaction that it aborts.
    @discardableResult
    mutating func append(_ batch: StoredBatch) -> AbortedTransaction? {
        let header = batch.header
        let last = header.baseOffset + Int64(header.lastOffsetDelta)
        mapEndOffset = last + 1
        if header.isControl { return batch.marker.flatMap { end(batch, $0) } }
        if header.isTransactional, header.producerID >= 0 {
            verifications[header.producerID] = nil
            if open[header.producerID] == nil { open[header.producerID] = header.baseOffset }
        }
        if header.producerID >= 0, header.baseSequence < 0 {
            states[header.producerID, default: ProducerState()].appendUnnumbered(
                epoch: header.producerEpoch, firstOffset: header.baseOffset, timestampMs: header.maxTimestamp)
        } else if header.producerID >= 0 {
            let batch = ProducerState.Batch(
                firstSequence: header.baseSequence, lastSequence: header.lastSequence, firstOffset: header.baseOffset,
                lastOffset: last, timestampMs: header.maxTimestamp)
            states[header.producerID, default: ProducerState()].append(
                batch, epoch: header.producerEpoch, window: release.duplicateWindow,
                isTransactional: header.isTransactional)
        }
        return nil
    }

    /// Takes what the states say as the open transactions.
    private mutating func reopen() {
        open = states.compactMapValues(\.transactionFirstOffset)
        verifications.removeAll()
        ended.removeAll()
    }

    mutating func removeExpired(nowMs: Int64) {
        states = states.filter { !isExpired($0.value, nowMs: nowMs) }
    }

    /// Forgets every producer at once: the timeline's "expire producer state".
    mutating func expireAll() { states = states.filter { $0.value.transactionFirstOffset != nil } }

    /// Writes a snapshot at the end of the map unless there is a newer one.
    mutating func takeSnapshot() {
        guard mapEndOffset > lastSnapshotOffset else { return }
        snapshots[mapEndOffset] = states.mapValues(\.snapshot)
        lastSnapshotOffset = mapEndOffset
    }

    mutating func updateMapEndOffset(_ offset: Int64) { mapEndOffset = offset }

    mutating func deleteSnapshot(at offset: Int64) { snapshots[offset] = nil }

    mutating func logStartMoved(to offset: Int64) {
        if release.forgetsProducersBelowLogStart { states = states.filter { isRetained($0.value, logStart: offset) } }
        if release.deletesSnapshotsBelowLogStart { snapshots = snapshots.filter { $0.key >= offset } }
        mapEndOffset = max(mapEndOffset, offset)
        lastSnapshotOffset = snapshots.keys.max() ?? offset
    }

    /// Forgets states and snapshots: a log that begins again at `offset`.
    mutating func reset(at offset: Int64) {
        states.removeAll()
        reopen()
        snapshots.removeAll()
        lastSnapshotOffset = 0
        mapEndOffset = offset
    }

    /// Reads the states back for a log from `logStart` to `logEnd`, from snapshots and, where these end, from `batches`.
    ///
    /// - Parameters:
    ///   - segmentBases: base offsets of the segments.
    ///   - clean: the broker stopped in order; then a log without snapshots is taken to have no producers.
    ///   - batches: the headers of the batches from an offset on.
    mutating func rebuild(
        logStart: Int64, logEnd: Int64, segmentBases: [Int64], clean: Bool, nowMs: Int64,
        batches: (Int64) -> ArraySlice<StoredBatch>
    ) {
        states.removeAll()
        reopen()
        mapEndOffset = 0
        if snapshots.isEmpty, clean {
            for offset in Set(segmentBases.suffix(2) + [logEnd]).sorted() {
                mapEndOffset = offset
                takeSnapshot()
            }
            return
        }
        truncateAndReload(logStart: logStart, logEnd: logEnd, nowMs: nowMs)
        reopen()
        for batch in batches(max(mapEndOffset, logStart)) { append(batch) }
        mapEndOffset = logEnd
        takeSnapshot()
    }

    /// What an unclean start does before ``rebuild(logStart:logEnd:segmentBases:clean:nowMs:batches:)``: the active
    /// segment is scanned from its base, whatever the log start says, and a snapshot is left at its end.
    mutating func recover(
        activeBase: Int64, logStart: Int64, logEnd: Int64, nowMs: Int64,
        batches: (Int64) -> ArraySlice<StoredBatch>
    ) {
        states.removeAll()
        mapEndOffset = 0
        truncateAndReload(logStart: logStart, logEnd: activeBase, nowMs: nowMs)
        reopen()
        for batch in batches(max(mapEndOffset, 0)) { append(batch) }
        mapEndOffset = logEnd
        takeSnapshot()
    }

    private mutating func truncateAndReload(logStart: Int64, logEnd: Int64, nowMs: Int64) {
        snapshots = snapshots.filter { $0.key <= logEnd && $0.key > logStart }
        if logEnd == mapEndOffset {
            logStartMoved(to: logStart)
            return
        }
        states.removeAll()
        if let latest = snapshots.keys.max() {
            states = snapshots[latest]!.filter {
                !isExpired($0.value, nowMs: nowMs) && isRetained($0.value, logStart: logStart)
            }
            lastSnapshotOffset = latest
        } else {
            lastSnapshotOffset = logStart
        }
        mapEndOffset = lastSnapshotOffset
    }

    /// Whether the last batch's end is still in the log; since 2.4 that does not matter.
    private func isRetained(_ state: ProducerState, logStart: Int64) -> Bool {
        !release.forgetsProducersBelowLogStart || (state.batches.last?.lastOffset ?? -1) >= logStart
    }

    private func isExpired(_ state: ProducerState, nowMs: Int64) -> Bool {
        guard state.transactionFirstOffset == nil else { return false }
        // The time is the producer's word, and may be any number.
        let (age, overflow) = nowMs.subtractingReportingOverflow(state.lastTimestampMs)
        return overflow ? state.lastTimestampMs < 0 : age >= expirationMs
    }
}
