import EvidenceModel
import Foundation
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
    }

    /// How long a stopped cell may take to end its driver, read the log back and judge.
    private static let graceAfterStop = Duration.seconds(120)

    private let channels = Mutex<[String: ChildChannel]>([:])
    private let stopping = Atomic<Bool>(false)
    private let onProgress: @Sendable (String, CellStatus) -> Void

    init(onProgress: @escaping @Sendable (String, CellStatus) -> Void) { self.onProgress = onProgress }

    /// True once the user asked to stop.
    var isStopping: Bool { stopping.load(ordering: .relaxed) }

    /// Asks every running cell to end in order and starts no further one.
    func stop() {
        stopping.store(true, ordering: .relaxed)
        for channel in channels.withLock({ Array($0.values) }) {
            Task {
                await channel.write("stop\n")
                // A cell that hangs must not keep the run for ever: its record so far is judged as inconclusive.
                try? await Task.sleep(for: Self.graceAfterStop)
                channel.kill()
            }
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

    /// Runs one job to its end.
    func run(_ job: Job) async throws -> ChildEnd {
        let command = ChildCommand(executable: "/proc/self/exe", arguments: job.arguments)
        let result = try await ChildProcess.run(
            command, standardErrorPath: job.directory + "/cell.log", ownGroup: true
        ) { channel in
            self.channels.withLock { $0[job.id] = channel }
            defer { self.channels.withLock { $0[job.id] = nil } }
            if self.isStopping { await channel.write("stop\n") }
            var pending: [UInt8] = []
            let decoder = JSONDecoder()
            try await channel.forEachChunk { chunk in
                pending.append(contentsOf: chunk)
                while let end = pending.firstIndex(of: 0x0a) {
                    if let progress = try? decoder.decode(CellStatus.self, from: Data(pending[..<end])) {
                        self.onProgress(job.id, progress)
                    }
                    pending.removeSubrange(...end)
                }
            }
        }
        return result.end
    }
}
