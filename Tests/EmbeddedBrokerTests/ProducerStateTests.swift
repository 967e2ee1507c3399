import EmbeddedBroker
import KafkaWire
import Testing

/// The decision table of the sequence rules, a test for each row and release.
struct ProducerStateTests {
    private static func release(_ text: String) -> Release { Release(text)! }

    /// A producer in epoch 0 with batches of one record each, sequences 0 to `last`.
    private func state(upTo last: Int32, epoch: Int16 = 0, _ release: Release) -> ProducerState {
        var state = ProducerState()
        for sequence in 0...last {
            state.append(
                .init(
                    firstSequence: sequence, lastSequence: sequence, firstOffset: Int64(sequence),
                    lastOffset: Int64(sequence), timestampMs: 1000 + Int64(sequence)),
                epoch: epoch, window: release.duplicateWindow)
        }
        return state
    }

    private func decide(
        _ state: ProducerState, _ first: Int32, to last: Int32? = nil, epoch: Int16 = 0, written: Bool = true,
        _ release: Release
    ) -> ProducerState.Decision {
        state.decide(
            epoch: epoch, firstSequence: first, lastSequence: last ?? first, logWasWritten: written, release: release)
    }

    @Test(arguments: Release.tested) func theNextSequenceIsAppended(name: String) {
        let release = Self.release(name)
        #expect(decide(state(upTo: 6, release), 7, release) == .append)
        #expect(decide(ProducerState(), 0, written: false, release) == .append)
    }

    @Test(arguments: Release.tested) func aGapIsOutOfOrder(name: String) {
        let release = Self.release(name)
        #expect(decide(state(upTo: 6, release), 8, release) == .refuse(.outOfOrderSequenceNumber))
    }

    @Test(arguments: [
        ("0.11", 1), ("1.0.0", 5), ("1.1", 5), ("2.1", 5), ("2.5", 5), ("3.9", 5), ("4.0", 5), ("4.3", 5), ("4.5", 5),
    ])
    func theWindowIsAsLargeAsTheReleaseSays(name: String, window: Int32) {
        let release = Self.release(name)
        let state = state(upTo: 9, release)
        for back in 0..<window {
            guard case .duplicate(let batch) = decide(state, 9 - back, release) else {
                Issue.record("\(name): duplicate \(back) back is not recognized")
                continue
            }
            #expect(batch.firstOffset == Int64(9 - back) && batch.timestampMs == 1009 - Int64(back))
        }
        let older = decide(state, 9 - window, release)
        #expect(older == .refuse(name == "1.0.0" ? .duplicateSequenceNumber : .outOfOrderSequenceNumber))
    }

    @Test(arguments: [("1.0.0", 46), ("1.0.1", 46), ("1.0.2", 45), ("1.1", 45), ("2.0", 45)] as [(String, Int16)])
    func onlyTheFirstReleasesOfTheWindowAnswer46(name: String, code: Int16) {
        let release = Self.release(name)
        #expect(decide(state(upTo: 9, release), 1, release) == .refuse(ErrorCode(rawValue: code)))
    }

    /// 46 in 1.0.0 is for a range that ends before the oldest batch known, but not at sequence 0.
    @Test(
        arguments: [(4, 4, 46), (3, 4, 46), (0, 4, 46), (0, 0, 45), (3, 5, 45), (12, 12, 45)] as [(Int32, Int32, Int16)]
    )
    func whatIsOldIn100(first: Int32, last: Int32, code: Int16) {
        let release = Self.release("1.0.0")
        #expect(decide(state(upTo: 9, release), first, to: last, release) == .refuse(ErrorCode(rawValue: code)))
    }

    /// Epoch -1 is an epoch like any other until KIP-360 made it "no state".
    @Test(arguments: [("0.11", 45), ("1.1", 45), ("2.0", 59), ("2.4", 59)] as [(String, Int16)])
    func epochMinusOneBefore25(name: String, code: Int16) {
        let release = Self.release(name)
        #expect(decide(ProducerState(), 7, epoch: -1, release) == .refuse(ErrorCode(rawValue: code)))
        let known = state(upTo: 3, epoch: -1, release)
        #expect(decide(known, 4, epoch: -1, release) == .append)
        #expect(decide(known, 6, epoch: -1, release) == .refuse(.outOfOrderSequenceNumber))
    }

    @Test(arguments: ["2.5", "4.3"]) func epochMinusOneSince25(name: String) {
        let release = Self.release(name)
        #expect(decide(state(upTo: 3, epoch: -1, release), 6, epoch: -1, release) == .append)
    }

