import Capacity
import Drivers
import EvidenceModel
import FoundationEssentials
import Glibc
import LinkEmulator
import Reports
import RunRecord
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
    private let dialer: OutsideDialer?
    private let reporter = CellReporter.standardOutput

    init(directory: String, control: CellControl, dialer: OutsideDialer?) {
        record = RecordDirectory(path: directory)
        self.control = control
        self.dialer = dialer
    }

    /// Runs the cell.
    ///
    /// - Returns: the exit code of the cell process: `passed` whenever the record is complete enough to be judged.
    func run() async -> ExitStatus {
        do {
            let plan = try RunDirectory(path: record.path).read(CellPlan.self, from: "plan.json")
            let cell = try loadCell(plan).withTopicPrefix(run: plan.tag ?? "cell")
            var description = cell.description(vocabulary: ScenarioLibrary.vocabulary)
            description.earlierRuns = plan.earlierRuns
            description.network?.tcp?.machineReceiveMaxBytes = TCPSetup.number("core/rmem_max")
            description.network?.tcp?.machineSendMaxBytes = TCPSetup.number("core/wmem_max")
            try record.write(description)
            let history = try HistoryWriter(path: record.path(of: .history))
            history.append(.cellStarted)
            do {
                try await CellExperiment(cell, record, history, reporter, control, dialer: dialer).run()
            } catch let error as MissingClient {
                return fail(error.description, .unavailable, history)
            } catch let error as MissingRequirement {
                return fail(error.description, .unavailable, history)
            } catch let error as MissingCongestionControl {
                return fail(error.description, .unavailable, history)
            } catch let error as ClientRefusal {
                // The user's mistake, and no failure of the harness: the client's words say which.
                history.append(.clientRefused, detail: error.description)
                reporter.broken(error.description, .usage)
                return .usage
            }
            history.append(.cellEnded)
            if let failure = history.failure {
                throw HarnessError(
                    operation: "write", subject: RecordDirectory.File.history.rawValue,
                    reason: "\(failure.lostBytes) bytes are lost: \(failure.reason)", remedy: "check the space left")
            }
            reporter.update { $0.state = .judging }
            let (read, verdict) = try CellJudge.judgeRecord(record)
            if let point = plan.point {
                try record.write(
                    JSONEncoder().encode(PointObserver.observe(read, point.windows)), to: .observation)
            }
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

    private func loadCell(_ plan: CellPlan) throws -> ScenarioCell {
        let text = try String(contentsOfFile: plan.scenarioPath, encoding: .utf8)
        if let point = plan.point { return try pointCell(point, plan, text) }
        let broker = try plan.broker.map { try BrokerOverride(yaml: $0, file: "--broker", name: "--broker") }
        let scenario = try Scenario(
            yaml: text, file: plan.file, rules: ScenarioLibrary.rules(broker: broker), seed: .asked(plan.runSeed))
        guard var cell = scenario.cells.first(where: { $0.id == plan.cell }) else {
            throw HarnessError(
                operation: "find cell", subject: plan.cell, reason: "\(plan.scenarioPath) has no such cell")
        }
        if let release = plan.clientRelease {
            cell.producer.version = release
            cell.expectations = []
            cell.rated = []
        }
        return cell
    }
}

extension CellRun {
    private func pointCell(_ point: PointPlan, _ plan: CellPlan, _ text: String) throws -> ScenarioCell {
        let sweep = try SweepPlan(
            yaml: text, file: plan.file, rules: ScenarioLibrary.rules(), seed: .asked(plan.runSeed))
        let cell = try sweep.cell(
            point.parameters.map { .init(path: $0.path, label: $0.label) }, repeatIndex: point.repeatIndex)
        let length = point.windows.interval(from: 0).upperBound
        return point.isCeiling ? sweep.ceilingCell(of: cell, loadTime: .microseconds(length)) : cell
    }
}

/// The client did not accept its configuration: the scenario names a property that the client refuses. Exit code 64.
struct ClientRefusal: Error, CustomStringConvertible {
    let description: String

    /// - Parameters:
    ///   - words: the client's own.
    ///   - config: the properties that it was told; the one that it means gets a suggestion.
    ///   - known: what is known of the client by name.
    init(client: String, words: String, config: [String: String], known: ClientProperties?) {
        var text = "\(client): \(words)"
        let named = config.keys.sorted().filter { words.contains($0) || words.contains(Self.underscored($0)) }
        for name in named {
            guard let known, !known.knows(name) else { continue }
            text +=
                known.suggestion(for: name).map { "; did you mean '\($0)' in place of '\(name)'?" }
                ?? "; leave '\(name)' out, or name a release of the client that has it (producer.version)"
        }
        if named.isEmpty, !config.isEmpty { text += "; it was told: \(config.keys.sorted().joined(separator: ", "))" }
        description = text
    }

    private static func underscored(_ name: String) -> String { String(name.map { $0 == "." ? "_" : $0 }) }
}
