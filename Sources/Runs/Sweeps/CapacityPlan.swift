import Capacity
import Drivers
import EvidenceModel
import FoundationEssentials
import Glibc
import Reports
import RunRecord
import ScenarioModel
import SystemCalls

/// What the user asked of `crosswind plan`.
public struct PlanOptions: Sendable {
    /// Round trip, for example `80ms`.
    public var roundTrip = "0ms"
    /// Share of packets lost, for example `0.5%`.
    public var loss = "0%"
    /// Load: `5000/s` in records or `20MB/s` in bytes of record values.
    public var rate = "1000/s"
    /// Rate of the link, for example `100Mbit/s`; nil: as fast as it is.
    public var linkRate: String?
    /// Objectives: `p99=2s`, `p50=…`, `max=…`, `throughput=97%`.
    public var objectives: [String] = []
    /// Size of a record's value.
    public var size = "1000B"
    /// Clients to plan for; empty: every one that is installed.
    public var clients: [String] = []
    /// Partitions of the topic.
    public var partitions = 6
    /// Broker nodes.
    public var brokers = 1
    /// Where the record goes; nil: `runs/TIME-plan`.
    public var output: String?

    /// Nothing asked yet.
    public init() {}
}

/// `crosswind plan`: finds settings for each client by running points, each step changing what bound the last one.
public struct CapacityPlan: Sendable {
    private let options: PlanOptions
    private let directory: String
    private let sizeBytes: Int
    private let recordsPerS: Double
    private let delayUs: Int64
    private let objective: String

    /// Plans and prints a properties snippet for each client. Passed when every client has settings that meet the
    /// objective, failed when one has none.
    ///
    /// - Throws: `UsageError` for a quantity that cannot be read, `MissingRequirement` when cells cannot run here.
    public static func run(_ options: PlanOptions) async throws -> ExitStatus {
        let plan = try CapacityPlan(options)
        try Doctor.requireReady()
        return try await plan.run()
    }

    private init(_ options: PlanOptions) throws {
        self.options = options
        directory = options.output ?? RunDirectory.defaultPath(names: ["plan"])
        func value(_ text: String, _ name: String) -> ScenarioValue {
            ScenarioValue(
                location: SourceLocation(file: "--\(name)", line: 1, column: 1), content: .scalar(.init(text: text)))
        }
        do {
            sizeBytes = try value(options.size, "size").byteCount(in: 16...10_000_000)
            let rate = value(options.rate, "rate")
            if let records = try? rate.recordRate() {
                recordsPerS = records
            } else {
                recordsPerS = Double(try rate.bitRate()) / 8 / Double(sizeBytes)
            }
            delayUs = Int64(try value(options.roundTrip, "rtt").duration() / .microseconds(1)) / 2
            _ = try value(options.loss, "loss").fraction()
            if let link = options.linkRate { _ = try value(link, "link").bitRate() }
        } catch {
            throw UsageError("\(error)")
        }
        objective = try Self.objective(options.objectives)
    }

