import EvidenceModel
import Glibc
import PacketWire
import Synchronization
import SystemCalls
import WireObserver

/// Reads packets, and now and then looks at what they say.
struct WatchLoop {
    /// Which packets stay in files.
    struct Keep {
        var directory: String
        var ns: Int64
        var mostBytes: Int
    }

    private static let stop = Atomic<Bool>(false)
    /// Looking costs at most one part in so many of the time.
    private static let share: Int64 = 25
    private static let leastNs: Int64 = 1_000_000_000

    let session: WatchSession
    let display: WatchDisplay
    let server: MetricsServer?
    private var nextLookNs: Int64 = 0
    private var findings: [String: Int] = [:]

    init(session: WatchSession, display: WatchDisplay, server: MetricsServer?) {
        self.session = session
        self.display = display
        self.server = server
    }

    /// Watches a device until a signal ends it, or the device goes away.
    mutating func run(device name: String, filter: String?, keep: Keep?) throws {
        let device = try CaptureDevice(name, filter: filter)
        var files = try keep.map { try rotating($0, name, device.linkType) }
        for number in [SIGINT, SIGTERM] { signal(number) { _ in WatchLoop.stop.store(true, ordering: .relaxed) } }
        display.begin()
        while !Self.stop.load(ordering: .relaxed), !device.isGone {
            let count = try device.read { packet in
                session.observe(packet)
                try files?.write(packet)
            }
            let now = Self.nowNs(CLOCK_REALTIME)
            if now >= nextLookNs { try look(nowNs: now, dropped: device.counts.dropped, &files) }
            if count == 0 { device.wait() }
        }
        if device.isGone { StandardError.say("crosswind: watch: the device \(name) went away") }
        try look(nowNs: Self.nowNs(CLOCK_REALTIME), dropped: device.counts.dropped, &files)
        try files?.finish()
        display.end(counters: session.counters, packets: session.packets, dropped: device.counts.dropped)
    }

    /// Reads a capture file by its own times.
    mutating func run(file path: String, keep: Keep?) throws {
        display.begin()
        var files: RotatingCapture?
        var nextNs: Int64 = 0
        try CaptureReplay.forEachPacket(of: path) { packet in
            if files == nil, let keep { files = try rotating(keep, path, packet.linkType) }
            session.observe(packet)
            try files?.write(packet)
            if nextNs == 0 { nextNs = packet.timeNs + Self.leastNs }
            if packet.timeNs >= nextNs {
                nextNs = packet.timeNs + Self.leastNs
                try look(nowNs: packet.timeNs, dropped: 0, &files)
            }
        }
        try look(nowNs: session.lastPacketNs, dropped: 0, &files)
        // What would have settled by then is told too.
        try look(nowNs: session.lastPacketNs + 120_000_000_000, dropped: 0, &files)
        try files?.finish()
        display.end(counters: session.counters, packets: session.packets, dropped: 0)
    }

    private func rotating(_ keep: Keep, _ name: String, _ linkType: LinkType) throws -> RotatingCapture {
        try RotatingCapture(
            directory: keep.directory, device: name, linkType: linkType, keepNs: keep.ns, mostBytes: keep.mostBytes)
    }

    private mutating func look(nowNs: Int64, dropped: UInt64, _ files: inout RotatingCapture?) throws {
        let beganNs = Self.nowNs(CLOCK_MONOTONIC)
        let new = session.findings(nowNs: nowNs)
        for finding in new {
            findings[finding.kind, default: 0] += 1
            files?.noteFinding(atNs: finding.timeUs * 1000)
        }
        try files?.settle(nowNs: nowNs)
        display.show(new, session, nowNs: nowNs, dropped: dropped)
        server?.publish(
            WatchMetrics.text(
                session.counters, packets: session.packets, dropped: dropped, connections: session.openConnections,
                attempts: session.keptAttempts, findings: findings, p99Ns: display.latestP99Ns))
        let tookNs = Self.nowNs(CLOCK_MONOTONIC) - beganNs
        nextLookNs = nowNs + max(Self.leastNs, tookNs * Self.share)
    }

    static func nowNs(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
