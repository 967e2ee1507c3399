import Cells
import EvidenceModel
import FoundationEssentials
import Glibc
import Reports
import RunRecord
import ScenarioModel

/// `crosswind merge`: joins the parts of one sweep that ran on several machines, and draws its results.
public enum SweepMerge {
    /// Merges.
    ///
    /// - Parameters:
    ///   - parts: directories of sweeps of one scenario text with one seed.
    ///   - output: a new directory, or one that holds a part of the same sweep already.
    ///   - report: also write report.html here.
    /// - Returns: passed when every point of the plan is there and conclusive, else inconclusive.
    /// - Throws: ``HarnessError`` when a directory holds no sweep, or another one.
    public static func merge(_ parts: [String], into output: String, report: String?) throws -> ExitStatus {
        let sources = parts.map { SweepDirectory(path: $0) }
        let manifests = try sources.map { source in
            guard let manifest = try source.manifest() else {
                throw HarnessError(
                    operation: "merge", subject: source.path, reason: "it holds no sweep",
                    remedy: "name directories that `crosswind sweep --output` made")
            }
            return manifest
        }
        guard let first = manifests.first else { throw UsageError("name the directories of the parts") }
        for (source, manifest) in zip(sources, manifests)
        where manifest.textHash != first.textHash || manifest.seed != first.seed {
            throw HarnessError(
                operation: "merge", subject: source.path,
                reason: "it is of another scenario or seed than \(sources[0].path)",
                remedy: "run every part with the same file and the same --seed")
        }
        let text = try read(sources[0].scenarioPath)
        let plan = try SweepPlan(
            yaml: text, file: first.file, rules: ScenarioLibrary.rules(), seed: .asked(first.seed))
        let target = SweepDirectory(path: output)
        if let known = try target.manifest() {
            guard known.textHash == first.textHash, known.seed == first.seed else {
                throw HarnessError(
                    operation: "merge into", subject: output, reason: "it holds another sweep",
                    remedy: "name another directory with --output")
            }
        } else {
            try target.begin(
                plan, text: text, file: first.file, startedUs: manifests.map(\.startedUs).min() ?? first.startedUs)
        }
        for source in sources where source.path != output { try copyPoints(of: source, to: target) }
        guard var manifest = try target.manifest() else {
            throw HarnessError(operation: "find", subject: output, reason: "its plan is gone")
        }
        manifest.endedUs = manifests.map(\.endedUs).max() ?? 0
        try target.run.write(manifest, to: "sweep-plan.json")
        let results = SweepAssembly.results(plan, manifest, target.points())
        try SweepFiles.write(results, target, htmlCopy: report)
        print(SweepTable.text(results), terminator: "")
        print("record: \(output)")
        let missing = SweepAssembly.missing(plan, results)
        if missing > 0 { print("not whole: \(missing) of \(plan.spec.combinations.count) combinations are missing") }
        let isWhole = missing == 0 && results.points.allSatisfy { $0.outcome != .inconclusive }
        return isWhole ? .passed : .inconclusive
    }

    /// Copies the points of a part; one that is there already stays, so that merging twice changes nothing.
    private static func copyPoints(of source: SweepDirectory, to target: SweepDirectory) throws {
        for point in source.points() where target.done(point.id) == nil {
            let path = target.point(point.id).path
            do {
                if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
                try FileManager.default.copyItem(atPath: source.point(point.id).path, toPath: path)
            } catch {
                throw HarnessError(operation: "copy", subject: path, reason: reason(of: error))
            }
        }
    }

    private static func read(_ path: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw HarnessError(operation: "read", subject: path, reason: reason(of: error))
        }
    }
}
