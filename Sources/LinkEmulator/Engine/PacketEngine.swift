import CLinux
import Glibc
import SystemCalls

/// Moves packets between descriptors and a `LinkCore`: one thread, epoll, a timer, and a short spin before a deadline.
struct PacketEngine: ~Copyable {
    /// The timer fires this long before a deadline; the rest is waited for by polling.
    static let spinNs: Int64 = 80_000
    /// Share of the time that may be spent polling, in parts of 1,024: enough for an idle link, little under load.
    static let spinShare: Int64 = 72
    static let spinBudgetNs: Int64 = 1_000_000
    /// Period of the link's own tick, whose lateness tells how starved it is.
    static let tickNs: Int64 = 20_000_000
    /// Packets read from one port before the others get their turn.
    static let burst = 64

    var core: LinkCore
    private let requests: EngineControl.Requests
    /// The ports' devices, in the order of the core's ports. They are not the link's to close.
    private let descriptorArray: FixedArray<Int32>
    private let epollOwner: OwnedDescriptor
    private let timerOwner: OwnedDescriptor
    private let scratch: LazyArray<UInt8>
    private let offloads: Bool
    private var reader: OffloadReader
    private var writer: OffloadWriter
    var lateness: LatenessHistogram
    var wakeUps: LatenessHistogram
    private(set) var processorNs: Int64 = 0
    private var armedAt: Int64 = 0
    private var nextTick: Int64 = 0
    private var nextClockCheck: Int64 = 0
    private var spinBudget = PacketEngine.spinBudgetNs
    private var lastBudgetAt: Int64 = 0

    private static let timerToken: UInt32 = 0xFFFF_0001
    private static let wakeUpToken: UInt32 = 0xFFFF_0002

    /// - Throws: `LinkError` when memory or descriptors are short, or a port's descriptor cannot be watched.
    init(_ configuration: LinkConfiguration, core: consuming LinkCore, requests: EngineControl.Requests) throws {
        let sorted = configuration.ports.sorted { $0.node < $1.node }
        let lateness = try LatenessHistogram()
        let wakeUps = try LatenessHistogram()
        let scratch = try LazyArray<UInt8>(count: 128 * 1024)
        let reader = try OffloadReader(mtu: configuration.mtu)
        let writer = try OffloadWriter()
        let epollOwner = OwnedDescriptor(try LinkError.check(cl_epoll_create(), "make an epoll for the link"))
        let timerOwner = OwnedDescriptor(try LinkError.check(cl_timerfd_create(), "make a timer for the link"))
        let (epoll, timer) = (epollOwner.number, timerOwner.number)
        for (index, port) in sorted.enumerated() {
            try LinkError.check(
                cl_epoll_add(epoll, port.descriptor, UInt32(index)), "watch the device of node \(port.node)")
        }
        try LinkError.check(cl_epoll_add(epoll, timer, Self.timerToken), "watch the link's timer")
        try LinkError.check(cl_epoll_add(epoll, requests.wakeUp, Self.wakeUpToken), "watch the link's eventfd")
        // Nothing throws from here on: owners are given over all at once or not at all.
        descriptorArray = FixedArray(sorted.map(\.descriptor))
        offloads = configuration.offloads
        self.core = core
        self.requests = requests
        self.lateness = lateness
        self.wakeUps = wakeUps
        self.scratch = scratch
        self.reader = reader
        self.writer = writer
        self.epollOwner = epollOwner
        self.timerOwner = timerOwner
    }

    private var descriptors: UnsafeMutablePointer<Int32> { descriptorArray.base }
    private var epoll: Int32 { epollOwner.number }
    private var timer: Int32 { timerOwner.number }