    /// A transaction that nothing ends refuses what is not part of it; a repetition is recognized all the same.
    @Test func anOpenTransactionWantsTransactionalBatches() {
        let release = Self.release("2.3")
        var state = ProducerState()
        state.append(
            .init(firstSequence: 0, lastSequence: 0, firstOffset: 0, lastOffset: 0, timestampMs: 1), epoch: 0,
            window: 5,
            isTransactional: true)
        #expect(decide(state, 1, release) == .refuse(.invalidTxnState))
        #expect(
            state.decide(
                epoch: 0, firstSequence: 1, lastSequence: 1, isTransactional: true, logWasWritten: true,
                release: release) == .append)
        if case .duplicate = decide(state, 0, release) { return }
        Issue.record("the repetition is not recognized")
    }

    @Test(arguments: [("0.11", 45), ("1.0.0", 59), ("1.1", 59), ("2.1", 59), ("2.4", 59)] as [(String, Int16)])
    func anUnknownProducerMustBeginAtZeroBefore25(name: String, code: Int16) {
        let release = Self.release(name)
        #expect(decide(ProducerState(), 7, release) == .refuse(ErrorCode(rawValue: code)))
    }

    @Test(arguments: ["2.5", "3.9", "4.0", "4.3"]) func anUnknownProducerMayBeginAnywhere(name: String) {
        #expect(decide(ProducerState(), 7, written: false, Self.release(name)) == .append)
    }

    @Test func aNeverWrittenLogWantsZeroFrom45() {
        let release = Self.release("4.5")
        #expect(decide(ProducerState(), 7, written: false, release) == .refuse(.outOfOrderSequenceNumber))
        #expect(decide(ProducerState(), 7, written: true, release) == .append)
    }

    @Test(arguments: Release.tested) func epochs(name: String) {
        let release = Self.release(name)
        let state = state(upTo: 3, epoch: 5, release)
        #expect(decide(state, 4, epoch: 4, release) == .refuse(.invalidProducerEpoch))
        #expect(decide(state, 0, epoch: 6, release) == .append)
        #expect(decide(state, 4, epoch: 6, release) == .refuse(.outOfOrderSequenceNumber))
    }

    @Test func aNewEpochForgetsTheOldOnes() {
        let release = Self.release("4.3")
        var state = state(upTo: 3, release)
        state.append(
            .init(firstSequence: 0, lastSequence: 0, firstOffset: 9, lastOffset: 9, timestampMs: 1), epoch: 1, window: 5
        )
        #expect(state.batches.count == 1)
        #expect(decide(state, 3, epoch: 0, release) == .refuse(.invalidProducerEpoch))
    }

    @Test(arguments: Release.tested) func partialOverlapsAreOutOfOrder(name: String) {
        let release = Self.release(name)
        var state = ProducerState()
        state.append(
            .init(firstSequence: 0, lastSequence: 4, firstOffset: 0, lastOffset: 4, timestampMs: 1), epoch: 0, window: 5
        )
        for (first, last) in [(0, 3), (0, 5), (2, 3), (4, 6)] as [(Int32, Int32)] {
            #expect(decide(state, first, to: last, release) == .refuse(.outOfOrderSequenceNumber))
        }
    }

    @Test(arguments: Release.tested) func sequencesWrap(name: String) {
        let release = Self.release(name)
        var state = ProducerState()
        state.append(
            .init(firstSequence: .max - 1, lastSequence: .max, firstOffset: 0, lastOffset: 1, timestampMs: 1), epoch: 0,
            window: release.duplicateWindow)
        #expect(decide(state, 0, release) == .append)
        // 1.0.0 takes whatever ends below the oldest sequence for an old duplicate, across the wrap too.
        let gap: ErrorCode = release.refusesOldDuplicateAs46 ? .duplicateSequenceNumber : .outOfOrderSequenceNumber
        #expect(decide(state, 1, release) == .refuse(gap))
    }

    @Test func aSnapshotKeepsTheLastBatchOnly() {
        let release = Self.release("4.3")
        let restored = state(upTo: 6, release).snapshot
        #expect(restored.batches.count == 1 && restored.epoch == 0)
        #expect(decide(restored, 5, release) == .refuse(.outOfOrderSequenceNumber))
        #expect(decide(restored, 7, release) == .append)
    }

    /// Without a check every batch would be appended: the rule above must make a difference.
    @Test func thePayloadPlaysNoPart() {
        let release = Self.release("4.3")
        if case .duplicate = decide(state(upTo: 0, release), 0, release) { return }
        Issue.record("the same range is not a duplicate")
    }
}
