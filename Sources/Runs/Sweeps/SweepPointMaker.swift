import Capacity
import Cells
import EvidenceModel
import FoundationEssentials
import ScenarioModel

/// Makes a point of a sweep from the record of its cell.
struct SweepPointMaker {
    /// The record.
    let record: RecordDirectory
    /// The cell.
    let cell: ScenarioCell
    /// The point's place in the plan.
    let order: Int
    /// What it must fulfil.
    let objectives: [SweepObjective]

    /// The point with its outcome and its limits.
    func point(ceiling: HarnessCeiling?) throws -> SweepPoint {
        let description = cell.description(vocabulary: ScenarioLibrary.vocabulary)
        var observation = PointObservation()
        var measures = Measures()
        var doubts: [String] = []
        if let data = try record.bytes(of: .observation), let verdict = try record.verdict() {
            observation = try RecordDirectory.decode(PointObservation.self, from: data)
            measures = verdict.measures
            doubts = verdict.doubts
        } else {
            let why = try record.history().elements.last { $0.kind == .harnessError }?.detail
            doubts = ["the harness failed: " + (why ?? "the cell left no numbers; see cell.log")]
        }
        let situation = PointSituation(
            cell: description, observation: observation, measures: measures, harnessCeiling: ceiling?.recordsPerS)
        let judgement = ObjectiveJudge.judge(objectives, situation, doubts: doubts)
        let share = ceiling?.recordsPerS.map { (observation.throughputRecordsPerS ?? 0) / $0 }
        return SweepPoint(
            id: cell.id, group: cell.group, repeatIndex: cell.repeatIndex, order: order,
            parameters: Dictionary(cell.parameters.map { ($0.path, $0.label) }) { first, _ in first }, seed: cell.seed,
            outcome: judgement.outcome, reason: judgement.reason, objectives: judgement.objectives,
            offeredRecordsPerS: cell.workload.rate, sizeBytes: cell.workload.size, producer: description.producer,
            observation: observation, measures: measures,
            limits: LimitJudge.limits(situation, isMet: judgement.outcome == .passed),
            harnessCeilingRecordsPerS: ceiling?.recordsPerS, isHarnessBound: (share ?? 0) >= 0.8, doubts: doubts,
            runs: 1)
    }
}