    /// Runs until a stop is requested.
    mutating func run() {
        cl_no_timer_slack()
        let processorStart = cl_thread_cpu_ns()
        var tokens = (UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        let tokenCapacity = MemoryLayout.size(ofValue: tokens) / MemoryLayout<UInt32>.size
        lastBudgetAt = cl_monotonic_ns()
        nextTick = lastBudgetAt + Self.tickNs
        while !requests.stopRequested {
            let now = cl_monotonic_ns()
            obeyControl(now)
            tick(now)
            core.advance(to: now)
            transmitDue()
            let timeout = prepareToWait()
            let count = withUnsafeMutableBytes(of: &tokens) { buffer -> Int32 in
                let ready = buffer.bindMemory(to: UInt32.self)
                return cl_epoll_wait(epoll, ready.baseAddress, Int32(tokenCapacity), timeout)
            }
            guard count > 0 else { continue }
            for index in 0..<Int(count) {
                let token = withUnsafeBytes(of: &tokens) { $0.load(fromByteOffset: index * 4, as: UInt32.self) }
                switch token {
                case Self.timerToken: cl_eventfd_drain(timer)
                case Self.wakeUpToken: cl_eventfd_drain(requests.wakeUp)
                default: if offloads { readLongBurst(Int(token)) } else { readBurst(Int(token)) }
                }
            }
        }
        reader.giveBack(&core.arena)
        core.endPhases(cl_monotonic_ns())
        processorNs = cl_thread_cpu_ns() - processorStart
    }

    private mutating func obeyControl(_ now: Int64) {
        if core.phases.timeZero == .max {
            let requested = requests.timeZero
            if requested > 0 {
                core.phases.setTimeZero(requested)
                // How starved the link was while brokers and clients came up is no part of the experiment.
                wakeUps.reset()
            }
        }
        if !core.phases.isDraining, requests.drainRequested { core.phases.beginDrain() }
    }

    private mutating func tick(_ now: Int64) {
        guard now >= nextTick else { return }
        wakeUps.record(now - nextTick)
        nextTick = now + Self.tickNs
        if now >= nextClockCheck {
            nextClockCheck = now + 1_000_000_000
            core.recorder.epochOffsetNs = Self.epochOffset()
        }
    }

    /// Nanoseconds from the monotonic clock to the time of day.
    static func epochOffset() -> Int64 {
        // The smaller of two distances: a thread that was put aside between the two clocks would show a wrong one.
        var best = Int64.max
        var offset: Int64 = 0
        for _ in 0..<3 {
            let before = cl_monotonic_ns()
            let real = cl_realtime_ns()
            let after = cl_monotonic_ns()
            if after - before < best {
                best = after - before
                offset = real - (before + (after - before) / 2)
            }
        }
        return offset
    }

    /// Arms the timer for the next deadline, or says to poll for it; the timeout for epoll.
    private mutating func prepareToWait() -> Int32 {
        let deadline = min(min(core.queue.earliest(), core.phases.nextChange), nextTick)
        let now = cl_monotonic_ns()
        spinBudget = min(spinBudget + (now - lastBudgetAt) * Self.spinShare / 1024, Self.spinBudgetNs)
        lastBudgetAt = now
        let left = deadline - now
        if left <= 0 { return 0 }
        let maySpin = deadline != nextTick && spinBudget > left
        if maySpin, left <= Self.spinNs {
            spinBudget -= left
            return spin(until: deadline)
        }
        let target = maySpin ? deadline - Self.spinNs : deadline
        if target != armedAt {
            armedAt = target
            _ = cl_timerfd_set(timer, target)
        }
        return -1
    }

    /// Polls until the deadline or until something is ready. Always 0: the caller asks epoll once more.
    private func spin(until deadline: Int64) -> Int32 {
        while cl_monotonic_ns() < deadline, cl_epoll_is_ready(epoll) == 0 {}
        return 0
    }

    private mutating func readBurst(_ port: Int) {
        for _ in 0..<Self.burst {
            let slot = core.arena.take()
            guard slot != SlotArena.none else {
                readWithoutSlot(port)
                return
            }
            let buffer = core.arena.buffer(slot)
            let count = cl_read(descriptors[port], buffer.baseAddress, buffer.count)
            guard count > 0 else {
                core.arena.give(slot)
                if count == 0 || (count != -Int64(EAGAIN) && count != -Int64(EINTR)) {
                    _ = cl_epoll_remove(epoll, descriptors[port])
                }
                return
            }
            core.arena.meta[Int(slot)].noteArrival(length: Int(count), group: 0, piece: 0, headerLength: 0)
            core.receive(slot, from: port, now: cl_monotonic_ns())
            transmitDue()
        }
    }

    /// Reads from a device that hands over packets longer than the MTU.
    private mutating func readLongBurst(_ port: Int) {
        var pieces = 0
        while pieces < Self.burst {
            let count = reader.read(descriptors[port], port: port, core: &core)
            guard count > 0 else {
                if count != -Int(EAGAIN), count != -Int(EINTR) { _ = cl_epoll_remove(epoll, descriptors[port]) }
                return
            }
            pieces += count
            transmitDue()
        }
    }

    /// Reads one packet that finds every slot taken.
    private mutating func readWithoutSlot(_ port: Int) {
        let count = cl_read(descriptors[port], scratch.raw, scratch.count)
        guard count > 0 else { return }
        let bytes = UnsafeRawBufferPointer(start: scratch.raw, count: Int(count))
        core.receiveWithoutSlot(bytes, from: port, now: cl_monotonic_ns())
    }

    private mutating func transmitDue() {
        var now = cl_monotonic_ns()
        while true {
            let slot = core.queue.popDue(now)
            guard slot != SlotArena.none else { break }
            core.willTransmit(slot)
            let meta = core.arena.meta[Int(slot)]
            if offloads {
                if writer.count > 0, !writer.continues(meta) { now = writeJoined() }
                writer.add(slot, meta)
                continue
            }
            let packet = core.arena.packet(slot)
            now = cl_monotonic_ns()
            if meta.flags & PacketMeta.isHeld != 0 { lateness.record(now - meta.deliverAt) }
            let count = cl_write(descriptors[Int(meta.outPort)], packet.baseAddress, packet.count)
            if count < 0 { core.counters.lastWriteError = Int32(-count) }
            core.didTransmit(slot, accepted: count >= 0)
        }
        if writer.count > 0 { _ = writeJoined() }
    }

    /// Writes the packets that were gathered to be one; the time of it.
    private mutating func writeJoined() -> Int64 {
        let now = cl_monotonic_ns()
        let error = writer.write(to: descriptors, core.arena)
        if error != 0 { core.counters.lastWriteError = error }
        for index in 0..<writer.count {
            let slot = writer.slot(index)
            let meta = core.arena.meta[Int(slot)]
            if meta.flags & PacketMeta.isHeld != 0 { lateness.record(now - meta.deliverAt) }
            core.didTransmit(slot, accepted: error == 0)
        }
        writer.clear()
        return now
    }
}

extension LinkError {
    /// The result of a wrapper that returns -errno, or throws what failed.
    @discardableResult
    static func check(_ result: Int32, _ what: String) throws -> Int32 {
        guard result < 0 else { return result }
        throw LinkError(
            "cannot \(what): \(String(cString: strerror(-result)))",
            remedy: "see crosswind doctor, and the limit of open files (ulimit -n)")
    }
}
