import CPcap
import Glibc
import PacketWire

/// A device that packets are read from with libpcap. Belongs to one thread.
///
/// Opening needs CAP_NET_RAW in the device's network namespace.
public final class CaptureDevice {
    private let handle: OpaquePointer
    private let timeoutMs: Int32
    private let isNanoseconds: Bool
    private let descriptor: Int32
    /// The link layer of its packets.
    public let linkType: LinkType
    /// The device went down or away.
    public private(set) var isGone = false

    /// Opens the device; when this returns, the kernel fills the ring.
    ///
    /// - Parameter filter: which packets to take, as pcap-filter(7) has it; nil for all.
    /// - Throws: ``CaptureError`` when the device cannot be opened, or the filter not be understood.
    public init(_ device: String, options: LiveCapture.Options = .init(), filter: String? = nil) throws {
        var errors = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard let handle = pcap_create(device, &errors) else { throw Self.failure(device, errors) }
        self.handle = handle
        timeoutMs = options.readTimeoutMs
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
            throw Self.failure(device, errors)
        }
        if let filter {
            var program = bpf_program()
            guard pcap_compile(handle, &program, filter, 1, UInt32.max) == 0, pcap_setfilter(handle, &program) == 0
            else {
                let reason = String(cString: pcap_geterr(handle))
                pcap_close(handle)
                throw CaptureError("cannot filter with '\(filter)': \(reason); pcap-filter(7) has the words")
            }
            pcap_freecode(&program)
        }
        linkType = LinkType.fromDLT(pcap_datalink(handle))
        isNanoseconds = pcap_get_tstamp_precision(handle) == PCAP_TSTAMP_PRECISION_NANO
        descriptor = pcap_get_selectable_fd(handle)
    }

    deinit { pcap_close(handle) }

    private static func failure(_ device: String, _ errors: [CChar]) -> CaptureError {
        let text = String(decoding: errors.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return CaptureError("cannot capture on \(device): \(text)")
    }

    /// Passes what is there to `body`, at most some thousand packets, whose bytes are valid during the call; returns how many.
    public func read(_ body: (CapturedPacket) throws -> Void) throws -> Int {
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var bytes: UnsafePointer<UInt8>?
        var count = 0
        while count < 4096 {
            let code = pcap_next_ex(handle, &header, &bytes)
            if code == 0 { break }
            guard code == 1, let header, let bytes else {
                // The capture ends with what it has.
                isGone = true
                break
            }
            let time = header.pointee.ts
            try body(
                CapturedPacket(
                    timeNs: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_usec) * (isNanoseconds ? 1 : 1000),
                    bytes: UnsafeRawBufferPointer(start: bytes, count: Int(header.pointee.caplen)),
                    originalLength: Int(header.pointee.len), linkType: linkType))
            count += 1
        }
        return count
    }

    /// Waits until packets are there, for a read timeout at most.
    public func wait() {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&wait, 1, timeoutMs)
        // A device that went down reports an error at once and again: libpcap decides whether it is gone.
        if wait.revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0 { usleep(UInt32(timeoutMs) * 1000) }
    }

    /// What passed the device, and what the kernel and the device dropped.
    public var counts: (received: UInt64, dropped: UInt64, droppedByInterface: UInt64) {
        var counts = pcap_stat()
        pcap_stats(handle, &counts)
        return (UInt64(counts.ps_recv), UInt64(counts.ps_drop), UInt64(counts.ps_ifdrop))
    }
}
