import Cells
import EvidenceModel
import Reports
import RunRecord
import ScenarioModel

/// `crosswind claims`: the table of statements, their verdicts by experiment and the cost of each fix, from the records
/// of runs.
public enum ClaimsPage {
    /// The page as Markdown.
    ///
    /// - Parameter runs: directories of runs. They must hold different scenarios.
    /// - Throws: ``HarnessError`` for a directory that is no run, `ScenarioErrors` for a copy of a scenario that this
    ///   build cannot read.
    public static func markdown(runs: [String]) throws -> String {
        var scenarios: [Scenario] = []
        var verdicts: [Verdict] = []
        for run in runs {
            let directory = RunDirectory(path: run)
            let manifest = try directory.read(RunManifest.self, from: "run.json")
            var seen: Set<String> = []
            for entry in manifest.cells {
                if seen.insert(entry.scenario).inserted {
                    scenarios += try ScenarioLibrary.load(
                        [directory.scenarioPath(entry.scenario)], seed: manifest.seed)
                }
                let path = RunDirectory.cellPath(scenario: entry.scenario, cell: entry.cell)
                let record = RecordDirectory(path: "\(run)/\(path)")
                if let verdict = try record.verdict() { verdicts.append(verdict) }
            }
        }
        return ClaimsTable.markdown(scenarios, verdicts: verdicts)
    }
}
