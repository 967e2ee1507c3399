import Capacity
import Cells
import EvidenceModel
import FoundationEssentials
import Glibc
import Reports
import RunRecord
import ScenarioModel
import Synchronization
import SystemCalls

/// `crosswind sweep`: runs the points of a sweep, each as a cell in a process of its own, and says what limits them.
public final class SweepRun: Sendable {
    private let options: SweepOptions
    private let plan: SweepPlan
    private let directory: SweepDirectory
    private let headroom: Headroom
    private let supervisor = CellSupervisor { _, _ in }
    private let ceilings = Mutex<[String: HarnessCeiling]>([:])
    private let problem = Mutex<String?>(nil)
    private let finished = Mutex(0)

    /// How long the harness's own ceiling is measured.
    private static let ceilingWindows = WindowPlan(warmUpUs: 1_000_000, windowUs: 1_000_000, windows: 2)

    /// Runs a sweep, or what is left of it, and answers the exit code: passed when every point that ran is conclusive.
    ///
    /// - Throws: `ScenarioErrors` for a bad file, `MissingRequirement` when this machine cannot run cells,
    ///   ``HarnessError`` when the directory cannot be used.
    public static func run(_ options: SweepOptions) async throws -> ExitStatus {
        let run = try SweepRun(options)
        try Doctor.requireReady()
        return try await run.run().status
    }

    init(_ options: SweepOptions) throws {
        var options = options
        options.file = InstalledFiles.locate(options.file)
        self.options = options
        let text: String
        do {
            text = try String(contentsOfFile: options.file, encoding: .utf8)
        } catch {
            throw HarnessError(operation: "read", subject: options.file, reason: reason(of: error))
        }
        let read: (RunSeed) throws -> SweepPlan = { seed in
            try SweepPlan(yaml: text, file: options.file, rules: ScenarioLibrary.rules(), seed: seed)
        }
        let path = try options.output ?? RunDirectory.defaultPath(names: [read(.asked(0)).scenario.name])
        directory = SweepDirectory(path: path)
        plan = try directory.open(text: text, file: options.file, plan: read, seed: options.seed)
        let processors = ProcessInfo.processInfo.activeProcessorCount
        headroom = Headroom(processors: processors, limit: options.jobs ?? 6 * processors)
    }

    /// Runs and writes the results.
    func run() async throws -> (status: ExitStatus, results: SweepResults) {
        let chosen = chosenCombinations()
        say(
            "\(chosen.count) of \(plan.spec.combinations.count) combinations, seed \(plan.scenario.runSeed),"
                + " record in \(directory.path)")
        try await StopSignals.during {
            if self.supervisor.isStopping { ProcessEnd.atOnce(128 + $0) }
            self.say("stopping; `--output \(self.directory.path)` continues")
            self.supervisor.stop()
        } _: {
            try await runPoints(chosen)
        }
        if !supervisor.isStopping { try directory.noteEnd() }
        return try finish()
    }

