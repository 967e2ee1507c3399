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

/// `crosswind run`: every cell of the chosen scenarios, each in a process of its own, then verdicts and reports.
public final class ScenarioRun: Sendable {
    private let options: RunOptions
    private let directory: RunDirectory
    private let scenarios: [Scenario]
    private let cells: [ScenarioCell]
    private let broker: BrokerOverride?
    private let output: RunOutput
    private let breakage = Mutex<[String: CellStatus]>([:])

    /// Runs and answers the exit code.
    ///
    /// - Throws: `ScenarioErrors` for a bad file, ``MissingRequirement`` when this machine cannot run cells,
    ///   ``HarnessError`` when the run directory cannot be used. Nothing was started then.
    public static func run(_ options: RunOptions) async throws -> ExitStatus {
        let broker = try options.broker.map(BrokerChoice.override)
        let scenarios = ScenarioLibrary.select(
            try ScenarioLibrary.load(options.scenarios, seed: options.seed, broker: broker), tags: options.tags,
            withoutTags: options.withoutTags)
        let sweeps = scenarios.filter { $0.sweep != nil }
        if let sweep = sweeps.first, sweeps.count == scenarios.count {
            throw UsageError("\(sweep.file) is a sweep: crosswind sweep \(sweep.file)")
        }
        guard !scenarios.isEmpty else {
            throw UsageError("no scenario carries these tags; `crosswind list` shows the tags of each")
        }
        // A baseline that cannot be read is found out now, not after the run.
        if let baseline = options.baseline { try RegressionCheck.requireReadable(baseline) }
        try Doctor.requireReady()
        if let broker {
            print(BrokerChoice.leftOut(scenarios, broker), terminator: "")
            guard scenarios.contains(where: { !$0.cells.isEmpty }) else {
                throw UsageError("no cell of these scenarios can run on \(broker.name)")
            }
        }
        return try await ScenarioRun(options, scenarios.filter { $0.sweep == nil }, broker).run()
    }

    private init(_ options: RunOptions, _ scenarios: [Scenario], _ broker: BrokerOverride?) throws {
        self.broker = broker
        self.options = options
        self.scenarios = scenarios
        var cells = scenarios.flatMap(\.cells)
        if let shard = options.shard {
            cells = cells.enumerated().filter { $0.offset % shard.count == shard.index - 1 }.map(\.element)
        }
        self.cells = cells
        directory = RunDirectory(path: options.output ?? RunDirectory.defaultPath(names: scenarios.map(\.name)))
        output = RunOutput(cells: cells, seed: scenarios.first?.runSeed ?? 0, directory: directory.path)
    }

    private func run() async throws -> ExitStatus {
        try directory.create()
        let jobs = try prepare()
        let sentinel = try containerGuard()
        defer { withExtendedLifetime(sentinel) {} }
        let supervisor = CellSupervisor { id, progress in
            if progress.state == .broken { self.breakage.withLock { $0[id] = progress } }
            self.output.progress(id, progress)
        }
        try await StopSignals.during {
            if supervisor.isStopping { ProcessEnd.atOnce(128 + $0) }
            self.output.interrupted()
            supervisor.stop()
        } _: {
            try await runWithin(options.timeout, jobs, supervisor)
        }
        return try finish()
    }

    /// The cells, and again what was inconclusive.
    ///
    /// The first Ctrl-C ends the cells in order and keeps the record; the second ends everything at once.
    private func runWithin(
        _ longest: Duration?, _ jobs: [CellSupervisor.Job], _ supervisor: CellSupervisor
    ) async throws {
        // Cells against one broker that is not ours share its topics: one at a time.
        let limit =
            cells.contains { BrokerCatalog.kind($0.broker).sharesTopics } ? 1 : options.jobs ?? Self.automaticJobs
        output.begin()
        let timer = longest.map { limit in
            Task {
                try await Task.sleep(for: limit)
                supervisor.stop()
            }
        }
        defer { timer?.cancel() }
        try await runAll(jobs, supervisor, limit: limit)
        try await runAgain(jobs, supervisor)
    }

    /// Runs what was inconclusive again, one by one with nothing beside it. A machine that was busy is the usual reason. What
    /// failed, and what could not be run at all, is never run again: a result that comes only sometimes is a finding.
    private func runAgain(_ jobs: [CellSupervisor.Job], _ supervisor: CellSupervisor) async throws {
        for _ in 0..<options.again where !supervisor.isStopping {
            let open = jobs.compactMap { job -> (job: CellSupervisor.Job, reason: String)? in
                guard breakage.withLock({ $0[job.id] }) == nil,
                    let verdict = try? RecordDirectory(path: job.directory).verdict(), verdict.outcome == .inconclusive
                else { return nil }
                return (job, verdict.reason)
            }
            guard !open.isEmpty else { return }
            output.again(open.count)
            for (job, reason) in open where !supervisor.isStopping {
                try directory.keepEarlierRun(of: job.directory, reason: reason)
                _ = try await supervisor.run([job], limit: 1) { job, end in
                    await self.cellEnded(job, end, supervisor)
                }
            }
        }
    }

    /// Cells with an unlimited load run last and one by one: each takes what the machine has. Side by side they would
    /// measure each other, and make the links of all others late.
    private func runAll(_ jobs: [CellSupervisor.Job], _ supervisor: CellSupervisor, limit: Int) async throws {
        let unlimited = Set(cells.lazy.filter { $0.workload.rate == nil }.map(\.id))
        let onEnd: @Sendable (CellSupervisor.Job, ChildEnd) async -> Bool = { job, end in
            await self.cellEnded(job, end, supervisor)
        }
        let goOn = try await supervisor.run(jobs.filter { !unlimited.contains($0.id) }, limit: limit, onEnd: onEnd)
        guard goOn else { return }
        _ = try await supervisor.run(jobs.filter { unlimited.contains($0.id) }, limit: 1, onEnd: onEnd)
    }

