import CPcap
import Dispatch
import EvidenceModel
import Glibc
import PacketWire
import Synchronization

/// A capture that is running: a thread of its own reads a device with libpcap and writes a pcapng file.
///
/// The thread may enter another network namespace before it opens the device, so one process can capture at every end of
/// a link. Needs CAP_NET_RAW in that namespace, which a process has that made it.
public final class LiveCapture: Sendable {
    /// How to capture.
    public struct Options: Sendable {
        /// Bytes kept of each packet. The default takes all of any packet.
        public var snapLengthBytes: Int32 = 262_144
        /// Size of the kernel's ring.
        public var bufferBytes: Int32 = 64 << 20
        /// How long the kernel may gather packets before it hands them over.
        public var readTimeoutMs: Int32 = 20
        /// Begin another file after so many bytes; nil for one file.
        public var rotateAfterBytes: Int?
        /// How many files are kept when they rotate; the oldest are deleted.
        public var keepFiles = Int.max
        /// Decode while capturing, for ``LiveCapture/counters``.
        public var decodes = true

        /// The defaults.
        public init() {}
    }

    /// What a capture did.
    public struct Statistics: Sendable, Equatable {
        /// Packets that passed the device as the kernel counts them.
        public var received: UInt64 = 0
        /// Packets that the kernel dropped because the ring was full: more than 0 and the capture proves nothing.
        public var dropped: UInt64 = 0
        /// Packets that the device dropped.
        public var interfaceDropped: UInt64 = 0
        /// Packets written.
        public var written: UInt64 = 0
        /// Bytes written.
        public var bytesWritten: UInt64 = 0
        /// The files, oldest first.
        public var files: [String] = []

        /// Nothing captured.
        public init() {}
    }

    private let job: CaptureJob
    private let thread: CaptureThread

    private init(job: CaptureJob, thread: CaptureThread) {
        self.job = job
        self.thread = thread
    }

    /// Starts to capture; returns when every packet from now on will be in the file.
    ///
    /// - Parameters:
    ///   - device: the device's name, in the namespace that `enter` leads to.
    ///   - path: the file to write; an existing one is replaced.
    ///   - enter: runs first on the capturing thread, for example to enter a network namespace with setns(2).
    /// - Throws: what `enter` throws; ``CaptureError`` when the device cannot be opened or the file not be written.
    public static func start(
        device: String, path: String, options: Options = Options(), enter: (@Sendable () throws -> Void)? = nil
    ) throws -> LiveCapture {
        let job = CaptureJob(device: device, path: path, options: options, enter: enter)
        let thread = try CaptureThread { job.run() }
        job.started.wait()
        if let failure = job.state.withLock({ $0.failure }) {
            thread.join()
            throw failure
        }
        return LiveCapture(job: job, thread: thread)
    }

    /// What was seen so far; all zero without ``Options/decodes``.
    public var counters: LiveCounters { job.state.withLock { $0.counters } }

    /// What the capture did so far.
    public var statistics: Statistics { job.state.withLock { $0.statistics } }

    /// Asks the capture to end and does not wait, so that several can end at the same time.
    public func beginStop() { job.requestStop() }

    /// Ends the capture after everything that passed the device until now was written.
    ///
    /// - Throws: ``CaptureError`` when the file could not be written; the file holds what was written before.
    public func stop() throws -> Statistics {
        job.requestStop()
        thread.join()
        let (failure, statistics) = job.state.withLock { ($0.failure, $0.statistics) }
        if let failure { throw failure }
        return statistics
    }

    deinit {
        job.requestStop()
        thread.join()
    }
}

/// A POSIX thread: a namespace belongs to a thread, and a task's thread changes.
final class CaptureThread: Sendable {
    private let state: Mutex<pthread_t?>

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    init(_ run: @escaping @Sendable () -> Void) throws {
        var thread = pthread_t()
        let body = Unmanaged.passRetained(Body(run))
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        guard code == 0 else {
            body.release()
            throw CaptureError.system("start a thread for", "the capture", code)
        }
        state = Mutex(thread)
    }

    /// Waits for the end of the thread; more than once is fine.
    func join() {
        state.withLock { thread in
            if let running = thread { pthread_join(running, nil) }
            thread = nil
        }
    }
}
