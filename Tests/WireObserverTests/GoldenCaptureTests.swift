import EvidenceModel
import Testing
import WireObserver

@Suite(
    .enabled(if: GoldenSessions.folder != nil, "no golden captures; set CROSSWIND_SHARED to the folder that has them"))
struct GoldenCaptureTests {
    @Test(arguments: GoldenSessions.names)
    func countsOfBothEndsAgreeWithTheTruth(_ name: String) throws {
        let truth = try GoldenSessions.truth(name)
        for (side, source) in [("client", GoldenSessions.client(name)), ("broker", GoldenSessions.broker(name))] {
            let capture = try #require(try WireAnalysis([source]).captures.first)
            #expect(capture.packets == truth.count(side, "packets"))
            #expect(capture.connections == truth.count(side, "connections"))
            #expect(capture.produceRequests == truth.count(side, "produceRequests"))
            #expect(capture.produceResponses == truth.count(side, "produceResponses"))
            #expect(capture.answers == truth.answers(side))
            #expect(capture.deduplicatedAnswers == truth.count(side, "answersWithLogAppendTimeSet"))
            #expect(capture.resets == truth.count(side, "connectionsWithReset"))
            #expect(capture.gaps == 0)
            #expect(capture.undecodableFrames == 0)
        }
    }

    @Test(arguments: GoldenSessions.names)
    func everyBatchOfTheLogIsFound(_ name: String) throws {
        let truth = try GoldenSessions.truth(name)
        guard let rows = truth.rows else { return }
        let evidence = try WireAnalysis.evidence(of: [GoldenSessions.client(name), GoldenSessions.broker(name)])
        let appended = evidence.batches.filter { $0.baseOffset != nil }
        var found: Set<Truth.Row> = []
        for batch in appended {
            let offsets = Set(batch.attempts.filter { $0.errorCode == 0 }.compactMap(\.baseOffset))
            for offset in offsets {
                found.insert(
                    Truth.Row(
                        topic: batch.topic, partition: Int(batch.partition), baseOffset: Int(offset),
                        producerID: Int(batch.producerID), epoch: Int(batch.producerEpoch),
                        baseSequence: Int(batch.baseSequence), lastSequence: Int(batch.lastSequence),
                        count: Int(batch.recordCount)))
            }
        }
        let missing = Set(rows).subtracting(found)
        // Nothing tells the offset of a batch for which no answer was asked for.
        let unanswered = evidence.batches.filter { batch in batch.attempts.contains { $0.acks == 0 } }.count
        #expect(missing.count <= unanswered, "\(missing)")
        #expect(found.subtracting(rows).isEmpty)
    }
}
