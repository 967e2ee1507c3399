import EvidenceModel
import Testing

@testable import Verdicts

@Suite struct RecoveryTests {
    private func measured(_ fixture: Fixture) -> Recovery.Measurement { Recovery.measure(Ledger(fixture.record)) }

    @Test func withoutAFaultThereIsNothingToRecoverFrom() {
        #expect(measured(Fixture()) == .noFault)
        #expect(Fixture().verdict.measures.recoveryMs == nil)
    }

    @Test func throughputThatNeverFellIsBackAtOnce() {
        var fixture = Fixture()
        fixture.addPhase("loss", fromMs: 800, toMs: 1000)
        let result = fixture.property("recovery")
        #expect(result.outcome == .passed, "\(result.detail)")
        #expect(result.detail.contains("throughput back to 90 % of 2"))
        #expect((fixture.verdict.measures.recoveryMs ?? 1000) < 100)
    }

    @Test func throughputThatComesBackTooLateFails() {
        var fixture = Fixture(records: 1000)
        fixture.addPhase("partition", fromMs: 1000, toMs: 1500)
        fixture.holdReports(fromMs: 1000, toMs: 2400)
        let result = fixture.property("recovery")
        #expect(result.outcome == .failed)
        #expect(result.detail.hasSuffix("900 ms after the faults, allowed are 500 ms"))
        #expect(fixture.verdict.measures.recoveryMs == 900)
        fixture.record.cell.recoveryTimeMs = 900
        #expect(fixture.property("recovery").outcome == .passed)
    }

    @Test func throughputThatNeverComesBackFails() {
        var fixture = Fixture(records: 1000)
        fixture.addPhase("partition", fromMs: 1000, toMs: 1500)
        for i in fixture.record.client.records.indices
        where fixture.record.client.records[i].reportedUs > Fixture.startUs + 1_000_000 {
            fixture.record.client.records[i].outcome = .notPersisted
        }
        let result = fixture.property("recovery")
        #expect(result.outcome == .failed)
        #expect(result.detail.hasPrefix("throughput not back"))
    }

    @Test func aRunThatEndsTooSoonSaysSo() {
        var fixture = Fixture()
        fixture.addPhase("partition", fromMs: 1000, toMs: 1700)
        for i in fixture.record.client.records.indices
        where fixture.record.client.records[i].reportedUs > Fixture.startUs + 1_000_000 {
            fixture.record.client.records[i].outcome = .indeterminate
        }
        let result = fixture.property("recovery")
        #expect(result.outcome == .inconclusive)
        #expect(result.detail.contains("too short"))
    }

    @Test func aLoadDeliveredWholeAfterTheFaultHasRecovered() {
        var fixture = Fixture()
        fixture.addPhase("partition", fromMs: 1000, toMs: 1950)
        fixture.holdReports(fromMs: 1980, toMs: 2100)
        #expect(measured(fixture) == .delivered(afterMs: 150))
        #expect(fixture.property("recovery").outcome == .passed)
    }

    @Test func faultsThatLastToTheEndAreNotJudged() {
        var fixture = Fixture()
        fixture.addPhase("loss", fromMs: 0, toMs: nil)
        #expect(measured(fixture) == .untilTheEnd)
    }

    @Test func anUnpacedLoadThatBreaksAtOnceHasNoLevel() {
        var fixture = Fixture()
        fixture.record.cell.workload.rateRecordsPerS = nil
        fixture.addPhase("loss", fromMs: 120, toMs: 300)
        #expect(fixture.property("recovery").outcome == .inconclusive)
    }

    @Test func faultsThatFollowEachOtherQuicklyAreOneDisturbance() {
        var fixture = Fixture(records: 2000)
        fixture.addPhase("loss", fromMs: 1000, toMs: 1200)
        fixture.addPhase("loss", fromMs: 1600, toMs: 2000)
        fixture.addPhase("loss", fromMs: 2600, toMs: 3000)
        let first = Disturbance.first(fixture.record)
        #expect(
            first == Disturbance(beganUs: Fixture.startUs + 1_000_000, endedUs: Fixture.startUs + 2_000_000))
    }

    /// 70 % of the level before is not back: 90 % are asked for.
    @Test(arguments: [(3, false), (0, true)]) func throughputIsBackAtNineTenths(lost: Int, isBack: Bool) {
        var fixture = Fixture(records: 800)
        fixture.addPhase("loss", fromMs: 1000, toMs: 1200)
        let endUs = Fixture.startUs + 1_200_000
        for i in fixture.record.client.records.indices
        where fixture.record.client.records[i].reportedUs > endUs && i % 10 < lost {
            fixture.record.client.records[i].outcome = .indeterminate
        }
        let measured = Recovery.measure(Ledger(fixture.record))
        if case .back = measured { #expect(isBack) } else { #expect(!isBack, "\(measured)") }
    }
}
