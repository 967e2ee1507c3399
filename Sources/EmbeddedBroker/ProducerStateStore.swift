import KafkaWire

/// The states of all producers of one replica's log, with the snapshots that survive a restart.
///
/// Plays `ProducerStateManager`: which snapshots exist, which are deleted when the log start moves, and what is read
/// back after a stop in order or a kill, decides what a producer meets after a restart.
struct ProducerStateStore {
    let release: Release
    let expirationMs: Int64
    private(set) var states: [Int64: ProducerState] = [:]
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
            epoch: header.producerEpoch, firstSequence: header.baseSequence, lastSequence: header.lastSequence,
            isTransactional: header.isTransactional, logWasWritten: logWasWritten, release: release)
    }

    /// Records an appended batch; its header carries the assigned offsets and timestamps.
    mutating func append(_ header: RecordBatchHeader) {
        let last = header.baseOffset + Int64(header.lastOffsetDelta)
        if header.producerID >= 0, !header.isControl {
            let batch = ProducerState.Batch(
                firstSequence: header.baseSequence, lastSequence: header.lastSequence, firstOffset: header.baseOffset,
                lastOffset: last, timestampMs: header.maxTimestamp)
            states[header.producerID, default: ProducerState()].append(
                batch, epoch: header.producerEpoch, window: release.duplicateWindow,
                isTransactional: header.isTransactional)
        }
        mapEndOffset = last + 1
    }

    mutating func removeExpired(nowMs: Int64) {
        states = states.filter { !isExpired($0.value, nowMs: nowMs) }
    }

    /// Forgets every producer at once: the timeline's "expire producer state".
    mutating func expireAll() { states.removeAll() }

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
        batches: (Int64) -> [RecordBatchHeader]
    ) {
        states.removeAll()
        mapEndOffset = 0
        if snapshots.isEmpty, clean {
            for offset in Set(segmentBases.suffix(2) + [logEnd]).sorted() {
                mapEndOffset = offset
                takeSnapshot()
            }
            return
        }
        truncateAndReload(logStart: logStart, logEnd: logEnd, nowMs: nowMs)
        for header in batches(max(mapEndOffset, logStart)) { append(header) }
        mapEndOffset = logEnd
        takeSnapshot()
    }

    /// What an unclean start does before ``rebuild(logStart:logEnd:segmentBases:clean:nowMs:batches:)``: the active
    /// segment is scanned from its base, whatever the log start says, and a snapshot is left at its end.
    mutating func recover(
        activeBase: Int64, logStart: Int64, logEnd: Int64, nowMs: Int64, batches: (Int64) -> [RecordBatchHeader]
    ) {
        states.removeAll()
        mapEndOffset = 0
        truncateAndReload(logStart: logStart, logEnd: activeBase, nowMs: nowMs)
        for header in batches(max(mapEndOffset, 0)) { append(header) }
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
        // The time is the producer's word, and may be any number.
        let (age, overflow) = nowMs.subtractingReportingOverflow(state.lastTimestampMs)
        return overflow ? state.lastTimestampMs < 0 : age >= expirationMs
    }
}