    /// The ceilings, and the points.
    ///
    /// The first Ctrl-C ends the running points and keeps those that are done; the second ends everything at once.
    private func runPoints(_ chosen: [(order: Int, combination: [ScenarioCell.Parameter])]) async throws {
        try await measureCeilings(chosen.map(\.combination))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (order, combination) in chosen {
                group.addTask {
                    if let bisection = self.plan.spec.bisection {
                        try await self.search(bisection, combination, order)
                    } else {
                        _ = try await self.runRepeats(combination, order)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func chosenCombinations() -> [(order: Int, combination: [ScenarioCell.Parameter])] {
        plan.spec.combinations.enumerated().filter { index, _ in
            options.shard.map { index % $0.count == $0.index - 1 } ?? true
        }.map { ($0.offset, $0.element) }
    }

    private func finish() throws -> (status: ExitStatus, results: SweepResults) {
        guard let manifest = try directory.manifest() else {
            throw HarnessError(operation: "find", subject: directory.path, reason: "its plan is gone")
        }
        let results = SweepAssembly.results(plan, manifest, directory.points())
        try SweepFiles.write(results, directory, htmlCopy: options.report)
        if !options.isQuiet {
            print(SweepTable.text(results), terminator: "")
            print("record: \(directory.path)")
        }
        if let problem = problem.withLock({ $0 }) {
            say(problem)
            return (.harnessError, results)
        }
        let isWhole = !supervisor.isStopping && results.points.allSatisfy { $0.outcome != .inconclusive }
        return (isWhole ? .passed : .inconclusive, results)
    }

    // MARK: - Points

    private func search(
        _ bisection: SweepBisection, _ combination: [ScenarioCell.Parameter], _ order: Int
    ) async throws {
        var search = BisectionSearch(bisection)
        while let value = search.next, !supervisor.isStopping {
            let point = combination + [.init(path: bisection.path, label: bisection.range.text(value))]
            let repeats = try await runRepeats(point, order)
            guard repeats.count == plan.spec.repeats else { return }
            search.take(SweepAssembly.outcome(repeats), at: value)
        }
    }

    /// The repeats of a combination; fewer when the sweep was stopped.
    private func runRepeats(_ combination: [ScenarioCell.Parameter], _ order: Int) async throws -> [SweepPoint] {
        try await withThrowingTaskGroup(of: SweepPoint?.self) { group in
            for index in 0..<plan.spec.repeats {
                group.addTask { try await self.runPoint(combination, index, order) }
            }
            return try await group.reduce(into: []) { points, point in if let point { points.append(point) } }
        }
    }

    private func runPoint(
        _ combination: [ScenarioCell.Parameter], _ repeatIndex: Int, _ order: Int
    ) async throws -> SweepPoint? {
        let cell = try plan.cell(combination, repeatIndex: repeatIndex)
        if let known = directory.done(cell.id) { return known }
        let cost = ceiling(of: cell)?.cost(of: cell) ?? headroom.all
        guard var point = try await measure(cell, combination, order, cost: cost) else { return nil }
        if point.outcome == .inconclusive, !supervisor.isStopping {
            // A loaded machine is the usual reason: once more, with nothing beside it.
            let first = point.reason
            let again = try await measure(cell, combination, order, cost: headroom.all, isAlone: true)
            guard let again else { return nil }
            point = again
            point.runs = 2
            point.doubts.append("run again alone, because the first time: \(first)")
        }
        try RunDirectory(path: directory.point(cell.id).path).write(point, to: "point.json")
        note(point)
        return point
    }

    /// Runs a point when there is room; nil when the sweep was stopped.
    private func measure(
        _ cell: ScenarioCell, _ combination: [ScenarioCell.Parameter], _ order: Int, cost: Double,
        isAlone: Bool = false
    ) async throws -> SweepPoint? {
        if isAlone { await headroom.beginAlone(within: .seconds(20)) } else { await headroom.begin(cost) }
        defer { Task { await headroom.end(cost) } }
        guard !supervisor.isStopping, problem.withLock({ $0 == nil }) else { return nil }
        let record = directory.point(cell.id)
        let spec = plan.spec
        let windows = WindowPlan(
            warmUpUs: Int64(spec.warmUp / .microseconds(1)), windowUs: Int64(spec.window / .microseconds(1)),
            windows: spec.windows)
        try await runCell(cell, combination, record, windows, isCeiling: false)
        guard !supervisor.isStopping else { return nil }
        let point = try SweepPointMaker(record: record, cell: cell, order: order, objectives: spec.objectives)
            .point(ceiling: ceiling(of: cell))
        if !options.keepsRecords { SweepDirectory.trim(record) }
        return point
    }

    private func runCell(
        _ cell: ScenarioCell, _ combination: [ScenarioCell.Parameter], _ record: RecordDirectory,
        _ windows: WindowPlan, isCeiling: Bool
    ) async throws {
        let point = PointPlan(
            parameters: combination.map { .init(path: $0.path, label: $0.label) }, repeatIndex: cell.repeatIndex,
            windows: windows, isCeiling: isCeiling)
        try directory.prepare(
            record,
            CellPlan(
                scenarioPath: directory.scenarioPath, file: cell.file, cell: cell.id, runSeed: plan.scenario.runSeed,
                point: point))
        _ = try await supervisor.run(
            CellSupervisor.Job(
                id: cell.id, arguments: [CellProcess.argument, record.path], directory: record.path,
                limit: cell.lifeLimit))
        // What no point can do without is missing: a client, a right, a valid property.
        if !supervisor.isStopping, let broken = try record.history().elements.last(where: { $0.kind == .harnessError }),
            !record.has(.driver) || !record.has(.observation)
        {
            problem.withLock { $0 = $0 ?? "\(cell.id): \(broken.detail ?? "the cell broke"); see \(record.path)" }
        }
    }

    // MARK: - Ceilings

    private func ceiling(of cell: ScenarioCell) -> HarnessCeiling? {
        ceilings.withLock { $0[SweepPlan.ceilingKey(of: cell)] }
    }

    /// One for each client and size of record, each alone on the machine.
    private func measureCeilings(_ combinations: [[ScenarioCell.Parameter]]) async throws {
        for combination in combinations where !supervisor.isStopping {
            var parameters = combination
            if let bisection = plan.spec.bisection {
                parameters.append(.init(path: bisection.path, label: bisection.range.text(bisection.range.low)))
            }
            let cell = try plan.cell(parameters, repeatIndex: 0)
            let key = SweepPlan.ceilingKey(of: cell)
            guard ceilings.withLock({ $0[key] }) == nil else { continue }
            let record = directory.ceiling(key)
            let run = RunDirectory(path: record.path)
            var known = try? run.read(HarnessCeiling.self, from: "ceiling.json")
            if known == nil {
                known = try await measureCeiling(cell, parameters, record)
                if !supervisor.isStopping, let known { try run.write(known, to: "ceiling.json") }
            }
            ceilings.withLock { $0[key] = known }
            if let rate = known?.recordsPerS { say("the harness's own ceiling, \(key): \(Int(rate)) records/s") }
            if let problem = known?.problem { say("no ceiling for \(key): \(problem)") }
        }
    }

    private func measureCeiling(
        _ cell: ScenarioCell, _ parameters: [ScenarioCell.Parameter], _ record: RecordDirectory
    ) async throws -> HarnessCeiling {
        let length = Self.ceilingWindows.interval(from: 0).upperBound
        let ceilingCell = plan.ceilingCell(of: cell, loadTime: .microseconds(length))
        let before = HarnessCeiling.childrenProcessorS()
        try await runCell(ceilingCell, parameters, record, Self.ceilingWindows, isCeiling: true)
        let used = HarnessCeiling.childrenProcessorS() - before
        defer { SweepDirectory.trim(record) }
        guard let data = try record.bytes(of: .observation), let verdict = try record.verdict(),
            verdict.measures.acked > 0
        else {
            return HarnessCeiling(recordsPerS: nil, processorSPerRecord: 1e-4, problem: "the cell left no numbers")
        }
        let observation = try RecordDirectory.decode(PointObservation.self, from: data)
        return HarnessCeiling(
            recordsPerS: observation.throughputRecordsPerS,
            processorSPerRecord: used / Double(verdict.measures.acked), problem: nil)
    }

    // MARK: - Words

    private func note(_ point: SweepPoint) {
        let number = finished.withLock { count in
            count += 1
            return count
        }
        let throughput = point.observation.throughputRecordsPerS.map { "\(Int($0.rounded())) records/s" } ?? "nothing"
        let latency = point.observation.latencyMs.p99.map { "p99 \(Int($0.rounded())) ms" } ?? "p99 not reached"
        say(
            "\(number). \(point.id): \(point.outcome.rawValue): \(throughput), \(latency);"
                + " limit \(point.binding?.kind.rawValue ?? "not known"); \(point.reason)")
    }

    private func say(_ text: String) { StandardError.say(text) }
}
