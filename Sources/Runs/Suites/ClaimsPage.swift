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
    /// - Parameters:
    ///   - runs: directories of runs. Those on the scenarios' own brokers must hold different scenarios; one with `--broker`
    ///     becomes a column.
    ///   - outcomes: files of ``RecordedOutcomes``, a column each.
    /// - Throws: ``HarnessError`` for a directory that is no run or a file that is none, `ScenarioErrors` for a copy of a
    ///   scenario that this build cannot read.
    public static func markdown(runs: [String], outcomes: [String] = []) throws -> String {
        var brokers: [BrokerOutcomes] = []
        var scenarios: [Scenario] = []
        var verdicts: [Verdict] = []
        for run in runs {
            let directory = RunDirectory(path: run)
            let manifest = try directory.read(RunManifest.self, from: "run.json")
            if let broker = manifest.broker {
                brokers.append(try column(broker, manifest, run))
                continue
            }
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
        brokers += try outcomes.map { try RecordedOutcomes.read($0) }
        return ClaimsTable.markdown(scenarios, verdicts: verdicts, brokers: brokers)
    }

    private static func column(
        _ broker: RunManifest.BrokerOfRun, _ manifest: RunManifest, _ run: String
    ) throws -> BrokerOutcomes {
        var cells: [String: BrokerOutcomes.Cell] = [:]
        for cell in broker.leftOut { cells[cell.cell] = .init(leftOut: cell.reason) }
        for entry in manifest.cells {
            let path = RunDirectory.cellPath(scenario: entry.scenario, cell: entry.cell)
            guard let verdict = try RecordDirectory(path: "\(run)/\(path)").verdict() else { continue }
            let measures = verdict.measures
            cells[entry.cell] = .init(
                outcome: verdict.outcome, lost: measures.lost, duplicates: measures.duplicates,
                sequenceErrors: measures.sequenceErrors)
        }
        return BrokerOutcomes(name: broker.name, cells: cells)
    }
}
