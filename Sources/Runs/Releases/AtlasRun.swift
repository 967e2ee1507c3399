import Cells
import Drivers
import EvidenceModel
import FoundationEssentials
import Reports
import RunRecord
import ScenarioModel
import SystemCalls

/// What `crosswind atlas` was asked.
public struct AtlasOptions: Sendable {
    /// Files, directories or globs.
    public var scenarios: [String] = []
    /// Clients and their releases; empty: every client that has releases in the cache.
    public var clients: [ReleaseRange] = []
    /// The seeds of the trials of each release.
    public var seeds: [UInt64] = [1, 2, 3]
    /// Cells at a time; nil: as many as the machine carries.
    public var jobs: Int?
    /// Where records and pages go; what is there already is not run again.
    public var output = "atlas"
    /// Run only part `index` of `count` of the trials, from 1.
    public var shard: (index: Int, count: Int)?
    /// Also write the page in Markdown here.
    public var page: String?

    /// Nothing asked yet.
    public init() {}
}

/// `crosswind atlas`: what each release of each client does in each scenario.
///
/// A trial is one cell with one release and one seed; its record is its result, so that a stopped run, and the parts of a
/// sharded one, go on in the same directory.
public final class AtlasRun: Sendable {
    private let options: AtlasOptions
    private let rows: [Row]
    private let trials: ReleaseTrials
    private let notes: @Sendable (String, String) -> String?

    /// A cell of a scenario that has one of the clients, and the releases that it runs with.
    private struct Row {
        let scenario: Scenario
        let cell: ScenarioCell
        let client: String
        let releases: [String]
    }

    /// Runs what has no result yet and writes `atlas.json`, `atlas.md` and `atlas.html`.
    ///
    /// - Returns: passed when every trial has its result; inconclusive when some were not run, or proved nothing.
    public static func run(_ options: AtlasOptions) async throws -> ExitStatus {
        let run = try AtlasRun(options)
        try Doctor.requireReady()
        return try await StopSignals.during {
            if run.trials.isStopping { ProcessEnd.atOnce(128 + $0) }
            StandardError.say("stopping; the same command goes on")
            run.trials.stop()
        } _: {
            try await run.run()
        }
    }

    private init(_ options: AtlasOptions) throws {
        self.options = options
        let catalog = try DriverCatalog.installed()
        let ranges =
            options.clients.isEmpty
            ? catalog.clients.filter { $0.releases != nil }.map { ReleaseRange(client: $0.name) } : options.clients
        let columns: [(client: String, releases: [String])] = try ranges.map { range in
            guard let client = catalog.client(range.client) else {
                throw UsageError("there is no client \(range.client): crosswind clients")
            }
            return (client.name, range.chosen(of: catalog.installedVersions(of: client)))
        }.filter { !$0.1.isEmpty }
        guard !columns.isEmpty else {
            throw MissingRequirement(
                "the cache \(catalog.cache) has no release of \(ranges.map(\.client).joined(separator: ", ")) in this "
                    + "range; `crosswind clients install NAME@RELEASE` brings one")
        }
        let scenarios = try ScenarioLibrary.load(options.scenarios, seed: options.seeds[0])
        rows = columns.flatMap { column in
            scenarios.flatMap { scenario in
                scenario.cells(ofClient: column.client).map {
                    Row(scenario: scenario, cell: $0, client: column.client, releases: column.releases)
                }
            }
        }
        guard !rows.isEmpty else {
            throw UsageError("no scenario has a cell with \(columns.map(\.client).joined(separator: " or "))")
        }
        trials = try ReleaseTrials(scenarios, directory: options.output) { StandardError.say($0) }
        let described = Dictionary(uniqueKeysWithValues: catalog.clients.map { ($0.name, $0.releaseNotes) })
        notes = { described[$0]?[$1] }
    }

    private func run() async throws -> ExitStatus {
        let all = rows.flatMap { row in row.releases.flatMap { trials(of: row, $0) } }
        let mine = options.shard.map { shard in
            all.enumerated().filter { $0.offset % shard.count == shard.index - 1 }.map(\.element)
        }
        StandardError.say("\(all.count) trials, records in \(options.output)")
        let limit = options.jobs ?? max(2, 2 * ProcessInfo.processInfo.activeProcessorCount)
        _ = try await trials.results(mine ?? all, jobs: limit)
        return try finish(all)
    }

