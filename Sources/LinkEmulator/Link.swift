import CLinux
import EvidenceModel
import Glibc
import ScenarioModel
import SystemCalls

/// The faulty link of a cell: moves packets between its ports on a thread of its own, and gives each one a fate.
///
/// Start it once, stop it once. `setTimeZero` and `beginDrain` may be called from any thread in between.
public final class Link: @unchecked Sendable {
    private let configuration: LinkConfiguration
    private let log: OwnedDescriptor
    private let ring: FaultLogRing
    private let control: EngineControl
    private let engine: Box<PacketEngine>
    private let writer: Box<FaultLogWriter>
    private let writerStop: OwnedDescriptor
    private var packetThread = pthread_t()
    private var writerThread = pthread_t()
    private var startedAt: Int64 = 0
    private var isRunning = false
    /// The account of a link that has stopped.
    private var finalReport: LinkReport?

    /// Prepares a link; nothing moves before `start`.
    ///
    /// - Parameters:
    ///   - configuration: what it joins and what it does.
    ///   - onTrigger: called likewise for each message that triggers a fault, whoever carries its actions out.
    ///   - onPhase: called on the fault log's thread, about 10 ms late, for each phase that begins or ends; the
    ///     event's own time is exact.
    /// - Throws: `LinkError` when ports or limits make no sense, memory or descriptors are short, or the fault log
    ///   cannot be created; `ScenarioError` for a fault's value that was not validated before.
    public init(
        _ configuration: LinkConfiguration, onTrigger: @escaping @Sendable (LinkTriggerEvent) -> Void = { _ in },
        onPhase: @escaping @Sendable (LinkPhaseEvent) -> Void = { _ in }
    ) throws {
        self.configuration = configuration
        log = try Self.createFaultLog(configuration.faultLogPath)
        ring = try FaultLogRing()
        control = try EngineControl()
        writerStop = OwnedDescriptor(try LinkError.check(cl_eventfd(), "make an eventfd for the fault log"))
        var core = try LinkCore(configuration, log: ring.input)
        core.recorder.epochOffsetNs = PacketEngine.epochOffset()
        let ids = core.faultIDs
        writer = Box(
            FaultLogWriter(
                ring: ring.output, format: FaultLogFormat(faults: ids, reasons: ReasonTable.words),
                descriptor: log.number,
                onPhase: { onPhase(LinkPhaseEvent(fault: ids[$0], began: $1, timeUs: $2)) },
                onTrigger: { onTrigger(LinkTriggerEvent($0, fault: ids[Int($0.fault)])) }))
        engine = Box(try PacketEngine(configuration, core: core, requests: control.requests))
    }

    deinit { if isRunning { _ = stop() } }

    private static func createFaultLog(_ path: String?) throws -> OwnedDescriptor {
        guard let path else { return OwnedDescriptor(-1) }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw LinkError(
                "cannot create the fault log \(path): \(String(cString: strerror(errno)))",
                remedy: "choose a directory that exists and may be written to")
        }
        return OwnedDescriptor(descriptor)
    }

    /// Begins to move packets.
    ///
    /// - Throws: `LinkError` when a thread cannot be made.
    public func start() throws {
        precondition(!isRunning, "a link is started once")
        startedAt = cl_monotonic_ns()
        nonisolated(unsafe) let writer = writer.address
        nonisolated(unsafe) let engine = engine.address
        let stop = writerStop.number
        writerThread = try Self.thread {
            cl_name_thread("fault-log")
            while cl_wait_readable(stop, 10_000_000) <= 0 { writer.pointee.drain() }
        }
        do {
            packetThread = try Self.thread {
                cl_name_thread("link")
                engine.pointee.run()
            }
        } catch {
            cl_eventfd_signal(writerStop.number)
            pthread_join(writerThread, nil)
            throw error
        }
        isRunning = true
    }

    /// Sets time zero, from which `at`, `for` and `every` of the faults count; the first call counts.
    ///
    /// - Parameter epochUs: microseconds since the epoch; nil: now.
    public func setTimeZero(epochUs: Int64? = nil) {
        let now = cl_monotonic_ns()
        guard let epochUs else {
            control.requests.requestTimeZero(now)
            return
        }
        // Whoever names the time may be wrong: a moment beyond what nanoseconds can name never comes, or is long past.
        let (epochNs, overflow) = epochUs.multipliedReportingOverflow(by: 1000)
        let latest = Int64.max / 2
        let bounded = overflow ? (epochUs < 0 ? -latest : latest) : min(max(epochNs, -latest), latest)
        control.requests.requestTimeZero(bounded - PacketEngine.epochOffset())
    }

    /// Says that the last record was sent: faults `during: drain` begin.
    public func beginDrain() { control.requests.requestDrain() }

    /// Stops moving packets, completes the fault log and gives the account. Packets that the link still holds are
    /// counted as held and never delivered. A second call gives the same account again.
    public func stop() -> LinkReport {
        guard isRunning else { return finalReport ?? LinkReport() }
        control.requests.requestStop()
        pthread_join(packetThread, nil)
        cl_eventfd_signal(writerStop.number)
        pthread_join(writerThread, nil)
        writer.address.pointee.drain()
        isRunning = false
        let report = report()
        finalReport = report
        return report
    }

    private func report() -> LinkReport {
        var report = engine.address.pointee.core.report()
        report.lateness = engine.address.pointee.lateness.summary
        report.wakeUpLateness = engine.address.pointee.wakeUps.summary
        report.faultLogEntries = writer.address.pointee.written
        report.faultLogLostEntries = ring.lostCount
        report.faultLogError = writer.address.pointee.errorNumber
        report.processorTimeUs = engine.address.pointee.processorNs / 1000
        report.elapsedUs = (cl_monotonic_ns() - startedAt) / 1000
        return report
    }

    /// Runs a function on a thread of its own, in which no signal is handled.
    private static func thread(_ body: @escaping @Sendable () -> Void) throws -> pthread_t {
        final class Box {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let box = Unmanaged.passRetained(Box(body))
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        if result != 0 {
            box.release()
            throw LinkError(
                "cannot make a thread: \(String(cString: strerror(result)))", remedy: "raise the limit of processes")
        }
        return thread
    }
}

extension LinkCore {
    /// The account of everything that went through.
    func report() -> LinkReport {
        var report = LinkReport()
        for index in 0..<paths.count {
            let path = paths.all[index]
            var entry = LinkReport.Path(
                node: Int(path.node), direction: path.isClientToBroker ? .clientToBroker : .brokerToClient)
            entry.packetsIn = path.packetsIn
            entry.bytesIn = path.bytesIn
            entry.packetsForwarded = path.forwarded
            entry.bytesForwarded = path.bytesForwarded
            entry.packetsDropped = path.dropped
            entry.packetsDuplicated = path.duplicated
            entry.packetsMade = path.made
            report.paths.append(entry)
        }
        report.packetsHeld = UInt64(queue.count)
        report.slotsLeaked = arena.used - queue.count
        report.slotsPeak = arena.peak
        report.counters = counters
        return report
    }
}

extension LatenessHistogram {
    /// Percentiles in microseconds.
    var summary: LinkReport.Lateness {
        var summary = LinkReport.Lateness()
        summary.packets = total
        summary.p50Us = Double(percentile(0.5)) / 1000
        summary.p99Us = Double(percentile(0.99)) / 1000
        summary.p999Us = Double(percentile(0.999)) / 1000
        summary.maxUs = Double(maximum) / 1000
        return summary
    }
}
