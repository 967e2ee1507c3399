import Dispatch

/// Bridges a synchronous entry point to asynchronous work.
public enum BlockingTask {
    /// Runs `work` in a task and blocks the calling thread until it ends. Call it from the main thread only: a blocked
    /// thread of the cooperative pool could wait for itself.
    public static func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
        let slot = Slot<Value>()
        let done = DispatchSemaphore(value: 0)
        Task {
            do { slot.result = .success(try await work()) } catch { slot.result = .failure(error) }
            done.signal()
        }
        done.wait()
        guard let result = slot.result else { preconditionFailure("the task signalled without a result") }
        return try result.get()
    }

    /// The semaphore orders the accesses.
    private final class Slot<Value>: @unchecked Sendable { var result: Result<Value, any Error>? }
}