    /// Cells mostly wait: for their load to be due, for timers, for the network. Three a processor keeps it busy
    /// without making the links late; the verdict of a cell whose link was late is inconclusive.
    private static var automaticJobs: Int { max(2, 3 * ProcessInfo.processInfo.activeProcessorCount) }

    /// What removes containers when this process cannot; nil when no cell has any.
    private func containerGuard() throws -> ContainerGuard? {
        guard cells.contains(where: { BrokerCatalog.kind($0.broker).usesContainers }) else { return nil }
        let run = "\(getpid())-\(WallClock.nowUs())"
        setenv(ContainerGuard.runVariable, run, 1)
        return try ContainerGuard(run: run)
    }

    private func prepare() throws -> [CellSupervisor.Job] {
        let chosen = Set(cells.map(\.scenario))
        for scenario in scenarios where chosen.contains(scenario.name) {
            let copy = directory.scenarioPath(scenario.name)
            do {
                try FileManager.default.copyItem(atPath: scenario.file, toPath: copy)
            } catch {
                throw HarnessError(operation: "copy", subject: scenario.file, reason: reason(of: error))
            }
        }
        let seeds = Dictionary(uniqueKeysWithValues: scenarios.map { ($0.name, $0.runSeed) })
        var manifest = RunManifest(
            seed: scenarios.first?.runSeed ?? 0, startedUs: WallClock.nowUs(),
            cells: cells.map { .init(scenario: $0.scenario, file: $0.file, cell: $0.id) })
        manifest.broker = broker.map { broker in
            .init(
                name: broker.name, yaml: broker.yaml,
                leftOut: scenarios.flatMap(\.leftOut).map { .init(cell: $0.cell, reason: $0.reason) })
        }
        try directory.write(manifest, to: "run.json")
        let run = String(UInt64.random(in: .min ... .max), radix: 36)
        return try cells.enumerated().map { index, cell in
            let path = RunDirectory.cellPath(scenario: cell.scenario, cell: cell.id)
            let record = RecordDirectory(path: "\(directory.path)/\(path)")
            try record.create()
            var plan = CellPlan(
                scenarioPath: directory.scenarioPath(cell.scenario), file: cell.file, cell: cell.id,
                runSeed: seeds[cell.scenario] ?? 0)
            plan.tag = "\(run)-\(index)"
            plan.broker = broker?.yaml
            try directory.write(plan, to: "\(path)/plan.json")
            return CellSupervisor.Job(
                id: cell.id,
                arguments: [CellProcess.argument, record.path]
                    + (BrokerCatalog.kind(cell.broker).isOutside ? [CellProcess.dialsOutside] : []),
                directory: record.path, limit: cell.lifeLimit)
        }
    }

    private func cellEnded(_ job: CellSupervisor.Job, _ end: ChildEnd, _ supervisor: CellSupervisor) async -> Bool {
        let record = RecordDirectory(path: job.directory)
        // A cell that was ended by force could not do it.
        BrokerData.remove(of: record)
        let verdict: Verdict?
        // What the supervisor had to end is judged with that in its history.
        let isWhole = end == .exited(0)
        if isWhole, let known = try? record.verdict() {
            verdict = known
        } else {
            verdict = try? CellJudge.judge(record)
        }
        if verdict == nil, breakage.withLock({ $0[job.id] }) == nil {
            // It ended before it could say why, and left nothing to judge: it must not be missing in silence.
            var status = CellStatus(state: .broken)
            status.detail = "the cell process ended with \(end); see cell.log in its directory"
            status.exitCode = ExitStatus.harnessError.rawValue
            let lost = status
            breakage.withLock { $0[job.id] = lost }
        }
        output.ended(job.id, end, verdict, detail: breakage.withLock { $0[job.id]?.detail })
        return !(options.failFast && verdict?.outcome == .failed)
    }

    private func finish() throws -> ExitStatus {
        let results = try RunReport.assemble(directory)
        try RunReport.write(results, directory, htmlCopy: options.report)
        output.finish(results)
        let rates = RateCheck.results(scenarios, results)
        if !rates.isEmpty { print(RateCheck.text(rates)) }
        var outcome = max(results.outcome, rates.map(\.outcome).max() ?? .passed)
        let missing = cells.count - results.cells.count
        if missing > 0 {
            // What was not run proves nothing, and must not be missing in silence.
            let why = options.failFast && outcome == .failed ? "--fail-fast" : "the run was stopped before"
            print("\(missing) of \(cells.count) cells were not run: \(why)")
            outcome = max(outcome, .inconclusive)
        }
        let broken = breakage.withLock { Array($0.values) }
        if let worst = broken.compactMap({ $0.exitCode.flatMap(ExitStatus.init) }).max(by: { $0.rawValue < $1.rawValue }
        ) {
            return worst
        }
        guard let baseline = options.baseline else { return ExitStatus(outcome) }
        let isPart = options.shard != nil || !options.tags.isEmpty || !options.withoutTags.isEmpty
        let comparison = try RegressionCheck.compare(
            baseline: baseline, runs: [directory.path], isPart: isPart, ignoresTiming: false)
        return comparison == .passed ? ExitStatus(outcome) : comparison
    }
}