    private static func objective(_ texts: [String]) throws -> String {
        var entries = ["lost: 0", "duplicates: 0", "sequence_errors: 0", "failed: 0"]
        var hasThroughput = false
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw UsageError("--slo \(text): not NAME=VALUE, for example p99=2s") }
            switch parts[0] {
            case "p50", "p99", "max": entries.append("latency_ms.\(parts[0]): \"<= \(parts[1])\"")
            case "throughput":
                hasThroughput = true
                entries.append("throughput: \">= \(parts[1])\"")
            default: throw UsageError("--slo \(text): '\(parts[0])' is none of p50, p99, max, throughput")
            }
        }
        if !hasThroughput { entries.append("throughput: \">= 95%\"") }
        return "{ " + entries.joined(separator: ", ") + " }"
    }

    private func run() async throws -> ExitStatus {
        let catalog = try DriverCatalog.installed()
        let asked = options.clients.isEmpty ? catalog.clients.filter(\.isPlanned).map(\.name) : options.clients
        var isMet = true
        for name in asked {
            do {
                _ = try catalog.launch(client: name)
            } catch {
                guard options.clients.isEmpty else { throw error }
                say("without \(name): \(error)")
                continue
            }
            guard let client = catalog.client(name) else { continue }
            isMet = try await plan(client) && isMet
        }
        print("record: \(directory)")
        return isMet ? .passed : .failed
    }

    /// Plans for one client; true when settings were found.
    private func plan(_ client: ClientDescription) async throws -> Bool {
        var search = SettingSearch(client: client.properties.settings, recordBytes: sizeBytes)
        var step = search.first
        var number = 0
        while true {
            switch step {
            case .run(let settings, let why):
                number += 1
                say("\(client.name), step \(number): \(why)")
                let points = try await points(client, settings, "\(number)", repeats: 1)
                guard let point = points.first else { return false }
                step = search.next(after: point)
            case .found(let settings):
                let confirmed = try await points(client, settings, "confirmed", repeats: 2)
                guard let failed = confirmed.first(where: { $0.outcome != .passed }) else {
                    report(client, settings, confirmed)
                    return !confirmed.isEmpty
                }
                return try await giveUp(client, settings, "found once and not confirmed: \(failed.reason)")
            case .stuck(let settings, let why): return try await giveUp(client, settings, why)
            }
        }
    }

    /// Says what the best settings do carry.
    private func giveUp(_ client: ClientDescription, _ settings: ProducerSettings, _ why: String) async throws -> Bool {
        print("\n\(client.name): no settings meet the objective at \(options.rate). \(why)")
        let low = max(recordsPerS / 200, 1)
        let range = "from: \(Self.rate(low)), to: \(Self.rate(recordsPerS)), resolution: 10%"
        let results = try await sweep(
            client, settings, "highest-rate", "bisect: { axis: workload.rate, \(range) }", repeats: 1)
        guard let bracket = results.brackets.first else { return false }
        print("  with the settings below, the rate \(bracket.text)")
        if let limit = bracket.limit { print("  limit \(limit.kind.rawValue): \(limit.evidence)") }
        printSnippet(client, settings)
        return false
    }

    private func report(_ client: ClientDescription, _ settings: ProducerSettings, _ points: [SweepPoint]) {
        let results = Recommender.recommend(points, brackets: [], objectives: [], lowMeets: true)
        print("\n\(client.name): the objective is met at \(options.rate) in \(points.count) of \(points.count) runs")
        for line in results?.evidence ?? [] { print("  \(line)") }
        for limit in points.first?.limits ?? [] where !limit.binding {
            guard let ceiling = limit.ceilingRecordsPerS, ceiling.isFinite else { continue }
            print("  room to \(limit.kind.rawValue): \(Int(ceiling)) records/s")
        }
        printSnippet(client, settings)
    }

    private func printSnippet(_ client: ClientDescription, _ settings: ProducerSettings) {
        let producer = CellDescription.Producer(
            client: client.name, config: settings.properties(client.properties.settings, recordBytes: sizeBytes),
            settings: client.properties.settings)
        print(PropertiesSnippet.text(producer), terminator: "")
    }

    // MARK: - Points

    private func points(
        _ client: ClientDescription, _ settings: ProducerSettings, _ name: String, repeats: Int
    ) async throws -> [SweepPoint] {
        try await sweep(
            client, settings, name, "axes: { workload.rate: [\(Self.rate(recordsPerS))] }", repeats: repeats
        ).points
    }

    private func sweep(
        _ client: ClientDescription, _ settings: ProducerSettings, _ name: String, _ axes: String, repeats: Int
    ) async throws -> SweepResults {
        let path = "\(directory)/\(client.name)-\(name)"
        let file = path + ".yaml"
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            let text = scenario(client, settings, name, axes, repeats: repeats)
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            try shareCeilings(client, with: path)
        } catch {
            throw HarnessError(operation: "write", subject: path, reason: reason(of: error))
        }
        var sweep = SweepOptions()
        sweep.file = file
        sweep.output = path
        sweep.seed = 1
        sweep.isQuiet = true
        return try await SweepRun(sweep).run().results
    }

    /// The ceiling of a client is measured once and not with every step.
    private func shareCeilings(_ client: ClientDescription, with path: String) throws {
        let known = "\(directory)/\(client.name)-1/ceilings"
        guard FileManager.default.fileExists(atPath: known), !FileManager.default.fileExists(atPath: path) else {
            return
        }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: known, toPath: path + "/ceilings")
    }

    private func scenario(
        _ client: ClientDescription, _ settings: ProducerSettings, _ name: String, _ axes: String, repeats: Int
    ) -> String {
        let config = settings.properties(client.properties.settings, recordBytes: sizeBytes).sorted { $0.key < $1.key }
        // The way as it is from the first packet: a path that got longer under an open connection is another experiment.
        var way: [String] = []
        if delayUs > 0 { way.append("rtt: \(2 * delayUs)us") }
        if options.loss != "0%" { way.append("loss: \(options.loss)") }
        if let link = options.linkRate { way.append("clientToBroker: { rate: \(link) }") }
        return """
            name: plan-\(client.name)-\(name)
            claim: These settings meet the objective.
            broker: { kind: embedded, nodes: \(options.brokers), topics: [{ name: orders, partitions: \(options.partitions) }] }
            producer:
              client: \(client.name)
              config:
            \(config.map { "    \($0.key): \"\($0.value)\"" }.joined(separator: "\n"))
            workload: { rate: \(Self.rate(recordsPerS)), size: \(sizeBytes)B }
            \(way.isEmpty ? "" : "network: { " + way.joined(separator: ", ") + " }\n")sweep:
              \(axes)
              objective: \(objective)
              warmup: 2s
              window: 2s
              windows: 2
              repeats: \(repeats)

            """
    }

    private static func rate(_ value: Double) -> String {
        let hundredths = (value * 100).rounded() / 100
        return (hundredths == hundredths.rounded() ? String(Int(hundredths)) : String(hundredths)) + "/s"
    }

    private func say(_ text: String) { StandardError.say(text) }
}
