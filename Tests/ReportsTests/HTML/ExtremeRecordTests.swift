import EvidenceModel
import SyntheticRecords
import Testing

@testable import Reports

/// Fuzzing: records at the edge of what is believed are drawn, and nothing traps.
@Suite struct ExtremeRecordTests {
    @Test func placesAreWholeNumbersInBounds() {
        #expect(Numbers.place(.nan, in: 0...10) == 0)
        #expect(Numbers.place(.infinity, in: 0...10) == 10)
        #expect(Numbers.place(-.infinity, in: -3...10) == -3)
        #expect(Numbers.place(1e300, in: 0...10) == 10)
        #expect(Numbers.place(7.9, in: 0...10) == 7)
    }

    @Test func offsetsFarAboveTheFirstAreDrawn() {
        var record = SyntheticCell(records: 60, trouble: .duplicates).record()
        for b in record.wire?.batches.indices ?? 0..<0 {
            record.wire?.batches[b].baseOffset = 0
            for a in record.wire?.batches[b].attempts.indices ?? 0..<0 {
                record.wire?.batches[b].attempts[a].baseOffset = 1 << 62
            }
        }
        let timeline = CellTimeline(record)
        #expect(!SequenceSeries.all(record, timeline: timeline, guilty: []).isEmpty)
    }
}
