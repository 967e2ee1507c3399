import BrokerKinds
import Cells
import EvidenceModel
import FoundationEssentials
import Glibc
import Reports
import RunRecord
import ScenarioModel
import Synchronization
import SystemCalls
import Testbed

/// Runs trials, each once: a record that is in the directory already is its result.
///
/// An inconclusive trial runs a second time, alone; the result says that it did.
final class ReleaseTrials: Sendable {
    /// The directory of all records.
    let directory: String
    private let scenarios: [String: Scenario]
    private let supervisor: CellSupervisor
    private let broken = BrokenCells()
    private let say: @Sendable (String) -> Void

    /// - Parameters:
    ///   - scenarios: the files that trials may be of.
    ///   - directory: where records are and go.
    ///   - say: tells of each trial that ran.
    /// - Throws: ``HarnessError`` when the directory cannot be used.
    init(_ scenarios: [Scenario], directory: String, say: @escaping @Sendable (String) -> Void) throws {
        self.directory = directory
        self.scenarios = Dictionary(scenarios.map { ($0.name, $0) }) { first, _ in first }
        self.say = say
        let broken = broken
        supervisor = CellSupervisor { id, status in
            if status.state == .broken { broken.note(id, status) }
        }
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw HarnessError(operation: "make", subject: directory, reason: reason(of: error))
        }
    }

    /// True once the user asked to stop.
    var isStopping: Bool { supervisor.isStopping }

    /// Ends what runs and starts nothing more.
    func stop() { supervisor.stop() }

    /// The result of a trial, from the directory or by running it.
    ///
    /// - Returns: nil when the user stopped it.
    /// - Throws: ``MissingRequirement`` when the release cannot be started; ``HarnessError`` when the cell failed.
    func result(_ trial: ReleaseTrial) async throws -> TrialResult? {
        if let known = known(trial) { return known }
        var runs = 0
        while true {
            if isStopping { return nil }
            runs += 1
            let isWhole = try await run(trial)
            guard var result = try read(trial, isWhole: isWhole) else { return nil }
            if result.behaviour.doubt == nil || runs == 2 {
                result.runs = runs
                try write(result, of: trial)
                say("\(trial.scenario) \(trial.client) \(trial.release) seed \(trial.seed): \(result.behaviour.text)")
                return result
            }
        }
    }

    /// The results of many trials, `jobs` at a time.
    ///
    /// - Returns: those that came to an end; others are missing where the user stopped.
    func results(_ trials: [ReleaseTrial], jobs: Int) async throws -> [ReleaseTrial: TrialResult] {
        try await withThrowingTaskGroup(of: (ReleaseTrial, TrialResult?).self) { group in
            var found: [ReleaseTrial: TrialResult] = [:]
            var waiting = trials[...]
            for _ in 0..<jobs {
                guard let trial = waiting.popFirst() else { break }
                group.addTask { (trial, try await self.result(trial)) }
            }
            while let (trial, result) = try await group.next() {
                found[trial] = result
                if let next = waiting.popFirst() { group.addTask { (next, try await self.result(next)) } }
            }
            return found
        }
    }

    private func record(_ trial: ReleaseTrial) -> RecordDirectory {
        RecordDirectory(path: "\(directory)/\(trial.path)")
    }

    /// The result of a trial that has one.
    func known(_ trial: ReleaseTrial) -> TrialResult? {
        try? RunDirectory(path: record(trial).path).read(TrialResult.self, from: Self.resultFile)
    }

    private func write(_ result: TrialResult, of trial: ReleaseTrial) throws {
        try RunDirectory(path: record(trial).path).write(result, to: Self.resultFile)
    }

    private static let resultFile = "trial.json"

    /// Runs the cell in a fresh directory.
    ///
    /// - Returns: whether the cell judged itself, to its end.
    private func run(_ trial: ReleaseTrial) async throws -> Bool {
        guard let scenario = scenarios[trial.scenario],
            let cell = scenario.cells.first(where: { $0.id == trial.cell })
        else { preconditionFailure("a trial of a scenario that was not loaded") }
        let record = record(trial)
        try? FileManager.default.removeItem(atPath: record.path)
        try record.create()
        let copy = "\(record.path)/scenario.yaml"
        do {
            try FileManager.default.copyItem(atPath: scenario.file, toPath: copy)
        } catch {
            throw HarnessError(operation: "copy", subject: scenario.file, reason: reason(of: error))
        }
        try RunDirectory(path: record.path).write(
            CellPlan(
                scenarioPath: copy, file: scenario.file, cell: cell.id, runSeed: trial.seed,
                clientRelease: trial.release), to: "plan.json")
        let id = trial.path
        let end = try await supervisor.run(
            .init(
                id: id, arguments: [CellProcess.argument, record.path], directory: record.path, limit: cell.lifeLimit))
        guard let broken = broken.take(id), !isStopping else { return end == .exited(0) }
        let detail = broken.detail ?? "see cell.log in \(record.path)"
        if broken.exitCode == ExitStatus.unavailable.rawValue { throw MissingRequirement(detail) }
        // A client that does not take its configuration is a behaviour.
        if broken.exitCode == ExitStatus.usage.rawValue { return false }
        throw HarnessError(operation: "run", subject: id, reason: detail)
    }

    private func read(_ trial: ReleaseTrial, isWhole: Bool) throws -> TrialResult? {
        let record = record(trial)
        if isStopping { return nil }
        // A cell that came to its end has judged itself: its captures need not be decoded again.
        if isWhole, let verdict = try record.verdict() {
            return TrialResult(
                behaviour: ReleaseBehaviour(verdict, try CellJudge.read(record)), measures: verdict.measures, runs: 1)
        }
        let (read, verdict) = try CellJudge.judgeRecord(record)
        return TrialResult(behaviour: ReleaseBehaviour(verdict, read), measures: verdict.measures, runs: 1)
    }
}

/// What cells said that could not run.
private final class BrokenCells: Sendable {
    private let states = Mutex<[String: CellStatus]>([:])

    func note(_ id: String, _ status: CellStatus) { states.withLock { $0[id] = status } }

    func take(_ id: String) -> CellStatus? { states.withLock { $0.removeValue(forKey: id) } }
}
