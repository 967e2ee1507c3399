import CLinux
import SystemCalls

/// What other threads ask of the packet thread, and the descriptor that wakes it for it.
struct EngineControl: ~Copyable {
    private let words: LazyArray<UInt64>
    private let wakeUp: OwnedDescriptor

    /// - Throws: `LinkError` when memory or descriptors are short.
    init() throws {
        let words = try LazyArray<UInt64>(count: 32)
        wakeUp = OwnedDescriptor(try LinkError.check(cl_eventfd(), "make an eventfd for the link"))
        self.words = words
    }

    /// The requests, for any thread, valid as long as the control is.
    var requests: Requests { Requests(words: words.base, wakeUp: wakeUp.number) }

    /// Requests of one thread to another; each on a cache line of its own.
    struct Requests: BitwiseCopyable {
        fileprivate let words: UnsafeMutablePointer<UInt64>
        /// Readable when something was asked for.
        let wakeUp: Int32

        func requestStop() { set(0, 1) }
        func requestDrain() { set(8, 1) }
        /// Monotonic nanoseconds, above 0.
        func requestTimeZero(_ time: Int64) { set(16, UInt64(bitPattern: max(time, 1))) }

        var stopRequested: Bool { cl_load_acquire(words) != 0 }
        var drainRequested: Bool { cl_load_acquire(words + 8) != 0 }
        var timeZero: Int64 { Int64(bitPattern: cl_load_acquire(words + 16)) }

        private func set(_ word: Int, _ value: UInt64) {
            cl_store_release(words + word, value)
            cl_eventfd_signal(wakeUp)
        }
    }
}
