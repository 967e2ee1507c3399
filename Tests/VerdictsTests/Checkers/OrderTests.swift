import EvidenceModel
import Testing

@testable import Verdicts

@Suite struct OrderTests {
    @Test func passes() {
        #expect(Fixture().property("order").outcome == .passed)
    }

    @Test func aBatchThatOvertakesAnotherIsOutOfOrder() {
        var fixture = Fixture()
        guard let batches = fixture.record.log?.batches else { return }
        fixture.record.log?.batches[2].recordIDs = batches[3].recordIDs
        fixture.record.log?.batches[2].valueHashes = batches[3].valueHashes
        fixture.record.log?.batches[3].recordIDs = batches[2].recordIDs
        fixture.record.log?.batches[3].valueHashes = batches[2].valueHashes
        let result = fixture.property("order")
        #expect(result.outcome == .failed)
        #expect(
            result.detail
                == "10 records out of order, first: orders-0 record 60 at offset 20 stands before record 40 at offset 30"
        )
        #expect(fixture.verdict.measures.reordered == 10)
    }

    @Test func aSecondCopyIsADuplicateAndNoMatterOfOrder() {
        var fixture = Fixture(idempotent: false)
        fixture.loseAck(of: 4)
        #expect(fixture.property("order").outcome == .passed)
    }

    @Test func inPartOfALogTheFirstCopyMayBeMissing() {
        var fixture = Fixture()
        fixture.record.log?.batches.swapAt(0, 1)
        fixture.record.log?.complete = false
        #expect(fixture.property("order").outcome == .inconclusive)
    }
}
