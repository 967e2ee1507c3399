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
}
