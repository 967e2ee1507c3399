import EvidenceModel
import Foundation
import Reports

/// Gathers the verdicts of a run and writes its results; also `crosswind report`, which judges again first.
public enum RunReport {
    /// `crosswind report RUN`: judges every cell again from its record alone and draws the reports again.
    public static func again(_ path: String, htmlCopy: String?) throws -> ExitStatus {
        let directory = RunDirectory(path: path)
        let manifest = try directory.read(RunManifest.self, from: "run.json")
        for entry in manifest.cells {
            let record = RecordDirectory(
                path: "\(path)/" + RunDirectory.cellPath(scenario: entry.scenario, cell: entry.cell))
            if record.has(.cell) { try CellJudge.judge(record) }
        }
        let results = try assemble(directory)
        try write(results, directory, htmlCopy: htmlCopy)
        RunOutput.printTable(results)
        return ExitStatus(results.outcome)
    }

    /// The verdicts of a run, in the order of its plan. A cell without a record was never started and is left out.
    static func assemble(_ directory: RunDirectory) throws -> RunResults {
        let manifest = try directory.read(RunManifest.self, from: "run.json")
        var cells: [RunResults.Cell] = []
        for entry in manifest.cells {
            let path = RunDirectory.cellPath(scenario: entry.scenario, cell: entry.cell)
            let record = RecordDirectory(path: "\(directory.path)/\(path)")
            guard record.has(.cell), let verdict = try record.verdict() else { continue }
            cells.append(.init(verdict: verdict, cell: try record.cellDescription(), directory: path))
        }
        return RunResults(
            seed: manifest.seed, startedUs: manifest.startedUs, endedUs: WallClock.nowUs(), cells: cells)
    }

    /// Writes `results.json` and the other reports of the run.
    static func write(_ results: RunResults, _ directory: RunDirectory, htmlCopy: String?) throws {
        try directory.write(results, to: "results.json")
    }
}
