import EvidenceModel
import FoundationEssentials
import Glibc
import RunRecord
import ScenarioModel
import SystemCalls

/// Where a sweep keeps its record: the plan, a directory for each point and each ceiling, and the results.
///
/// A point is done when its `point.json` is there; it is written last and whole, so a sweep that was killed goes on where
/// it was.
struct SweepDirectory: Sendable {
    /// The directory.
    let run: RunDirectory
    /// Path of the directory.
    var path: String { run.path }

    init(path: String) { run = RunDirectory(path: path) }

    /// `sweep-plan.json`.
    struct Manifest: Codable, Sendable, Equatable {
        /// The release of Crosswind that began it; nil: 0.1, which did not say.
        var crosswind: String? = CrosswindVersion.current
        /// The scenario's name.
        var scenario: String
        /// The scenario's file as the user named it.
        var file: String
        /// The seed of the sweep.
        var seed: UInt64
        /// Names the text of the scenario: points of another text are not of this sweep.
        var textHash: String
        /// When it began first.
        var startedUs: Int64
        /// The end of the last part that ran to its end; 0 until then.
        var endedUs: Int64

        enum CodingKeys: String, CodingKey {
            case crosswind, scenario, file, seed
            case textHash = "text_hash"
            case startedUs = "started_us"
            case endedUs = "ended_us"
        }
    }

    /// The copy of the scenario's file.
    var scenarioPath: String { path + "/scenario.yaml" }

    /// The record of a point.
    func point(_ id: String) -> RecordDirectory { RecordDirectory(path: "\(path)/points/\(id)") }

    /// The record of a ceiling.
    func ceiling(_ key: String) -> RecordDirectory { RecordDirectory(path: "\(path)/ceilings/\(key)") }

    /// The manifest; nil when the directory holds no sweep.
    func manifest() throws -> Manifest? {
        guard FileManager.default.fileExists(atPath: path + "/sweep-plan.json") else { return nil }
        return try run.read(Manifest.self, from: "sweep-plan.json")
    }

    /// Names a scenario's text.
    static func hash(_ text: String) -> String { String(RecordPayload.hash(text.utf8), radix: 16) }

    /// Begins a sweep, or continues one of the same text.
    ///
    /// - Parameter seed: the seed that the user asked for; a sweep that is continued keeps its own.
    /// - Throws: ``HarnessError`` when the directory holds something else, or cannot be used.
    func open(text: String, file: String, plan: (RunSeed) throws -> SweepPlan, seed: UInt64?) throws -> SweepPlan {
        if let known = try manifest() {
            guard known.textHash == Self.hash(text), seed == nil || seed == known.seed else {
                throw HarnessError(
                    operation: "continue", subject: path, reason: "it holds a sweep of another scenario or seed",
                    remedy: "name another directory with --output")
            }
            return try plan(.asked(known.seed))
        }
        if FileManager.default.fileExists(atPath: path + "/run.json") {
            throw HarnessError(
                operation: "use", subject: path, reason: "it holds a run", remedy: "name another with --output")
        }
        let made = try plan(seed.map { .asked($0) } ?? .chosen(.random(in: 0...UInt64(Int64.max))))
        try begin(made, text: text, file: file, startedUs: WallClock.nowUs())
        return made
    }

    /// Makes the directory with its plan.
    func begin(_ plan: SweepPlan, text: String, file: String, startedUs: Int64) throws {
        do {
            try FileManager.default.createDirectory(atPath: path + "/points", withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: scenarioPath), options: .atomic)
        } catch {
            throw HarnessError(operation: "make", subject: path, reason: reason(of: error))
        }
        try run.write(
            Manifest(
                scenario: plan.scenario.name, file: file, seed: plan.scenario.runSeed, textHash: Self.hash(text),
                startedUs: startedUs, endedUs: 0), to: "sweep-plan.json")
    }

    /// Notes the end of a part.
    func noteEnd() throws {
        guard var known = try manifest() else { return }
        known.endedUs = WallClock.nowUs()
        try run.write(known, to: "sweep-plan.json")
    }

    /// A point that has run; nil for one that has not, or whose file was cut short.
    func done(_ id: String) -> SweepPoint? {
        guard let data = FileManager.default.contents(atPath: point(id).path + "/point.json") else { return nil }
        return try? RecordDirectory.decode(SweepPoint.self, from: data)
    }

    /// Every point that has run, in the order of the plan.
    func points() -> [SweepPoint] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/points")) ?? []
        return names.compactMap(done).sorted {
            ($0.order, $0.group, $0.repeatIndex) < ($1.order, $1.group, $1.repeatIndex)
        }
    }

    /// Makes an empty record for a cell.
    func prepare(_ record: RecordDirectory, _ plan: CellPlan) throws {
        try? FileManager.default.removeItem(atPath: record.path)
        try record.create()
        try RunDirectory(path: record.path).write(plan, to: "plan.json")
    }

    /// Files of a record that its numbers no longer need.
    static func trim(_ record: RecordDirectory) {
        let files: [RecordDirectory.File] = [.driver, .faultLog, .log, .wire, .clientCapture]
        var paths = files.map { record.path(of: $0) }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: record.path)) ?? []
        paths += names.filter { $0.hasPrefix("broker-") && $0.hasSuffix(".pcapng") }.map { "\(record.path)/\($0)" }
        for path in paths { try? FileManager.default.removeItem(atPath: path) }
    }
}
