import Glibc
import Synchronization

/// SIGINT and SIGTERM as events: one handler in a process, which writes to a pipe; a thread of its own acts.
///
/// A handler may call next to nothing (signal-safety(7)); the thread that reads the pipe may do anything, whatever the
/// other threads are blocked in. What acts is the innermost ``during(_:_:)``; outside of all of them the process ends, as
/// it would without a handler.
public enum StopSignals {
    /// Both.
    public static let all = [SIGINT, SIGTERM]

    /// The pipe's writing end, for the handler. Set before the handler is.
    private nonisolated(unsafe) static var descriptor: Int32 = -1
    private static let actions = Mutex<[@Sendable (Int32) -> Void]>([])

    /// Works, and calls `act` on a thread of its own for each signal that comes meanwhile.
    public static func during<Value>(
        _ act: @escaping @Sendable (_ number: Int32) -> Void, _ work: () async throws -> Value
    ) async rethrows -> Value {
        begin(act)
        defer { actions.withLock { _ = $0.popLast() } }
        return try await work()
    }

    /// Calls `act` on a thread of its own for each signal, to the end of the process.
    public static func begin(_ act: @escaping @Sendable (_ number: Int32) -> Void) {
        actions.withLock { $0.append(act) }
        _ = isInstalled
    }

    /// Blocks until one comes.
    public static func wait() {
        guard let ends = try? Descriptor.pipe() else { preconditionFailure("a process that has no descriptor left") }
        begin { _ in close(ends.writing) }
        _ = Descriptor.read(ends.reading, limit: 1)
        close(ends.reading)
    }

    /// A write to a reader that is gone is an error from now on, and no death.
    public static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    private static let isInstalled: Bool = {
        guard let ends = try? Descriptor.pipe() else { preconditionFailure("a process that has no descriptor left") }
        descriptor = ends.writing
        // A parent with threads may have handed down that they are blocked.
        var wanted = sigset_t()
        sigemptyset(&wanted)
        for number in all { sigaddset(&wanted, number) }
        pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
        for number in all {
            signal(number) { number in
                let error = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = Glibc.write(StopSignals.descriptor, &byte, 1)
                errno = error
            }
        }
        WorkerThread.start(stackBytes: 1 << 18) {
            while let byte = Descriptor.read(ends.reading, limit: 1).first {
                let number = Int32(byte)
                guard let act = actions.withLock({ $0.last }) else { ProcessEnd.atOnce(128 + number) }
                act(number)
            }
        }
        return true
    }()
}
