import EvidenceModel
import Testing

@testable import Verdicts

/// What the ledger takes for an acknowledgement on the wire.
@Suite struct LedgerTests {
    private func isAcknowledged(_ change: (inout WireEvidence.Attempt) -> Void) -> Bool {
        var fixture = Fixture()
        guard var attempt = fixture.record.wire?.batches[3].attempts[0] else { return false }
        change(&attempt)
        fixture.record.wire?.batches[3].attempts[0] = attempt
        return Ledger(fixture.record).isAcknowledgedOnWire[3]
    }

    @Test func anAnswerThatReachedTheClientIsOne() {
        #expect(isAcknowledged { _ in })
        #expect(isAcknowledged { $0.errorCode = 46 }, "46 says that the batch is there already")
    }

    @Test func whatNoClientCouldReadIsNone() {
        #expect(!isAcknowledged { $0.fate = .ackLate }, "it came when the client had gone")
        #expect(!isAcknowledged { $0.ackReachedClientUs = nil })
        #expect(!isAcknowledged { $0.errorCode = 7 })
        #expect(!isAcknowledged { $0.errorCode = nil })
    }

    /// A client that reports success for a batch whose only answer came too late made it up.
    @Test func successReportedOverALateAnswerIsADisagreement() {
        var fixture = Fixture()
        fixture.record.wire?.batches[3].attempts[0].fate = .ackLate
        let result = fixture.property("acks-on-wire")
        #expect(result.outcome == .failed)
        #expect(result.detail.contains("acked_without_wire_ack"))
    }

    /// The answer that recognises a duplicate names the offset of the first try, which appended it.
    @Test func theAttemptThatAppendedIsTheFirst() {
        var fixture = Fixture()
        fixture.loseAck(of: 13)
        let ledger = Ledger(fixture.record)
        let id = fixture.record.log?.batches.first { batch in
            batch.partition == fixture.record.wire?.batches[13].partition
                && batch.baseOffset == fixture.record.wire?.batches[13].baseOffset
        }?.recordIDs.first
        let copy = ledger.firstCopies[Int(id ?? 0)]
        #expect(ledger.attemptReference(copy) == .init(batch: 13, attempt: 0))
        #expect(ledger.attempt(copy)?.fate == .ackLost)
    }

    /// Without offset and sequence, batches are joined by order: those that never reached the broker are none of them.
    @Test func aRequestThatWasLostAppendedNothing() {
        var fixture = Fixture(idempotent: false)
        guard var lost = fixture.record.wire?.batches[0] else { return }
        lost.baseOffset = nil
        lost.attempts[0].baseOffset = nil
        lost.attempts[0].errorCode = nil
        lost.attempts[0].fate = .requestLost
        var arrived = lost
        arrived.attempts[0].fate = .noAckAskedFor
        arrived.attempts[0].requestLeftClientUs = (lost.attempts[0].requestLeftClientUs ?? 0) + 500
        arrived.attempts[0].requestReachedBrokerUs = (lost.attempts[0].requestReachedBrokerUs ?? 0) + 500
        fixture.record.wire?.batches[0] = lost
        fixture.record.wire?.batches.append(arrived)
        let ledger = Ledger(fixture.record)
        let last = (fixture.record.wire?.batches.count ?? 0) - 1
        #expect(ledger.attemptOfLogBatch[0] == .init(batch: last, attempt: 0))
    }

    @Test(arguments: ["acks", "request.required.acks"]) func acks0IsKnownByEitherName(name: String) {
        var fixture = Fixture()
        fixture.record.wire = nil
        #expect(!Ledger(fixture.record).isSentWithoutAcks(.absent))
        fixture.record.cell.producer.config[name] = "0"
        #expect(Ledger(fixture.record).isSentWithoutAcks(.absent))
    }
}
