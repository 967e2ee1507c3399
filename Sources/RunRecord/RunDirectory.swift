import EvidenceModel
import FoundationEssentials
import Glibc

/// Where a run keeps its record: `scenarios/` with a copy of each file, a directory for each cell, and the results.
public struct RunDirectory: Sendable {
    /// Path of the directory.
    public let path: String

    /// Names a directory; nothing is touched.
    public init(path: String) { self.path = path }

    /// The directory's name for a run that begins now.
    package static func defaultPath(names: [String], now: time_t = time(nil)) -> String {
        let stamp = localTime(now)
        let name = names.count == 1 ? names[0] : "\(names.count)-scenarios"
        var path = "runs/\(stamp)-\(name)"
        var attempt = 1
        while FileManager.default.fileExists(atPath: path) {
            attempt += 1
            path = "runs/\(stamp)-\(name)-\(attempt)"
        }
        return path
    }

    /// Makes the directory.
    ///
    /// - Throws: ``HarnessError`` when it cannot be made, or holds another run already.
    package func create() throws {
        if FileManager.default.fileExists(atPath: path + "/run.json") {
            throw HarnessError(
                operation: "use", subject: path, reason: "it holds a run already",
                remedy: "name another directory with --output")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: path + "/scenarios", withIntermediateDirectories: true)
        } catch {
            throw HarnessError(operation: "make", subject: path, reason: reason(of: error))
        }
    }

    /// `20260131-235959`, by the machine's time zone. strftime(3).
    private static func localTime(_ now: time_t) -> String {
        var (now, parts) = (now, tm())
        localtime_r(&now, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, "%Y%m%d-%H%M%S", &parts)
        return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Where the copy of a scenario's file is.
    package func scenarioPath(_ name: String) -> String { "\(path)/scenarios/\(name).yaml" }

    /// Where a cell's record is, from the run's directory.
    package static func cellPath(scenario: String, cell: String) -> String { "\(scenario)/\(cell)" }

    /// Moves the record of a run that proved nothing to `run-1`, `run-2`, … in the cell's directory, and notes why in the
    /// plan of the next one.
    package func keepEarlierRun(of cell: String, reason: String) throws {
        let files = FileManager.default
        let own = RunDirectory(path: cell)
        var plan = try own.read(CellPlan.self, from: "plan.json")
        let earlier = plan.earlierRuns ?? []
        let kept = "\(cell)/run-\(earlier.count + 1)"
        do {
            try files.createDirectory(atPath: kept, withIntermediateDirectories: false)
            for name in try files.contentsOfDirectory(atPath: cell) where !name.hasPrefix("run-") && name != "plan.json"
            {
                try files.moveItem(atPath: "\(cell)/\(name)", toPath: "\(kept)/\(name)")
            }
        } catch {
            throw HarnessError(
                operation: "keep the earlier run in", subject: kept, reason: EvidenceModel.reason(of: error))
        }
        plan.earlierRuns = earlier + [reason]
        try own.write(plan, to: "plan.json")
    }

    /// Writes a value as JSON.
    package func write(_ value: some Encodable, to name: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try encoder.encode(value).write(to: URL(fileURLWithPath: "\(path)/\(name)"), options: .atomic)
        } catch {
            throw HarnessError(operation: "write", subject: "\(path)/\(name)", reason: reason(of: error))
        }
    }

    /// Reads a JSON file of the run.
    package func read<Value: Decodable>(_ type: Value.Type, from name: String) throws -> Value {
        let file = "\(path)/\(name)"
        do {
            return try RecordDirectory.decode(type, from: Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            throw HarnessError(
                operation: "read", subject: file, reason: reason(of: error),
                remedy: "name the directory of a run, for example one under runs/")
        }
    }
}

/// `run.json`: what a run consists of, so that it can be judged and drawn again.
package struct RunManifest: Codable, Sendable, Equatable {
    /// The release of Crosswind that ran it; nil: 0.1, which did not say.
    package var crosswind: String? = CrosswindVersion.current
    /// The seed of the run.
    package var seed: UInt64
    /// When it began, microseconds since the epoch.
    package var startedUs: Int64
    /// The broker that took the place of the scenarios' own; nil: none.
    package var broker: BrokerOfRun?
    /// The cells in the order in which they are reported.
    package var cells: [Entry]

    /// A run of this release.
    package init(seed: UInt64, startedUs: Int64, cells: [Entry]) {
        self.seed = seed
        self.startedUs = startedUs
        self.cells = cells
    }

    /// A broker of `--broker`.
    package struct BrokerOfRun: Codable, Sendable, Equatable {
        /// As the user named it.
        package var name: String
        /// Its description.
        package var yaml: String
        /// Cells that it could not run, and why.
        package var leftOut: [Obstacle]

        /// A cell that was left out.
        package struct Obstacle: Codable, Sendable, Equatable {
            /// The cell's id.
            package var cell: String
            /// Why.
            package var reason: String

            /// A cell and the reason.
            package init(cell: String, reason: String) {
                self.cell = cell
                self.reason = reason
            }
        }

        /// A broker of a run.
        package init(name: String, yaml: String, leftOut: [Obstacle]) {
            self.name = name
            self.yaml = yaml
            self.leftOut = leftOut
        }

        package enum CodingKeys: String, CodingKey {
            case name, yaml
            case leftOut = "left_out"
        }
    }

    /// One cell.
    package struct Entry: Codable, Sendable, Equatable {
        /// The scenario's name.
        package var scenario: String
        /// The scenario's file as the user named it.
        package var file: String
        /// The cell's id.
        package var cell: String

        /// A cell of a scenario.
        package init(scenario: String, file: String, cell: String) {
            self.scenario = scenario
            self.file = file
            self.cell = cell
        }
    }

    package enum CodingKeys: String, CodingKey {
        case crosswind, seed, broker
        case startedUs = "started_us"
        case cells
    }
}
