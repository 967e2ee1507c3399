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
        let handle: OpaquePointer
        var writer: CaptureFileWriter
        do {
            try enter?()
            handle = try activate()
            writer = try CaptureFileWriter(
                path: path, device: device, linkType: LinkType.fromDLT(pcap_datalink(handle)),
                snapLength: UInt32(options.snapLengthBytes),
                rotation: options.rotateAfterBytes.map { .init(afterBytes: $0, keep: options.keepFiles) })
        } catch {
            state.withLock { $0.failure = error }
            started.signal()
            return
        }
        defer { pcap_close(handle) }
        started.signal()
        do {
            try capture(handle, &writer)
        } catch {
            state.withLock { $0.failure = error }
        }
        updateStatistics(handle, writer)
    }

    /// Opens the device; when this returns, the kernel fills the ring.
    private func activate() throws -> OpaquePointer {
        var errors = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard let handle = pcap_create(device, &errors) else { throw failure(errors) }
        pcap_set_snaplen(handle, options.snapLengthBytes)
        pcap_set_promisc(handle, 0)
        pcap_set_timeout(handle, options.readTimeoutMs)
        pcap_set_buffer_size(handle, options.bufferBytes)
        pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO)
        let code = pcap_activate(handle)
        guard code >= 0 else {
            let detail = String(cString: pcap_geterr(handle))
            let reason = detail.isEmpty ? String(cString: pcap_statustostr(code)) : detail
            pcap_close(handle)
            throw CaptureError(
                "cannot capture on \(device): \(reason); capturing needs CAP_NET_RAW in the device's network namespace")
        }
        guard pcap_setnonblock(handle, 1, &errors) == 0 else {
            pcap_close(handle)
            throw failure(errors)
        }
        return handle
    }

    private func failure(_ errors: [CChar]) -> CaptureError {
        let text = String(decoding: errors.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return CaptureError("cannot capture on \(device): \(text)")
    }

    private func capture(_ handle: OpaquePointer, _ writer: inout CaptureFileWriter) throws {
        let linkType = LinkType.fromDLT(pcap_datalink(handle))
        let isNanoseconds = pcap_get_tstamp_precision(handle) == PCAP_TSTAMP_PRECISION_NANO
        let observer =
            options.decodes
            ? CaptureObserver(file: path, side: .client, topics: TopicTable(), retention: .recent(4096)) : nil
        let descriptor = pcap_get_selectable_fd(handle)
        var written: UInt64 = 0
        var lastFlushNs = Self.nowNs()
        while true {
            let batch = try readBatch(handle, linkType, isNanoseconds, observer, &writer)
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
            if batch == 0 {
                var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                poll(&wait, 1, options.readTimeoutMs)
                // A device that went down reports an error at once and again: libpcap decides whether it is gone.
                if wait.revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0 {
                    usleep(UInt32(options.readTimeoutMs) * 1000)
                }
            }
        }
        var counts = pcap_stat()
        pcap_stats(handle, &counts)
        try writer.finish(
            timeNs: Self.nowNs(), received: UInt64(counts.ps_recv), droppedByInterface: UInt64(counts.ps_ifdrop),
            droppedByKernel: UInt64(counts.ps_drop))
    }

    /// Reads what is there, at most some thousand packets; returns how many.
    private func readBatch(
        _ handle: OpaquePointer, _ linkType: LinkType, _ isNanoseconds: Bool, _ observer: CaptureObserver?,
        _ writer: inout CaptureFileWriter
    ) throws -> Int {
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var bytes: UnsafePointer<UInt8>?
        var count = 0
        while count < 4096 {
            let code = pcap_next_ex(handle, &header, &bytes)
            if code == 0 { break }
            guard code == 1, let header, let bytes else {
                // The device went down or away: the capture ends with what it has.
                requestStop()
                break
            }
            let time = header.pointee.ts
            let packet = CapturedPacket(
                timeNs: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_usec) * (isNanoseconds ? 1 : 1000),
                bytes: UnsafeRawBufferPointer(start: bytes, count: Int(header.pointee.caplen)),
                originalLength: Int(header.pointee.len), linkType: linkType)
            try writer.write(packet)
            observer?.observe(packet)
            count += 1
        }
        return count
    }

    private func updateStatistics(_ handle: OpaquePointer, _ writer: borrowing CaptureFileWriter) {
        var counts = pcap_stat()
        pcap_stats(handle, &counts)
        state.withLock { state in
            state.statistics.received = UInt64(counts.ps_recv)
            state.statistics.dropped = UInt64(counts.ps_drop)
            state.statistics.interfaceDropped = UInt64(counts.ps_ifdrop)
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
