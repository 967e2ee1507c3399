import CLinux
import Glibc

/// Moves packets between descriptors and a `LinkCore`: one thread, epoll, a timer, and a short spin before a deadline.
struct PacketEngine {
    /// What other threads ask for; each on a cache line of its own.
    struct Control {
        private let memory: LazyMemory
        private let words: UnsafeMutablePointer<UInt64>
        let wakeUp: Int32

        init() throws {
            memory = try LazyMemory(bytes: 32 * MemoryLayout<UInt64>.stride)
            words = memory.array(of: UInt64.self)
            wakeUp = try LinkError.check(cl_eventfd(), "make an eventfd for the link")
        }

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

        func free() {
            close(wakeUp)
            memory.free()
        }
    }

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
    let control: Control
    let portCount: Int
    let descriptors: UnsafeMutablePointer<Int32>
    private let epoll: Int32
    private let timer: Int32
    private let scratchMemory: LazyMemory
    private let offloads: Bool
    private var reader: OffloadReader
    private var writer = OffloadWriter()
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

    init(_ configuration: LinkConfiguration, core: LinkCore, control: Control) throws {
        self.core = core
        self.control = control
        let sorted = configuration.ports.sorted { $0.node < $1.node }
        portCount = sorted.count
        descriptors = .allocate(capacity: portCount)
        lateness = try LatenessHistogram()
        wakeUps = try LatenessHistogram()
        scratchMemory = try LazyMemory(bytes: 128 * 1024)
        offloads = configuration.offloads
        reader = try OffloadReader(mtu: configuration.mtu)
        epoll = try LinkError.check(cl_epoll_create(), "make an epoll for the link")
        timer = try LinkError.check(cl_timerfd_create(), "make a timer for the link")
        for (index, port) in sorted.enumerated() {
            descriptors[index] = port.descriptor
            try LinkError.check(
                cl_epoll_add(epoll, port.descriptor, UInt32(index)), "watch the device of node \(port.node)")
        }
        try LinkError.check(cl_epoll_add(epoll, timer, Self.timerToken), "watch the link's timer")
        try LinkError.check(cl_epoll_add(epoll, control.wakeUp, Self.wakeUpToken), "watch the link's eventfd")
    }

    /// Runs until a stop is requested.
    mutating func run() {
        cl_no_timer_slack()
        let processorStart = cl_thread_cpu_ns()
        var tokens = (UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        let tokenCapacity = MemoryLayout.size(ofValue: tokens) / MemoryLayout<UInt32>.size
        lastBudgetAt = cl_monotonic_ns()
        nextTick = lastBudgetAt + Self.tickNs
        while !control.stopRequested {
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
                case Self.wakeUpToken: cl_eventfd_drain(control.wakeUp)
                default: if offloads { readLongBurst(Int(token)) } else { readBurst(Int(token)) }
                }
            }
        }
        reader.giveBack(&core.arena)
        core.endPhases(cl_monotonic_ns())
        processorNs = cl_thread_cpu_ns() - processorStart
    }

    private mutating func obeyControl(_ now: Int64) {
        if core.timeZero == .max {
            let requested = control.timeZero
            if requested > 0 {
                core.setTimeZero(requested)
                // How starved the link was while brokers and clients came up is no part of the experiment.
                wakeUps.reset()
            }
        }
        if !core.isDraining, control.drainRequested { core.beginDrain() }
    }

    private mutating func tick(_ now: Int64) {
        guard now >= nextTick else { return }
        wakeUps.record(now - nextTick)
        nextTick = now + Self.tickNs
        if now >= nextClockCheck {
            nextClockCheck = now + 1_000_000_000
            core.epochOffsetNs = Self.epochOffset()
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
        let deadline = min(min(core.queue.earliest(), core.nextPhaseChange), nextTick)
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
        let count = cl_read(descriptors[port], scratchMemory.base, scratchMemory.size)
        guard count > 0 else { return }
        let bytes = UnsafeRawBufferPointer(start: scratchMemory.base, count: Int(count))
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

    /// Gives everything back but the ports' descriptors.
    func free() {
        close(epoll)
        close(timer)
        descriptors.deallocate()
        scratchMemory.free()
        reader.free()
        writer.free()
        lateness.free()
        wakeUps.free()
        core.free()
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
