import EvidenceModel
import Testing

@testable import Verdicts

@Suite struct NoSequenceErrorsTests {
    @Test func passes() {
        #expect(Fixture().property("no-sequence-errors").outcome == .passed)
    }

    @Test(arguments: [45, 46, 47, 59] as [Int16])
    func anAnswerWithASequenceErrorFails(code: Int16) {
        var fixture = Fixture()
        fixture.record.wire?.batches[6].attempts.insert(
            Fixture.attempt(
                sentUs: Fixture.startUs + 700_000, offset: -1, correlationID: 77, code: code, fate: .refused), at: 0)
        let result = fixture.property("no-sequence-errors")
        #expect(result.outcome == .failed)
        #expect(result.detail.hasPrefix("1 sequence error (\(code) "))
        #expect(result.detail.hasSuffix("first: orders-0/seq 30/30 at 0.702 s"))
        #expect(fixture.verdict.measures.sequenceErrors == 1)
        #expect(fixture.verdict.measures.errorCodes?[String(code)] == 1)
    }

    @Test func otherErrorsAreNoSequenceErrors() {
        var fixture = Fixture()
        fixture.record.wire?.batches[6].attempts.insert(
            Fixture.attempt(sentUs: Fixture.startUs, offset: -1, correlationID: 77, code: 7, fate: .refused), at: 0)
        #expect(fixture.property("no-sequence-errors").outcome == .passed)
    }

    @Test func aFatalErrorOfTheClientFails() {
        var fixture = Fixture()
        fixture.record.client.errors = [
            .init(timeUs: Fixture.startUs + 5000, name: "_TIMED_OUT", message: "", fatal: false)
        ]
        #expect(fixture.property("no-sequence-errors").outcome == .passed)
        fixture.record.client.errors[0].fatal = true
        #expect(fixture.property("no-sequence-errors").outcome == .failed)
        fixture.record.wire = nil
        #expect(fixture.property("no-sequence-errors").outcome == .failed)
    }

    @Test func nothingSeenInADoubtfulCaptureProvesNothing() {
        var fixture = Fixture()
        fixture.change(.captureEnded) { $0.values = ["dropped_packets": 2] }
        #expect(fixture.property("no-sequence-errors").outcome == .inconclusive)
        fixture.record.wire = nil
        #expect(fixture.property("no-sequence-errors").outcome == .inconclusive)
    }
}
