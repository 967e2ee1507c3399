import EvidenceModel
import Testing

@testable import Verdicts

@Suite struct AcksOnWireTests {
    private func counts(_ fixture: Fixture) -> [Disagreement: Int] { Reconciliation(Ledger(fixture.record)).counts }

    @Test func passes() {
        #expect(Fixture().property("acks-on-wire").outcome == .passed)
        #expect(counts(Fixture()).isEmpty)
    }

    @Test func anAcknowledgementThatTheWireDoesNotKnowFails() {
        var fixture = Fixture()
        fixture.record.wire?.batches[6].attempts[0].ackReachedClientUs = nil
        fixture.record.wire?.batches[6].attempts[0].fate = .ackLost
        let result = fixture.property("acks-on-wire")
        #expect(result.outcome == .failed)
        #expect(result.detail.hasPrefix("accounts disagree: acked_without_wire_ack 10; first"))
        #expect(result.batches == ["orders-0/seq 30/30"])
        fixture.change(.captureEnded) { $0.values = ["dropped_packets": 2] }
        #expect(fixture.property("acks-on-wire").outcome == .inconclusive)
    }

    @Test func withoutAcksAskedForNoneIsMissed() {
        var fixture = Fixture(idempotent: false)
        for b in 0..<40 {
            fixture.record.wire?.batches[b].attempts[0].acks = 0
            fixture.record.wire?.batches[b].attempts[0].errorCode = nil
            fixture.record.wire?.batches[b].attempts[0].baseOffset = nil
            fixture.record.wire?.batches[b].attempts[0].ackReachedClientUs = nil
            fixture.record.wire?.batches[b].attempts[0].fate = .noAckAskedFor
        }
        // An offset that the client makes up is no claim.
        fixture.record.client.records[50].offset = 0
        #expect(counts(fixture).isEmpty)
        #expect(fixture.property("acks-on-wire").outcome == .passed)
    }

    @Test func anOffsetThatHoldsAnotherRecordFails() {
        var fixture = Fixture()
        fixture.record.client.records[50].offset = 3
        #expect(counts(fixture) == [.offsetMismatch: 1])
        let result = fixture.property("acks-on-wire")
        #expect(result.outcome == .failed)
        #expect(result.detail.hasSuffix("record 50, told offset 3, is at orders-0 offset 25"))
    }

    @Test func aRecordCalledUnwrittenThatIsInTheLogFailsAndOneCalledUncertainDoesNot() {
        var fixture = Fixture()
        fixture.record.client.records[50].outcome = .indeterminate
        #expect(counts(fixture) == [.failedInLog: 1])
        #expect(fixture.property("acks-on-wire").outcome == .passed)
        fixture.record.client.records[50].outcome = .notPersisted
        #expect(counts(fixture) == [.notPersistedInLog: 1])
        #expect(fixture.property("acks-on-wire").outcome == .failed)
    }

    @Test func anAckOnTheWireThatTheClientNeverReportsFails() {
        var fixture = Fixture()
        fixture.record.client.records[50].outcome = .none
        #expect(counts(fixture) == [.wireAckWithoutReport: 1])
        #expect(fixture.property("acks-on-wire").outcome == .failed)
    }

    @Test func aLostRecordIsCountedHereAndJudgedElsewhere() {
        var fixture = Fixture()
        fixture.forgetLogBatch(2)
        #expect(counts(fixture) == [.ackedNotInLog: 10])
        #expect(fixture.property("acks-on-wire").outcome == .passed)
    }

    @Test func aLogThatTheCapturesDoNotExplainCastsDoubtOnThem() {
        var fixture = Fixture()
        fixture.record.wire?.batches.remove(at: 6)
        #expect(counts(fixture) == [.logWithoutWire: 10])
        #expect(fixture.property("acks-on-wire").outcome == .inconclusive)
        #expect(fixture.verdict.survived == nil)
    }

    @Test func anAnswerThatNoCaptureSawIsJoinedBySequence() {
        var fixture = Fixture()
        fixture.record.wire?.batches[6].attempts[0].errorCode = nil
        fixture.record.wire?.batches[6].attempts[0].baseOffset = nil
        #expect(counts(fixture) == [.ackedWithoutWireAck: 10])
    }

    /// TLS is not a capture with holes: nothing can be read, and the other accounts judge.
    @Test func opaqueTrafficLeavesTheOtherAccountsToJudge() {
        var fixture = Fixture()
        fixture.record.wire?.batches = []
        #expect(fixture.property("acks-on-wire").outcome == .inconclusive)
        fixture.record.wire?.findings.append(.init(kind: "opaque_traffic", timeUs: 1, detail: "1 connection is TLS"))
        let result = fixture.property("acks-on-wire")
        #expect(result.outcome == .passed && result.detail.contains("TLS"))
        let measures = Measures(Ledger(fixture.record))
        #expect(measures.sequenceErrors == nil && measures.errorCodes == nil && measures.deduplicatedBatches == nil)
        fixture.record.client.records[50].offset = 3
        #expect(fixture.property("acks-on-wire").outcome == .failed)
    }
}
