import EvidenceModel
import Testing

@testable import Verdicts

@Suite struct NoLossTests {
    @Test func passes() {
        #expect(Fixture().property("no-loss").outcome == .passed)
    }

    @Test func anAcknowledgedRecordThatTheLogDoesNotHoldIsLost() {
        var fixture = Fixture()
        fixture.forgetLogBatch(2)
        let result = fixture.property("no-loss")
        #expect(result.outcome == .failed)
        #expect(
            result.detail
                == "10 acknowledged records not in the log, first: record 40, acknowledged at 0.295 s for orders-0"
                + " offset 20, which the log does not hold")
        #expect(result.records == stride(from: 40, to: 60, by: 2).map { Int64($0) })
        #expect(result.batches == ["orders-0/seq 20/20"])
        #expect(fixture.verdict.measures.lost == 10)
        #expect(fixture.verdict.outcome == .failed)
    }

    /// acks=0, or an answer that names no offset.
    @Test func withoutAnOffsetTheOrderOfSendingNamesTheBatch() {
        var fixture = Fixture()
        fixture.forgetLogBatch(2)
        for id in stride(from: 40, to: 60, by: 2) { fixture.record.client.records[id].offset = -1 }
        #expect(fixture.property("no-loss").batches == ["orders-0/seq 20/20"])
        // A record more than the captures show: the order says nothing then.
        fixture.record.wire?.batches.removeAll { $0.id == "orders-0/seq 10/10" }
        #expect(fixture.property("no-loss").batches == [])
    }

    @Test func aRecordThatFailedIsNotLost() {
        var fixture = Fixture()
        fixture.forgetLogBatch(2)
        for id in stride(from: 40, to: 60, by: 2) { fixture.record.client.records[id].outcome = .notPersisted }
        #expect(fixture.property("no-loss").outcome == .passed)
        #expect(fixture.verdict.measures.lost == 0)
    }

    @Test func withoutACompleteReadBackNothingIsProvenLost() {
        var fixture = Fixture()
        fixture.forgetLogBatch(2)
        fixture.record.log?.complete = false
        #expect(fixture.property("no-loss").outcome == .inconclusive)
        #expect(fixture.verdict.measures.lost == nil)
        fixture.record.log = nil
        #expect(fixture.property("no-loss").outcome == .inconclusive)
    }

    @Test func whatLiesAboveTheHighWatermarkAndWasNotReadIsNotLost() {
        var fixture = Fixture()
        fixture.forgetLogBatch(2)
        fixture.record.log?.complete = false
        fixture.record.log?.unread = ["orders-0": 10]
        #expect(fixture.property("no-loss").outcome == .inconclusive)
        #expect(fixture.verdict.outcome == .inconclusive)
        #expect(fixture.verdict.measures.lost == nil)
        let words = "10 records above the high watermark (orders-0) could not be read"
        #expect(fixture.verdict.doubts.contains { $0.hasPrefix(words) }, "\(fixture.verdict.doubts)")
        // The record on disk says the same.
        let lines = fixture.record.log!.jsonLines()
        let read = lines.withUnsafeBufferPointer { LogAccount.read($0) }
        #expect(read.account == fixture.record.log && read.malformedLines == 0)
    }

    @Test func aProducerWithoutReportsIsJudgedFromTheWire() {
        var fixture = Fixture()
        fixture.record.client = ClientAccount(reportsRecords: false)
        #expect(fixture.property("no-loss").outcome == .passed)
        #expect(fixture.verdict.outcome == .passed)
        #expect(fixture.verdict.measures.acked == 400)
        fixture.forgetLogBatch(2)
        #expect(fixture.property("no-loss").outcome == .failed)
    }

    /// A program without a driver that numbers its records: exit code 0 says that every number was delivered.
    @Test func aNumberThatIsMissingIsLostWhenTheProgramSaysThatItIsDone() {
        var fixture = Fixture()
        fixture.record.client = ClientAccount(reportsRecords: false)
        fixture.record.log?.isNumbered = true
        #expect(fixture.property("no-loss").outcome == .passed)
        fixture.record.log?.batches[3].recordIDs[0] = -1
        fixture.record.history.removeAll { $0.kind == .driverDone }
        #expect(fixture.property("no-loss").outcome == .passed, "a program that failed promises nothing")
        fixture.record.history.append(HistoryEvent(timeUs: Fixture.startUs, kind: .driverDone))
        let result = fixture.property("no-loss")
        #expect(result.outcome == .failed && result.records.count == 1, "\(result.detail)")
        #expect(Measures(Ledger(fixture.record)).lost == 1)
    }

    /// For a producer that reports nothing: a batch is in the log when its last record is.
    @Test func theEndOfAnAcknowledgedBatchMustBeThereToo() {
        var fixture = Fixture()
        fixture.record.client.reportsRecords = false
        fixture.record.client.records = []
        #expect(fixture.property("no-loss").outcome == .passed)
        fixture.record.log?.batches[4].recordIDs.removeLast(5)
        fixture.record.log?.batches[4].valueHashes.removeLast(5)
        #expect(fixture.property("no-loss").outcome == .failed)
    }
}
