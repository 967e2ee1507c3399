import Cells
import Drivers
import EvidenceModel
import FoundationEssentials
import Reports
import RunRecord
import ScenarioModel
import Synchronization
import SystemCalls

/// What `crosswind bisect` was asked.
public struct BisectOptions: Sendable {
    /// The scenario's file.
    public var scenario = ""
    /// The client.
    public var client = ""
    /// The oldest release to look at; nil: the oldest installed.
    public var from: String?
    /// The newest one; nil: the newest installed.
    public var to: String?
    /// What must hold, for example `failed < 100`; nil: the behaviour of the oldest release.
    public var expectation: String?
    /// The seed of the first trial of each release.
    public var seed: UInt64 = 1
    /// How often each side of the change is tried.
    public var confirmations = 5
    /// Where records go, and are found by a later run.
    public var output = "runs/bisect"

    /// Nothing asked yet.
    public init() {}
}

/// `crosswind bisect`: the first release of a client that behaves in another way in one cell, by experiment.
public final class BisectRun: Sendable {
    private let options: BisectOptions
    private let cell: ScenarioCell
    private let releases: [String]
    private let trials: ReleaseTrials
    private let expectation: ExpectationSpec.Check?
    private let cellCount = Mutex(0)

    /// Runs and answers the exit code: passed when a change was found and confirmed on both sides, or there is none.
    public static func run(_ options: BisectOptions) async throws -> ExitStatus {
        let run = try BisectRun(options)
        try Doctor.requireReady()
        return try await StopSignals.during {
            if run.trials.isStopping { ProcessEnd.atOnce(128 + $0) }
            run.trials.stop()
        } _: {
            try await run.search()
        }
    }

    private init(_ options: BisectOptions) throws {
        self.options = options
        let scenarios = try ScenarioLibrary.load([options.scenario], seed: options.seed)
        guard let scenario = scenarios.first, scenarios.count == 1 else {
            throw UsageError("bisect takes one scenario; \(options.scenario) holds \(scenarios.count)")
        }
        guard let cell = scenario.cells(ofClient: options.client).first else {
            let clients = Set(scenario.cells.map(\.producer.client)).sorted().joined(separator: ", ")
            throw UsageError("\(options.scenario) has no cell with client \(options.client); it has \(clients)")
        }
        self.cell = cell
        expectation = try options.expectation.map { text in
            guard let check = ExpectationSpec.Check(text: text) else {
                throw UsageError("--expect '\(text)': wanted a measure and a number, for example 'failed < 100'")
            }
            return check
        }
        let catalog = try DriverCatalog.installed()
        guard let client = catalog.client(options.client) else {
            throw UsageError("there is no client \(options.client): crosswind clients")
        }
        releases = ReleaseRange(client: client.name, from: options.from)
            .chosen(of: catalog.installedVersions(of: client))
            .filter { release in
                options.to.map { DriverCatalog.version(release, matches: $0) || NaturalOrder.precedes(release, $0) }
                    ?? true
            }
        guard releases.count > 1 else {
            throw MissingRequirement(
                "the cache \(catalog.cache) has \(releases.isEmpty ? "no release" : "only \(releases[0])") of "
                    + "\(client.name) in this range; `crosswind clients install \(client.name)@RELEASE` brings one")
        }
        trials = try ReleaseTrials([scenario], directory: options.output) { StandardError.say($0) }
    }

    private func search() async throws -> ExitStatus {
        print(
            "\(releases.count) releases of \(options.client), \(releases[0]) to \(releases[releases.count - 1]); cell "
                + "\(cell.id); records in \(options.output)")
        guard let first = try await behaves(0) else { return stopped() }
        let answer = try await Bisection.run(count: releases.count) { index in
            try await self.behaves(index).map { $0 == first }
        }
        switch answer {
        case .stopped: return stopped()
        case .none:
            print("no change: \(releases[0]) and \(releases[releases.count - 1]) both \(first)")
            return .passed
        case .change(let index):
            print("\(releases[index]) is the first that differs, after \(cellCount.withLock { $0 }) cells; confirming")
            let before = try await confirm(index - 1)
            let after = try await confirm(index)
            guard let before, let after else { return stopped() }
            print("  \(releases[index - 1]): \(before.text)")
            print("  \(releases[index]): \(after.text)")
            let isClear = before.behaviours.count == 1 && after.behaviours.count == 1 && before != after
            print(
                isClear
                    ? "\(options.client) \(releases[index]) changed it"
                    : "not confirmed: a side does not behave in the same way each time")
            return isClear ? .passed : .inconclusive
        }
    }

    private func stopped() -> ExitStatus {
        print("stopped; the same command goes on from here")
        return .inconclusive
    }

    /// What a release did in its first trial that proves something: in words, which are compared.
    private func behaves(_ index: Int, seed: UInt64? = nil) async throws -> String? {
        let trial = ReleaseTrial(
            scenario: cell.scenario, cell: cell.id, client: options.client, release: releases[index],
            seed: seed ?? options.seed)
        guard let result = try await trials.result(trial) else { return nil }
        cellCount.withLock { $0 += 1 }
        guard let expectation else { return result.behaviour.text }
        guard result.behaviour.doubt == nil else { return "inconclusive" }
        let value =
            expectation.measure == "survives"
            ? (result.behaviour.broken.isEmpty ? 1 : 0) : Measure.named(expectation.measure)?.read(result.measures)
        guard let value else { return "not measured" }
        return expectation.comparison.holds(value, expectation.value)
            ? "\(expectation.text) holds" : "\(expectation.text) does not hold"
    }

    /// One side of the change.
    private struct Side: Equatable {
        /// What was seen, and how often.
        var behaviours: [String: Int]

        var text: String {
            behaviours.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) x \($0.key)" }
                .joined(separator: "; ")
        }
    }

    private func confirm(_ index: Int) async throws -> Side? {
        var side = Side(behaviours: [:])
        for offset in 0..<UInt64(options.confirmations) {
            guard let seen = try await behaves(index, seed: options.seed &+ offset) else { return nil }
            side.behaviours[seen, default: 0] += 1
        }
        return side
    }
}
