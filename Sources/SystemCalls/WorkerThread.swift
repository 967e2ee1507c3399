import Dispatch
import Glibc

/// Threads for work that blocks, which must never be done on Swift's pool.
public enum WorkerThread {
    /// Runs `body` on a new thread that nobody waits for. pthread_create(3).
    ///
    /// A machine that can make no thread can run nothing here: that ends the process.
    ///
    /// - Parameter stackBytes: address space for its stack. A container with a limit on memory may count it.
    public static func start(stackBytes: Int = 2 << 20, _ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body)).toOpaque()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, stackBytes)
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, box)
        precondition(failure == 0, "cannot make a thread: \(String(cString: strerror(failure)))")
    }

    /// Runs `body` on a new thread and returns what it returns, without blocking Swift's pool meanwhile.
    public static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            start { continuation.resume(with: Result(catching: body)) }
        }
    }

    /// Runs `body`, which cannot fail, on a new thread, without blocking Swift's pool meanwhile.
    public static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            start { continuation.resume(returning: body()) }
        }
    }

    /// Runs `body` on a new thread and blocks the calling one until it is done: for what belongs to a thread, such as
    /// its network namespace.
    public static func wait<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
        let slot = ResultSlot<Value>()
        let done = DispatchSemaphore(value: 0)
        start {
            slot.result = Result(catching: body)
            done.signal()
        }
        done.wait()
        guard let result = slot.result else { preconditionFailure("the thread signalled without a result") }
        return try result.get()
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

/// Bridges a synchronous entry point to asynchronous work.
public enum BlockingTask {
    /// Runs `work` in a task and blocks the calling thread until it ends. Call it from the main thread only: a blocked
    /// thread of the cooperative pool could wait for itself.
    public static func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
        let slot = ResultSlot<Value>()
        let done = DispatchSemaphore(value: 0)
        Task {
            do { slot.result = .success(try await work()) } catch { slot.result = .failure(error) }
            done.signal()
        }
        done.wait()
        guard let result = slot.result else { preconditionFailure("the task signalled without a result") }
        return try result.get()
    }
}

/// Where a thread or a task leaves its result; a semaphore orders the accesses.
private final class ResultSlot<Value>: @unchecked Sendable { var result: Result<Value, any Error>? }
