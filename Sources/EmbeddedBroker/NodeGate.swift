import Synchronization

/// Whether a node acts: a paused one neither reads nor answers, as a stopped process does not.
final class NodeGate: Sendable {
    private struct State {
        var isPaused = false
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    /// Runs `work` now, or when the node goes on.
    func pass(_ work: @escaping @Sendable () -> Void) {
        let isPaused = state.withLock {
            if $0.isPaused { $0.waiting.append(work) }
            return $0.isPaused
        }
        if !isPaused { work() }
    }

    /// Forgets what waits: the node is gone, and so are its connections.
    func reset() { state.withLock { $0 = State() } }

    func pause() { state.withLock { $0.isPaused = true } }

    func resume() {
        let waiting = state.withLock { state in
            defer { state = State() }
            return state.waiting
        }
        for work in waiting { work() }
    }
}
