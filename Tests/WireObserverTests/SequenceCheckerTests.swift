import Testing

@testable import WireObserver

/// The rules of sequences one by one, without a capture around them.
@Suite struct SequenceCheckerTests {
    private let stream = SequenceChecker.Stream(producerID: 7, topic: 0, partition: 0)

    private func gaps(_ checker: SequenceChecker) -> [ClosedRange<Int32>] { checker.gaps.map { $0.from...$0.to } }

    @Test func aLateRequestOfAnOlderEpochIsTheBrokersToRefuse() {
        var checker = SequenceChecker(granted: [])
        #expect(checker.note(stream, epoch: 1, base: 0, last: 2, batch: 0, timeNs: 0, startsKnown: true) == nil)
        #expect(checker.note(stream, epoch: 0, base: 9, last: 9, batch: 1, timeNs: 0, startsKnown: true) == nil)
        #expect(checker.note(stream, epoch: 0, base: 0, last: 9, batch: 2, timeNs: 0, startsKnown: true) == nil)
        #expect(checker.note(stream, epoch: 1, base: 3, last: 3, batch: 3, timeNs: 0, startsKnown: true) == nil)
        #expect(checker.gaps.isEmpty)
    }

    @Test(
        arguments: [
            (1, 3, [4...9]), (7, 9, [1...6]), (4, 6, [1...3, 7...9]), (1, 9, []),
        ] as [(Int32, Int32, [ClosedRange<Int32>])])
    func whatALateBatchLeavesOfAGapIsAGap(base: Int32, last: Int32, left: [ClosedRange<Int32>]) {
        var checker = SequenceChecker(granted: [])
        _ = checker.note(stream, epoch: 0, base: 0, last: 0, batch: 0, timeNs: 0, startsKnown: true)
        _ = checker.note(stream, epoch: 0, base: 10, last: 12, batch: 1, timeNs: 0, startsKnown: true)
        #expect(gaps(checker) == [1...9])
        #expect(checker.note(stream, epoch: 0, base: base, last: last, batch: 2, timeNs: 0, startsKnown: true) == nil)
        #expect(gaps(checker) == left)
    }

    /// Of a producer whose id the capture saw given out, the first batch must begin at 0.
    @Test func onlyAProducerSeenFromItsBeginningMustBeginAtZero() {
        for (granted, startsKnown, isGap) in [
            ([7], true, true), ([], true, false), ([7], false, false),
        ] as [(Set<Int64>, Bool, Bool)] {
            var checker = SequenceChecker(granted: granted)
            _ = checker.note(stream, epoch: 0, base: 4, last: 5, batch: 0, timeNs: 0, startsKnown: startsKnown)
            #expect(gaps(checker) == (isGap ? [0...3] : []))
        }
    }
}
