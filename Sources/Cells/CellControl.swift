import Glibc
import Reports
import Synchronization
import SystemCalls

/// What the supervisor tells a cell over the pipe that is the cell's standard input.
///
/// `stop` asks for an orderly end. End of file means that the supervisor is gone: the process ends at once, and as it is
/// PID 1 of its namespace, the kernel ends everything in it.
final class CellControl: Sendable {
    private let state = Mutex<State>(State())

    private struct State {
        var stopped = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// Starts to listen, on a thread of its own: it must work even when every pooled thread is busy.
    func start() {
        WorkerThread.start {
            let input = LineInput(STDIN_FILENO)
            while let line = input.next() { if line == Array("stop".utf8) { self.stop() } }
            ProcessEnd.atOnce(ExitStatus.harnessError.rawValue)
        }
    }

    /// Returns when the supervisor asks to stop.
    func waitForStop() async {
        await withCheckedContinuation { continuation in
            let now = state.withLock { state in
                if !state.stopped { state.waiters.append(continuation) }
                return state.stopped
            }
            if now { continuation.resume() }
        }
    }

    private func stop() {
        let waiters = state.withLock { state in
            state.stopped = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
