import EvidenceModel
import ScenarioModel
import Testing

@testable import LinkEmulator

@Suite struct PhaseTests {
    private func passes(_ rig: CoreRig, at now: Int64) -> Bool {
        rig.send(Packets.tcp(), from: 0, at: now)
        return !rig.due(now).isEmpty
    }

    @Test func aTimelineFaultActsInItsPhaseOnly() throws {
        let rig = try CoreRig(
            [Faults.timeline(["partition": "true"], at: .seconds(2), for: .seconds(3))], startTimeline: false)
        #expect(passes(rig, at: 10_000_000_000), "before time zero nothing acts")
        rig.core.phases.setTimeZero(20_000_000_000)
        rig.core.phases.setTimeZero(1)
        #expect(passes(rig, at: 21_999_999_999))
        #expect(!passes(rig, at: 22_000_000_000))
        #expect(!passes(rig, at: 24_999_999_999))
        #expect(passes(rig, at: 25_000_000_000))
        _ = rig.logText()
        #expect(rig.phases.map(\.began) == [true, false])
        #expect(rig.phases.map(\.timeUs) == [22_000_000, 25_000_000])
    }

    @Test func everyRepeatsIt() throws {
        let rig = try CoreRig(
            [Faults.timeline(["partition": "true"], at: .seconds(1), for: .seconds(1), every: .seconds(10))])
        for round in 0..<5 {
            let start = Int64(1 + round * 10) * 1_000_000_000
            #expect(passes(rig, at: start - 1))
            #expect(!passes(rig, at: start))
            #expect(!passes(rig, at: start + 999_999_999))
            #expect(passes(rig, at: start + 1_000_000_000))
        }
    }

    @Test func phasesThatWereMissedWhileNothingHappenedStillCount() throws {
        let rig = try CoreRig(
            [Faults.timeline(["partition": "true"], at: .zero, for: .seconds(1), every: .seconds(2))])
        rig.core.advance(to: 9_500_000_000)
        _ = rig.logText()
        #expect(rig.phases.map(\.timeUs) == (0...9).map { $0 * 1_000_000 })
    }

    @Test func namedPhases() throws {
        func fault(_ phase: FaultSpec.Phase, _ id: String) -> FaultSpec {
            FaultSpec(
                id: id, location: Faults.nowhere, trigger: .named(phase),
                settings: [.init(keyword: "partition", value: Faults.value("true"))])
        }
        let setup = try CoreRig([fault(.setup, "fault-0")], startTimeline: false)
        #expect(!passes(setup, at: 1))
        setup.core.phases.setTimeZero(5)
        #expect(passes(setup, at: 5))
        let always = try CoreRig([fault(.always, "fault-0")], startTimeline: false)
        #expect(!passes(always, at: 1))
        let drain = try CoreRig([fault(.drain, "fault-0")])
        #expect(passes(drain, at: 1))
        drain.core.phases.beginDrain()
        #expect(!passes(drain, at: 2))
    }
}
