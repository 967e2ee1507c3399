import EvidenceModel
import FoundationEssentials
import Glibc
import Reports
import RunRecord
import ScenarioModel
import Synchronization
import SystemCalls
import Testbed

/// What a run shows on the terminal: live progress on standard error, the table on standard output.
final class RunOutput: Sendable {
    private struct State: Sendable {
        var renderer: ProgressRenderer
        var cells: [String: Reports.CellProgress]
        var ticker: Task<Void, any Error>?
    }

    private let state: Mutex<State>
    private let seed: UInt64
    private let directory: String
    private let cellCount: Int

    init(cells: [ScenarioCell], seed: UInt64, directory: String) {
        // `version=2.16` says nothing when several scenarios have it.
        let isMixed = Set(cells.map(\.scenario)).count > 1
        let progress = cells.map { cell in
            let parameters = Dictionary(cell.parameters.map { ($0.path, $0.label) }) { first, _ in first }
            return Reports.CellProgress(
                id: cell.id,
                label: isMixed
                    ? CellLabel.full(scenario: cell.scenario, parameters) : CellLabel.text(parameters, id: cell.id),
                total: cell.workload.records)
        }
        state = Mutex(
            State(
                renderer: ProgressRenderer(style: Self.style(of: 2), cells: progress),
                cells: Dictionary(progress.map { ($0.id, $0) }) { first, _ in first }))
        self.seed = seed
        self.directory = directory
        cellCount = cells.count
    }

    /// Says what begins, with the seed that repeats it.
    func begin() {
        write("\(cellCount) cell\(cellCount == 1 ? "" : "s"), seed \(seed), record in \(directory)\n")
        let ticker = Task {
            while true {
                try await Task.sleep(for: .milliseconds(200))
                self.draw { $0.renderer.redraw() }
            }
        }
        state.withLock { $0.ticker = ticker }
    }

    /// Takes a cell's progress.
    func progress(_ id: String, _ status: CellStatus) {
        draw { state in
            guard var cell = state.cells[id] else { return "" }
            cell.phase = Self.phase(status.state)
            cell.sent = status.sent
            cell.acked = status.acked
            cell.retries = status.retries
            cell.errors = status.errors + status.failed
            state.cells[id] = cell
            return cell.phase == .finished ? "" : state.renderer.update(cell)
        }
    }

    /// Takes the end of a cell; `detail` is what it said when it broke.
    func ended(_ id: String, _ end: ChildEnd, _ verdict: Verdict?, detail: String?) {
        draw { state in
            guard var cell = state.cells[id] else { return "" }
            cell.phase = .finished
            cell.outcome = verdict?.outcome
            cell.reason = verdict?.reason ?? detail ?? "the cell process ended with \(end) and left no record"
            state.cells[id] = cell
            return state.renderer.update(cell)
        }
    }

    /// Says that inconclusive cells are run again.
    func again(_ count: Int) {
        draw { _ in "" }
        write("\(count == 1 ? "1 inconclusive cell" : "\(count) inconclusive cells") again, one by one\n")
    }

    /// Says that the user asked to stop.
    func interrupted() { write("\nstopping: cells end in order; once more ends them at once\n") }

    /// Takes the live lines away and prints the table.
    func finish(_ results: RunResults) {
        draw { state in
            state.ticker?.cancel()
            return state.renderer.finish()
        }
        Self.printTable(results)
        print("record: \(directory)")
    }

    /// Prints the table of a run on standard output.
    static func printTable(_ results: RunResults) {
        print(ResultTable(results, style: style(of: 1)).text())
    }

    private func draw(_ change: (inout State) -> String) {
        state.withLock { state in
            let text = change(&state)
            if !text.isEmpty { write(text) }
        }
    }

    private func write(_ text: String) { StandardError.write(text) }

    private static func phase(_ state: CellStatus.State) -> Reports.CellProgress.Phase {
        switch state {
        case .waiting: .waiting
        case .starting: .starting
        case .running: .running
        case .settling: .reading
        case .judging: .judging
        case .done, .broken: .finished
        }
    }

    static func style(of descriptor: Int32) -> TerminalStyle {
        var size = winsize()
        let isTerminal = isatty(descriptor) == 1
        if isTerminal { _ = ioctl(descriptor, UInt(TIOCGWINSZ), &size) }
        return TerminalStyle.detect(
            environment: ProcessInfo.processInfo.environment, isTerminal: isTerminal, width: Int(size.ws_col),
            height: Int(size.ws_row))
    }
}
