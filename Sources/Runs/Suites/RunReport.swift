import Cells
import EvidenceModel
import FoundationEssentials
import Glibc
import Reports
import RunRecord
import SystemCalls

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
        // A run that is judged again did not take longer for that.
        let known = try? directory.read(RunResults.self, from: "results.json")
        return RunResults(
            seed: manifest.seed, startedUs: manifest.startedUs, endedUs: known?.endedUs ?? WallClock.nowUs(),
            cells: cells)
    }

    /// Writes `results.json`, `report.html`, `junit.xml` and `summary.md`, and in GitHub Actions the annotations of the
    /// scenarios' lines and the summary of the job's page.
    static func write(_ results: RunResults, _ directory: RunDirectory, htmlCopy: String?) throws {
        try ReportFiles.write(results, to: directory.path) { index in
            // A record that cannot be read must not cost the run its other reports: its verdict is drawn alone.
            try? CellJudge.read(RecordDirectory(path: "\(directory.path)/\(results.cells[index].directory)"))
        }
        if let htmlCopy { try copy("\(directory.path)/report.html", to: htmlCopy) }
        let environment = ProcessInfo.processInfo.environment
        if GitHubAnnotations.isWanted(environment: environment) {
            print(GitHubAnnotations.text(results), terminator: "")
            try appendToJobSummary(MarkdownSummary.text(results), environment)
        }
    }

    /// Adds Markdown to the job's page of GitHub Actions; nothing elsewhere.
    static func appendToJobSummary(_ text: String, _ environment: [String: String]) throws {
        guard let path = environment["GITHUB_STEP_SUMMARY"], !path.isEmpty else { return }
        let file = try openForAppending(path)
        defer { close(file) }
        let failure = Descriptor.write(text + "\n", to: file)
        guard failure == 0 else {
            throw HarnessError(operation: "append to", subject: path, reason: String(cString: strerror(failure)))
        }
    }

    private static func copy(_ source: String, to target: String) throws {
        do {
            try Data(contentsOf: URL(fileURLWithPath: source)).write(
                to: URL(fileURLWithPath: target), options: .atomic)
        } catch {
            throw HarnessError(operation: "write", subject: target, reason: reason(of: error))
        }
    }
}
