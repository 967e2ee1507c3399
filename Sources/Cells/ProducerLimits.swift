import EvidenceModel
import RunRecord
import Synchronization
import Testbed

/// Ends a producer whose time is up, or that the user stops: it is asked, and killed when it does not go. Once only.
final class ProducerLimits: Sendable {
    /// How long a producer that was asked may take to flush.
    private static let graceAfterStop = Duration.seconds(5)

    private let history: HistoryWriter
    private let reason = Mutex<String?>(nil)

    init(history: HistoryWriter) { self.history = history }

    /// Why it was ended; nil while it was not.
    var stopReason: String? { reason.withLock { $0 } }

    /// Watches over a producer until the tasks are cancelled.
    ///
    /// - Parameters:
    ///   - timeout: the cell's limit, from now.
    ///   - stop: returns when the user asks to stop.
    ///   - ask: asks the producer to finish.
    func watch(
        _ channel: ChildChannel, timeout: Duration, stop: @escaping @Sendable () async -> Void,
        ask: @escaping @Sendable (ChildChannel) async -> Void
    ) -> [Task<Void, any Error>] {
        [
            Task {
                try await Task.sleep(for: timeout)
                await self.end(channel, reason: "the cell's time limit of \(timeout) was reached", ask)
            },
            Task {
                await stop()
                await self.end(channel, reason: "stopped by the user or by the limit of the run", ask)
            },
        ]
    }

    private func end(_ channel: ChildChannel, reason: String, _ ask: (ChildChannel) async -> Void) async {
        guard !Task.isCancelled else { return }
        let first = self.reason.withLock { known in
            defer { known = known ?? reason }
            return known == nil
        }
        guard first else { return }
        history.append(.interrupted, detail: reason)
        await ask(channel)
        try? await Task.sleep(for: Self.graceAfterStop)
        if !Task.isCancelled { channel.kill() }
    }
}

extension HistoryWriter {
    /// Notes how the producer's process ended.
    func appendExit(_ end: ChildEnd, detail: String) {
        switch end {
        case .exited(let code): append(.driverExited, detail: detail, values: ["exit_code": Int64(code)])
        case .signaled(let signal): append(.driverExited, detail: detail, values: ["signal": Int64(signal)])
        }
    }
}
