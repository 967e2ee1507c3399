import EvidenceModel
import Testing

@testable import Verdicts

@Suite struct NoDuplicatesTests {
    @Test func passes() {
        #expect(Fixture(idempotent: false).property("no-duplicates").outcome == .passed)
    }

    @Test func twoCopiesFailEvenWhenEverythingElseIsInDoubt() {
        var fixture = Fixture(idempotent: false)
        fixture.loseAck(of: 4)
        fixture.record.log?.complete = false
        fixture.record.wire = nil
        fixture.record.client.malformedLines = 3
        let result = fixture.property("no-duplicates")
        #expect(result.outcome == .failed)
        #expect(result.records.count == 10)
        #expect(fixture.verdict.survived == false)
    }

    @Test func theFirstGuiltyBatchIsTheOneAppendedFirstAndNotTheOneThatStandsFirst() {
        var fixture = Fixture(idempotent: false)
        fixture.loseAck(of: 20)
        fixture.loseAck(of: 5)
        let result = fixture.property("no-duplicates")
        #expect(result.detail.hasPrefix("20 duplicates, first: orders-1 batch without a sequence, record 41 at"))
        #expect(result.batches == ["orders-1/seq -1/20", "orders-0/seq -1/100"])
    }

    @Test func nothingFoundInPartOfALogProvesNothing() {
        var fixture = Fixture()
        fixture.record.log?.complete = false
        #expect(fixture.property("no-duplicates").outcome == .inconclusive)
    }

    @Test func aProducerWithoutReportsIsJudgedFromTheWire() {
        var fixture = Fixture(idempotent: false)
        fixture.loseAck(of: 4)
        fixture.record.client = ClientAccount(reportsRecords: false)
        #expect(fixture.property("no-duplicates").outcome == .failed)
        #expect(fixture.verdict.measures.duplicates == 10)
    }
}
