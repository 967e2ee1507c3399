import EvidenceModel
import Testing

@testable import Verdicts

@Suite struct NothingGivenUpTests {
    @Test func passes() {
        #expect(Fixture().property("nothing-given-up").outcome == .passed)
    }

    @Test func aFailedRecordIsGivenUp() {
        var fixture = Fixture()
        fixture.record.client.errorNames = ["MSG_TIMED_OUT"]
        for id in [50, 52] {
            fixture.record.client.records[id].outcome = .indeterminate
            fixture.record.client.records[id].error = 0
        }
        let result = fixture.property("nothing-given-up")
        #expect(result.outcome == .failed)
        #expect(
            result.detail
                == "2 records given up (MSG_TIMED_OUT), first: record 50 at 0.295 s, 0.045 s after it was sent;"
                + " 2 of them are in the log all the same")
        #expect(fixture.verdict.measures.failed == 2)
    }

    @Test func theBatchThatAFailedRecordWasSentInIsFound() {
        var fixture = Fixture()
        fixture.forgetLogBatch(2)
        for id in stride(from: 40, to: 60, by: 2) { fixture.record.client.records[id].outcome = .indeterminate }
        fixture.record.wire?.batches[4].attempts[0].requestReachedBrokerUs = nil
        fixture.record.wire?.batches[4].attempts[0].ackReachedClientUs = nil
        fixture.record.wire?.batches[4].attempts[0].fate = .requestLost
        let result = fixture.property("nothing-given-up")
        #expect(result.outcome == .failed)
        #expect(result.batches == ["orders-0/seq 20/20"])
        #expect(result.detail.hasSuffix("orders-0/seq 20/20, left at 0.290 s and never reached the broker"))
    }

    @Test func aRecordWithoutAReportIsGivenUpOnlyWhenTheDriverFinished() {
        var fixture = Fixture()
        fixture.record.client.records[50].outcome = .none
        #expect(fixture.property("nothing-given-up").outcome == .failed)
        fixture.record.client.finished = false
        #expect(fixture.property("nothing-given-up").outcome == .inconclusive)
    }

    @Test func recordsThatTheClientNeverTookAreGivenUp() {
        var fixture = Fixture()
        fixture.record.cell.workload.records = 420
        let result = fixture.property("nothing-given-up")
        #expect(result.outcome == .failed)
        #expect(result.detail == "20 records never taken by the client")
    }

    @Test func whatAStoppedCellDidNotSendSaysNothing() {
        var fixture = Fixture()
        fixture.record.cell.workload.records = 420
        fixture.record.history.append(HistoryEvent(timeUs: Fixture.startUs + 1, kind: .interrupted))
        #expect(fixture.property("nothing-given-up").outcome == .inconclusive)
        fixture.record.client.records[50].outcome = .indeterminate
        #expect(fixture.property("nothing-given-up").outcome == .failed)
    }

    /// What is missing may stand in the lines that could not be read: that is no word against the client.
    @Test func recordsThatUnreadLinesMayNameAreNotHeldAgainstTheClient() {
        var fixture = Fixture()
        fixture.record.client.records[7] = .init()
        fixture.record.client.malformedLines = 1
        fixture.record.client.firstMalformed = "1760000000000000000 is no time in microseconds since the epoch"
        let result = fixture.property("nothing-given-up")
        #expect(result.outcome == .inconclusive)
        #expect(fixture.verdict.outcome == .inconclusive)
        #expect(fixture.verdict.doubts.contains { $0.contains("the first because 1760000000000000000 is no time") })
        fixture.record.client.malformedLines = 0
        #expect(fixture.property("nothing-given-up").outcome == .failed)
    }
}
