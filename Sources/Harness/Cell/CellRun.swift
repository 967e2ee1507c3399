import Drivers
import EvidenceModel
import Foundation
import LinkEmulator
import Reports
import ScenarioModel
import Testbed
import WireObserver

/// One cell, inside its sandbox: build the testbed, run the experiment, leave a complete record, judge it.
///
/// Whatever happens, what was recorded so far stays on disk, and everything that was started is ended: by this code on
/// the orderly ways out, by the kernel on all others, because this process is PID 1 of its namespace.
final class CellRun: Sendable {
    private let record: RecordDirectory
    private let control: CellControl
    private let reporter = CellReporter.standardOutput

    /// The longest packet that the link passes, the usual Ethernet payload.
    static let mtu: Int32 = 1500

    init(directory: String, control: CellControl) {
        record = RecordDirectory(path: directory)
        self.control = control
    }

    /// Runs the cell.
    ///
    /// - Returns: the exit code of the cell process: `passed` whenever the record is complete enough to be judged.
    func run() async -> ExitStatus {
        do {
            let cell = try loadCell()
            try record.write(cell.description(vocabulary: ScenarioLibrary.vocabulary))
            let history = try HistoryWriter(path: record.path(of: .history))
            history.append(.cellStarted)
            do {
                try await CellExperiment(cell, record, history, reporter, control).run()
            } catch let error as MissingClient {
                return fail(error.description, .unavailable, history)
            } catch let error as MissingRequirement {
                return fail(error.description, .unavailable, history)
            } catch let error as ClientRefusal {
                return fail(error.description, .usage, history)
            }
            history.append(.cellEnded)
            reporter.update { $0.state = .judging }
            let verdict = try CellJudge.judge(record)
            reporter.update {
                $0.state = .done
                $0.detail = verdict.reason
            }
            return .passed
        } catch {
            if let history = try? HistoryWriter(path: record.path(of: .history)) {
                return fail(String(describing: error), .harnessError, history)
            }
            reporter.broken(String(describing: error), .harnessError)
            return .harnessError
        }
    }

    private func fail(_ detail: String, _ status: ExitStatus, _ history: HistoryWriter) -> ExitStatus {
        history.append(.harnessError, detail: detail)
        reporter.broken(detail, status)
        return status
    }

    private func loadCell() throws -> ScenarioCell {
        let plan = try RunDirectory(path: record.path).read(CellPlan.self, from: "plan.json")
        let text = try String(contentsOfFile: plan.scenarioPath, encoding: .utf8)
        let scenario = try Scenario(
            yaml: text, file: plan.file, rules: ScenarioLibrary.rules, seed: .asked(plan.runSeed))
        guard let cell = scenario.cells.first(where: { $0.id == plan.cell }) else {
            throw HarnessError(
                operation: "find cell", subject: plan.cell, reason: "\(plan.scenarioPath) has no such cell")
        }
        return cell
    }
}

/// The client did not accept its configuration: the scenario names a property that the client refuses. Exit code 64.
struct ClientRefusal: Error, CustomStringConvertible {
    let description: String
}
