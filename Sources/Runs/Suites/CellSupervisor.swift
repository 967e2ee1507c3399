import BrokerKinds
import EvidenceModel
import FoundationEssentials
import Glibc
import RunRecord
import ScenarioModel
import Synchronization
import Testbed

/// Runs cells as child processes, several at a time, and hands their progress on.
///
/// A cell process holds the read end of a pipe whose only writer is this process: when this process ends, however it
/// ends, the cell sees end of file and goes, and with it its whole sandbox.
final class CellSupervisor: Sendable {
    /// One cell to run.
    struct Job: Sendable {
        /// The cell's id, unique in the run.
        let id: String
        /// Arguments of the cell process after the program's name.
        let arguments: [String]
        /// The cell's directory; its standard error goes to `cell.log` in it.
        let directory: String
        /// The cell's own limit, from the start of its process: see ``ScenarioCell/lifeLimit``.
        let limit: Duration
    }

    /// How long a cell may take beyond its limit, and one that was stopped from then on, to end its driver, read the log
    /// back and judge. Whatever hangs in it then is ended.
    private static let grace = Duration.seconds(13)

    /// How long a cell that said `done` may take to be gone.
    private static let graceAfterDone = Duration.seconds(5)

    /// What is known of a running cell.
    private struct Running {
        var channel: ChildChannel
        var state = CellStatus.State.waiting
        /// Why the supervisor ended it; nil while it need not.
        var killed: Killed?
    }

    /// Why a cell was ended, for its history.
    private struct Killed {
        var kind: HistoryEvent.Kind
        var detail: String
    }

    private let cells = Mutex<[String: Running]>([:])
    private let stopping = Atomic<Bool>(false)
    private let onProgress: @Sendable (String, CellStatus) -> Void
    private let executable: String

    /// - Parameter executable: what runs a cell: this program itself.
    init(executable: String = "/proc/self/exe", onProgress: @escaping @Sendable (String, CellStatus) -> Void) {
        self.executable = executable
        self.onProgress = onProgress
    }

    /// True once the user asked to stop.
    var isStopping: Bool { stopping.load(ordering: .relaxed) }

    /// Asks every running cell to end in order and starts no further one.
    func stop() {
        stopping.store(true, ordering: .relaxed)
        for (id, cell) in cells.withLock({ $0 }) {
            Task {
                // A cell that hangs reads nothing: its pipe may be full, and the limit must hold all the same.
                Task { await cell.channel.write("stop\n") }
                try await Task.sleep(for: Self.grace)
                kill(id, .interrupted) { "stopped, and did not end within \(Self.grace) while it was \($0.words)" }
            }
        }
    }

    /// Ends a cell that is still there; its record so far is judged.
    private func kill(_ id: String, _ kind: HistoryEvent.Kind, _ detail: (CellStatus.State) -> String) {
        cells.withLock { cells in
            guard var cell = cells[id], cell.killed == nil else { return }
            cell.killed = Killed(kind: kind, detail: detail(cell.state))
            cells[id] = cell
            cell.channel.kill()
        }
    }

    /// Takes what a cell says. One that is done must be gone soon: its record stands, whatever hangs in the process.
    private func note(_ id: String, _ status: CellStatus) -> Task<Void, any Error>? {
        cells.withLock { $0[id]?.state = status.state }
        onProgress(id, status)
        guard status.state == .done || status.state == .broken else { return nil }
        return Task {
            try await Task.sleep(for: Self.graceAfterDone)
            kill(id, .didNotExit) { _ in "finished, did not exit within \(Self.graceAfterDone)" }
        }
    }

    /// Runs all jobs, at most `limit` at a time. A job that was not started because of ``stop()`` is not reported.
    ///
    /// - Parameter onEnd: called once for each started cell with how its process ended; answers whether to go on.
    /// - Returns: false when `onEnd` answered so once.
    func run(_ jobs: [Job], limit: Int, onEnd: @escaping @Sendable (Job, ChildEnd) async -> Bool) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            var next = 0
            var running = 0
            var goOn = true
            while true {
                while goOn, !isStopping, next < jobs.count, running < limit {
                    let job = jobs[next]
                    next += 1
                    running += 1
                    group.addTask { await onEnd(job, try await self.run(job)) }
                }
                guard let answer = try await group.next() else { break }
                running -= 1
                goOn = goOn && answer
            }
            return goOn
        }
    }

    /// Runs one job to its end, or to the end of its time. An end that the supervisor brought about stands in the cell's
    /// history.
    func run(_ job: Job) async throws -> ChildEnd {
        let command = ChildCommand(executable: executable, arguments: job.arguments)
        let result = try await ChildProcess.run(
            command, standardErrorPath: job.directory + "/cell.log"
        ) { channel in
            self.cells.withLock { $0[job.id] = Running(channel: channel) }
            var watchdogs = [
                Task {
                    try await Task.sleep(for: job.limit + Self.grace)
                    self.kill(job.id, .interrupted) {
                        "the cell's limit of \(job.limit) was over, and \(Self.grace) later it was still \($0.words)"
                    }
                }
            ]
            defer { watchdogs.forEach { $0.cancel() } }
            if self.isStopping { await channel.write("stop\n") }
            var pending: [UInt8] = []
            let decoder = JSONDecoder()
            try await channel.forEachChunk { chunk in
                pending.append(contentsOf: chunk)
                while let end = pending.firstIndex(of: 0x0a) {
                    if let progress = try? decoder.decode(CellStatus.self, from: Data(pending[..<end])) {
                        if let watchdog = self.note(job.id, progress) { watchdogs.append(watchdog) }
                    }
                    pending.removeSubrange(...end)
                }
            }
        }
        let killed = cells.withLock { $0.removeValue(forKey: job.id) }?.killed
        if let killed, let history = try? HistoryWriter(path: RecordDirectory(path: job.directory).path(of: .history)) {
            history.append(killed.kind, detail: killed.detail)
        }
        return result.end
    }
}

extension CellStatus.State {
    /// What a cell is doing, for people.
    fileprivate var words: String {
        switch self {
        case .waiting, .starting: "starting its testbed and its broker"
        case .running: "running its producer"
        case .settling: "ending its broker actions and reading the log back"
        case .judging: "judging"
        case .done, .broken: "exiting"
        }
    }
}
