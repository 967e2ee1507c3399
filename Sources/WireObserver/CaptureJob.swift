import CPcap
import Dispatch
import EvidenceModel
import Glibc
import PacketWire
import Synchronization

/// The work of a capturing thread.
final class CaptureJob: Sendable {
    struct State {
        var failure: (any Error)?
        var statistics = LiveCapture.Statistics()
        var counters = LiveCounters()
        var stopRequestedNs: Int64?
    }

    let device: String
    let path: String
    let options: LiveCapture.Options
    let enter: (@Sendable () throws -> Void)?
    let state = Mutex(State())
    let started = DispatchSemaphore(value: 0)

    /// A stop that finds no silence ends here: traffic that goes on must not keep it from ending.
    private static let longestDrainNs: Int64 = 2_000_000_000

    init(device: String, path: String, options: LiveCapture.Options, enter: (@Sendable () throws -> Void)?) {
        self.device = device
        self.path = path
        self.options = options
        self.enter = enter
    }

    func requestStop() {
        let now = Self.nowNs()
        state.withLock { state in
            if state.stopRequestedNs == nil { state.stopRequestedNs = now }
        }
    }

    func run() {
        let device: CaptureDevice
        var writer: CaptureFileWriter
        do {
            try enter?()
            device = try CaptureDevice(self.device, options: options)
            writer = try CaptureFileWriter(
                path: path, device: self.device, linkType: device.linkType,
                snapLength: UInt32(options.snapLengthBytes),
                rotation: options.rotateAfterBytes.map { .init(afterBytes: $0, keep: options.keepFiles) })
        } catch {
            state.withLock { $0.failure = error }
            started.signal()
            return
        }
        started.signal()
        do {
            try capture(device, &writer)
        } catch {
            state.withLock { $0.failure = error }
        }
        updateStatistics(device, writer)
    }

    private func capture(_ device: CaptureDevice, _ writer: inout CaptureFileWriter) throws {
        let observer =
            options.decodes
            ? CaptureObserver(file: path, side: .client, topics: TopicTable(), retention: .recent(4096)) : nil
        var written: UInt64 = 0
        var lastFlushNs = Self.nowNs()
        while true {
            let batch = try device.read { packet in
                try writer.write(packet)
                observer?.observe(packet)
            }
            if device.isGone { requestStop() }
            written += UInt64(batch)
            let now = Self.nowNs()
            if batch == 0 || now - lastFlushNs > 100_000_000 {
                try writer.flush()
                lastFlushNs = now
                state.withLock { state in
                    state.statistics.written = written
                    if let observer { state.counters = observer.log.live }
                }
            }
            if let stopNs = state.withLock({ $0.stopRequestedNs }) {
                // A block that is not full reaches us only after the read timeout: silence for several of them is the end.
                let quietNs = 3 * Int64(options.readTimeoutMs) * 1_000_000
                if batch == 0, now - stopNs > quietNs { break }
                if now - stopNs > Self.longestDrainNs { break }
            }
            if batch == 0 { device.wait() }
        }
        let counts = device.counts
        try writer.finish(
            timeNs: Self.nowNs(), received: counts.received, droppedByInterface: counts.droppedByInterface,
            droppedByKernel: counts.dropped)
    }

    private func updateStatistics(_ device: CaptureDevice, _ writer: borrowing CaptureFileWriter) {
        let counts = device.counts
        state.withLock { state in
            state.statistics.received = counts.received
            state.statistics.dropped = counts.dropped
            state.statistics.interfaceDropped = counts.droppedByInterface
            state.statistics.bytesWritten = writer.bytesWritten
            state.statistics.files = writer.files
        }
    }

    static func nowNs() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
