import EvidenceModel
import Testing

@testable import Diagnosis

/// What shows only between the batches of a capture.
@Suite struct WireFactsTests {
    private func batch(
        _ base: Int32, epoch: Int16 = 0, hash: String = "", topic: String = "t", _ attempts: (Int64, Int16?)...
    ) -> WireEvidence.Batch {
        WireEvidence.Batch(
            id: "\(topic)-0/7.\(epoch)/seq \(base)", topic: topic, partition: 0, producerID: 7, producerEpoch: epoch,
            baseSequence: base, lastSequence: base, recordCount: 1,
            payloadHash: hash.isEmpty ? "\(topic)\(base)" : hash,
            attempts: attempts.map { time, code in
                WireEvidence.Attempt(
                    connection: "c", correlationID: 1, apiVersion: 10, acks: -1, requestLeftClientUs: time,
                    ackReachedClientUs: code == nil ? nil : time + 1, errorCode: code,
                    fate: code == nil ? .connectionLost : code == 0 ? .acknowledged : .refused)
            })
    }

    private func facts(_ batches: WireEvidence.Batch...) -> WireFacts {
        WireFacts(WireEvidence(batches: batches), PathFacts(), file: "f")
    }

    @Test func aGapIsARefusalBehindAnUnansweredBatch() {
        let gap = facts(batch(0, (1, 0)), batch(1, (2, nil), (3, nil)), batch(2, (4, 45)))
        #expect(gap.gaps.count == 1)
        #expect(gap.refusedRetries.isEmpty)
    }

    @Test func aWrittenBatchIsRefusedAtItsRetry() {
        let forgotten = facts(batch(0, (1, nil), (9, 45)), batch(1, (2, nil), (10, 0)))
        #expect(forgotten.refusedRetries.count == 1)
        #expect(forgotten.gaps.isEmpty)
    }

    @Test func theRaceOfANewTopic() {
        #expect(facts(batch(0, (1, 6), (5, 45)), batch(1, (2, 0))).newTopicRace.count == 1)
        #expect(facts(batch(0, (1, 6), (3, 0)), batch(1, (4, 0))).newTopicRace.isEmpty, "the first one came first")
        #expect(facts(batch(0, (1, 0)), batch(1, (2, 6), (3, 0))).newTopicRace.isEmpty, "a leader that moved later")
    }

    @Test func theSameRecordsUnderTwoEpochs() {
        let twice = facts(
            batch(5, hash: "x", (1, nil)), batch(9, topic: "o", (2, 45)), batch(0, epoch: 1, hash: "x", (3, 0)))
        #expect(twice.underTwoEpochs.count == 1)
        let refused = facts(batch(5, hash: "x", (1, 45)), batch(0, epoch: 1, hash: "x", (3, 0)))
        #expect(refused.underTwoEpochs.isEmpty, "what was refused is not in the log")
    }

    @Test func anOldBrokerShowsByItsProduceVersion() {
        var evidence = WireEvidence(batches: [batch(0, (1, 0))])
        evidence.batches[0].attempts[0].apiVersion = 3
        #expect(WireFacts(evidence, PathFacts(), file: "f").brokerRelease?.release == ReleaseNumber(0, 11))
        #expect(facts(batch(0, (1, 0))).brokerRelease == nil)
    }
}
