import EvidenceModel
import FoundationEssentials
import Glibc
import Reports
import RunRecord

/// `crosswind diff`, `crosswind baseline` and `run --baseline`: reads results from disk and shows what changed.
public enum RegressionCheck {
    /// Compares runs with a baseline and prints the differences.
    ///
    /// - Parameters:
    ///   - baseline: a run directory, a `results.json` or a baseline file.
    ///   - runs: run directories or `results.json` files; several are repeats of each other.
    ///   - isPart: the runs hold a part of the suite on purpose.
    ///   - ignoresTiming: compare outcomes and counts alone, for machines that differ from the baseline's.
    /// - Returns: failed on a regression, else passed.
    /// - Throws: `ReportError` for a file that is neither, ``HarnessError`` for one that cannot be read.
    public static func compare(
        baseline: String, runs: [String], isPart: Bool, ignoresTiming: Bool
    ) throws -> ExitStatus {
        let comparison = Comparison(
            base: try read(baseline), new: Baseline(try runs.map(results)), isPart: isPart,
            ignoresTiming: ignoresTiming)
        print(comparison.text(style: RunOutput.style(of: 1)), terminator: "")
        let environment = ProcessInfo.processInfo.environment
        if GitHubAnnotations.isWanted(environment: environment) {
            try RunReport.appendToJobSummary(comparison.markdown(), environment)
        }
        return comparison.isRegression ? .failed : .passed
    }

    /// Reads a baseline to see that it can be read.
    ///
    /// - Throws: `UsageError` that says why not.
    public static func requireReadable(_ baseline: String) throws {
        do {
            _ = try read(baseline)
        } catch {
            throw UsageError("--baseline \(error)")
        }
    }

    /// Writes the baseline of these runs, repeats of each other, to a file.
    public static func save(runs: [String], to file: String) throws -> ExitStatus {
        let baseline = Baseline(try runs.map(results))
        do {
            try baseline.json().write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            throw HarnessError(operation: "write", subject: file, reason: reason(of: error))
        }
        print("\(baseline.cells.count) configurations of \(runs.count) runs written to \(file)")
        return .passed
    }

    private static func read(_ path: String) throws -> Baseline {
        let file = resultsFile(path)
        return try Baseline.read(try data(file), file: file)
    }

    private static func results(_ path: String) throws -> RunResults {
        let file = resultsFile(path)
        return try RunResults.read(try data(file), file: file)
    }

    private static func resultsFile(_ path: String) -> String {
        var isDirectory = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        return exists && isDirectory ? path + "/results.json" : path
    }

    private static func data(_ file: String) throws -> Data {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            throw HarnessError(
                operation: "read", subject: file, reason: reason(of: error),
                remedy: "name the directory of a run, a results.json or a baseline file")
        }
    }
}
