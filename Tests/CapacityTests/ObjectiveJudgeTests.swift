import EvidenceModel
import ScenarioModel
import Testing

@testable import Capacity

struct ObjectiveJudgeTests {
    private static let share = SweepObjective(
        quantity: .throughputShare, comparison: .atLeast, value: 0.95, text: "throughput >= 95%", line: 1)
    private static let p99 = SweepObjective(
        quantity: .latency("p99"), comparison: .atMost, value: 200, text: "latency_ms.p99 <= 200ms", line: 2)
    private static let lost = SweepObjective(
        quantity: .measure("lost"), comparison: .equal, value: 0, text: "lost == 0", line: 3)

    private static func judge(
        _ objectives: [SweepObjective], _ situation: PointSituation, doubts: [String] = []
    ) -> ObjectiveJudge.Judgement { ObjectiveJudge.judge(objectives, situation, doubts: doubts) }

    @Test func everyWindowMustHold() {
        var observation = Situations.observation()
        let cell = Situations.cell(rate: 1000)
        #expect(Self.judge([Self.share, Self.p99], Situations.situation(cell, observation)).outcome == .passed)
        observation.windows[1].throughputRecordsPerS = 900
        let judgement = Self.judge([Self.share, Self.p99], Situations.situation(cell, observation))
        #expect(judgement.outcome == .failed)
        #expect(judgement.objectives.map(\.actual) == [0.9, 150])
    }

    @Test func aPercentileThatWasNeverReachedFails() {
        var observation = Situations.observation()
        observation.windows[0].latencyMs.p99 = nil
        let judgement = Self.judge([Self.p99], Situations.situation(Situations.cell(rate: 1000), observation))
        #expect(judgement.outcome == .failed)
        #expect(judgement.reason == "latency_ms.p99 <= 200ms: not reached")
    }

    @Test func whatCouldNotBeMeasuredIsInconclusive() {
        let situation = Situations.situation(Situations.cell(rate: 1000))
        #expect(Self.judge([Self.lost], situation).outcome == .inconclusive)
        var measures = Measures()
        measures.lost = 0
        let known = Situations.situation(Situations.cell(rate: 1000), measures: measures)
        #expect(Self.judge([Self.lost], known).outcome == .passed)
        #expect(Self.judge([Self.lost], known, doubts: ["the harness failed"]).outcome == .inconclusive)
        #expect(Self.judge([Self.lost], known, doubts: ["the fault did not show: loss"]).outcome == .passed)
    }

    /// A late link is a longer way: it can only have made things worse.
    @Test func lateLinksLeaveOpenOnlyWhatTheyExplain() {
        let doubt = ["the link itself was late: p99 20 ms, budget 12 ms"]
        var observation = Situations.observation(throughput: 940)
        observation.linkLatenessP99Us = 20_000
        func outcome(_ rate: Double, _ objectives: [SweepObjective]) -> Outcome {
            Self.judge(objectives, Situations.situation(Situations.cell(rate: rate), observation), doubts: doubt)
                .outcome
        }
        #expect(outcome(900, [Self.share]) == .passed)
        #expect(outcome(1100, [Self.share]) == .inconclusive)
        #expect(outcome(2000, [Self.share]) == .failed)
        observation.windows[0].latencyMs.p99 = 230
        #expect(outcome(900, [Self.p99]) == .inconclusive)
        observation.windows[0].latencyMs.p99 = 250
        #expect(outcome(900, [Self.p99]) == .failed)
    }

    @Test func aFailureThatWasSeenOutranksTheDoubtItCauses() {
        let situation = Situations.situation()
        let doubt = "the cell was interrupted: the cell's time limit was reached"
        #expect(Self.judge([Self.share], situation, doubts: [doubt]).outcome == .failed)
        #expect(Self.judge([Self.share], situation, doubts: ["the harness failed"]).outcome == .inconclusive)
    }
}