    private func trials(of row: Row, _ release: String) -> [ReleaseTrial] {
        options.seeds.map {
            ReleaseTrial(
                scenario: row.scenario.name, cell: row.cell.id, client: row.client, release: release, seed: $0)
        }
    }

    private func finish(_ all: [ReleaseTrial]) throws -> ExitStatus {
        let found = Dictionary(
            uniqueKeysWithValues: all.compactMap { trial in trials.known(trial).map { (trial, $0) } })
        let results = AtlasResults(
            crosswind: CrosswindVersion.current, seeds: options.seeds,
            rows: try rows.map { try line(of: $0, found) })
        let directory = RunDirectory(path: options.output)
        try directory.write(results, to: "atlas.json")
        let page = AtlasMarkdown.text(results, notes: notes)
        try write(page, to: "\(options.output)/atlas.md")
        try write(AtlasHTML.text(results, notes: notes), to: "\(options.output)/atlas.html")
        if let copy = options.page { try write(page, to: copy) }
        for row in results.rows {
            for change in row.changes {
                print("\(row.client) \(change.after), \(row.title): \(change.from) -> \(change.to)")
            }
        }
        let missing = all.count - found.count
        let doubtful = found.values.filter { $0.behaviour.doubt != nil }.count
        let varying = results.rows.flatMap(\.entries).filter { Set($0.seen).count > 1 }.count
        print(
            "\(found.count) of \(all.count) trials have a result; \(doubtful) prove nothing; \(varying) releases vary "
                + "between seeds; the map is \(options.output)/atlas.html")
        return missing == 0 && doubtful == 0 ? .passed : .inconclusive
    }

    private func line(of row: Row, _ found: [ReleaseTrial: TrialResult]) throws -> AtlasResults.Row {
        let isOnly = row.scenario.cells(ofClient: row.client).count == 1
        let words = row.cell.parameters.filter { !$0.path.hasSuffix("version") }.map { parameter in
            "\(parameter.path.split(separator: ".").last ?? "")=\(parameter.label)"
        }
        let entries = try row.releases.map { release in
            let done = trials(of: row, release).filter { found[$0] != nil }
            let page = try drawn(done)
            return AtlasResults.Entry(
                release: release, seen: done.compactMap { found[$0]?.behaviour.text },
                numbers: done.compactMap { found[$0].map { .init($0.measures) } }, page: page)
        }
        return AtlasResults.Row(
            scenario: row.scenario.name, claim: row.scenario.claim, cell: isOnly ? "" : words.joined(separator: ", "),
            client: row.client, entries: entries)
    }

    /// Draws the page of a release's trials with their ladders.
    private func drawn(_ trials: [ReleaseTrial]) throws -> String? {
        guard let first = trials.first else { return nil }
        let folder = String(first.path[..<(first.path.lastIndex(of: "/") ?? first.path.endIndex)])
        var cells: [RunResults.Cell] = []
        for trial in trials {
            let record = RecordDirectory(path: "\(options.output)/\(trial.path)")
            guard var verdict = try record.verdict() else { continue }
            verdict.id = "seed-\(trial.seed)"
            cells.append(
                .init(verdict: verdict, cell: try record.cellDescription(), directory: "seed-\(trial.seed)"))
        }
        try ReportFiles.write(
            RunResults(seed: first.seed, startedUs: 0, endedUs: 0, cells: cells), to: "\(options.output)/\(folder)"
        ) { index in
            try? CellJudge.read(RecordDirectory(path: "\(self.options.output)/\(folder)/\(cells[index].directory)"))
        }
        return folder + "/report.html"
    }

    private func write(_ text: String, to path: String) throws {
        do { try text.write(toFile: path, atomically: true, encoding: .utf8) } catch {
            throw HarnessError(operation: "write", subject: path, reason: reason(of: error))
        }
    }
}
