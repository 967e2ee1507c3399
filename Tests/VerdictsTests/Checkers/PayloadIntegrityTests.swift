import EvidenceModel
import Testing

@testable import Verdicts

@Suite struct PayloadIntegrityTests {
    @Test func passes() {
        #expect(Fixture().property("payload-integrity").outcome == .passed)
    }

    @Test func aCorruptPayloadFails() {
        var fixture = Fixture()
        fixture.record.log?.batches[3].valueHashes[4] = Fixture.hash(1)
        let result = fixture.property("payload-integrity")
        #expect(result.outcome == .failed)
        #expect(result.detail == "1 record changed on the way, first: record 68 at orders-0 offset 34")
        #expect(fixture.verdict.outcome == .failed)
    }

    @Test func aValueWithoutAnIDFails() {
        var fixture = Fixture()
        fixture.record.log?.batches[3].recordIDs[4] = -1
        #expect(fixture.property("payload-integrity").outcome == .failed)
        #expect(fixture.property("no-loss").outcome == .failed)
    }

    /// A producer used sequences 20 to 29 again: the broker answers success with the old offset, and the data is gone.
    @Test func sequenceReuseIsSilentLoss() {
        var fixture = Fixture()
        fixture.forgetLogBatch(3)
        for id in stride(from: 60, to: 80, by: 2) { fixture.record.client.records[id].offset -= 10 }
        let result = fixture.property("payload-integrity")
        #expect(result.outcome == .failed)
        #expect(
            result.detail
                == "10 acknowledged records silently replaced by another, first: record 60 at orders-0 offset 20 holds"
                + " record 40")
        #expect(result.batches == ["orders-0/seq 20/20"])
    }

    @Test func nothingFoundInPartOfALogProvesNothing() {
        var fixture = Fixture()
        fixture.record.log?.complete = false
        #expect(fixture.property("payload-integrity").outcome == .inconclusive)
    }

    /// One record whose offset holds another one is enough.
    @Test func oneRecordSilentlyReplacedIsFound() {
        var fixture = Fixture()
        let other: Int64 = 0
        fixture.record.log?.batches[4].recordIDs[3] = other
        fixture.record.log?.batches[4].valueHashes[3] = Fixture.hash(other)
        let result = fixture.property("payload-integrity")
        #expect(result.outcome == .failed)
        #expect(result.detail.contains("1 acknowledged record silently replaced by another"), "\(result.detail)")
    }
}
