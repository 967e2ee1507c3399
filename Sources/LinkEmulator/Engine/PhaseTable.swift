/// A phase of a fault that began or ended.
struct PhaseChange: BitwiseCopyable {
    var fault: UInt16
    var began: Bool
    /// Monotonic nanoseconds, exactly as the fault says, not when it was noticed.
    var time: Int64
}

/// Where a fault acts.
struct FaultScope: BitwiseCopyable {
    /// 0: at every node.
    var node: UInt16
    var actsUp: Bool
    var actsDown: Bool

    /// Whether it acts at a node, in a direction.
    @inline(__always)
    func covers(node other: UInt16, isClientToBroker: Bool) -> Bool {
        (node == 0 || node == other) && (isClientToBroker ? actsUp : actsDown)
    }
}

/// The faults' timelines: which act now, and when that changes next.
struct PhaseTable: ~Copyable {
    private let phases: FixedArray<FaultPhase>
    private let scopes: FixedArray<FaultScope>
    private let actions: FixedArray<FaultActions>
    /// Monotonic nanoseconds; `Int64.max` before time zero.
    private(set) var timeZero = Int64.max
    /// When a phase begins or ends next; `Int64.min`: to be worked out.
    private(set) var nextChange = Int64.min
    /// Whether the last record was sent.
    private(set) var isDraining = false

    init(_ planned: [PlannedFault]) {
        phases = FixedArray(planned.map(\.phase))
        scopes = FixedArray(planned.map(\.scope))
        actions = FixedArray(planned.map(\.actions))
    }

    /// How many faults there are.
    var count: Int { phases.count }

    /// The timeline of a fault.
    @inline(__always)
    func phase(_ fault: UInt16) -> FaultPhase { phases.base[Int(fault)] }

    /// Where a fault acts.
    @inline(__always)
    func scope(_ fault: UInt16) -> FaultScope { scopes.base[Int(fault)] }

    /// What a fault does when its phase begins or its message comes.
    @inline(__always)
    func actions(_ fault: UInt16) -> FaultActions { actions.base[Int(fault)] }

    /// Whether a fault acts now.
    @inline(__always)
    func isActive(_ fault: UInt16) -> Bool { phases.base[Int(fault)].isActive }

    /// Sets time zero, from which timelines count. Only the first call counts.
    mutating func setTimeZero(_ time: Int64) {
        guard timeZero == .max else { return }
        timeZero = time
        for fault in 0..<count where phases.base[fault].clock == .timeline {
            phases.base[fault].nextBegin = time + phases.base[fault].at
        }
        nextChange = .min
    }

    /// Begins phase `drain`: the last record was sent.
    mutating func beginDrain() {
        isDraining = true
        nextChange = .min
    }

    /// Notes when the next phase begins or ends, once every fault was brought up to now.
    mutating func noteNextChange() {
        nextChange = .max
        for fault in 0..<count {
            nextChange = min(nextChange, min(phases.base[fault].nextBegin, phases.base[fault].nextEnd))
        }
    }

    /// The next change of a fault up to `now`; nil when there is none any more.
    mutating func step(_ fault: UInt16, to now: Int64) -> PhaseChange? {
        let phase = phases.base[Int(fault)]
        switch phase.clock {
        case .message:
            return phase.nextEnd <= now ? end(fault, phase.nextEnd) : nil
        case .timeline:
            if phase.nextEnd <= now, phase.nextEnd <= phase.nextBegin { return end(fault, phase.nextEnd) }
            guard phase.nextBegin <= now else { return nil }
            if phase.isActive { return end(fault, phase.nextBegin) }
            phases.base[Int(fault)].nextBegin = phase.every > 0 ? phase.nextBegin + phase.every : .max
            phases.base[Int(fault)].nextEnd = phase.length > 0 ? phase.nextBegin + phase.length : .max
            return begin(fault, phase.nextBegin)
        case .setup, .always, .drain:
            let wanted =
                switch phase.clock {
                case .setup: timeZero > now
                case .drain: isDraining
                default: true
                }
            guard wanted != phase.isActive else { return nil }
            return wanted ? begin(fault, now) : end(fault, now)
        }
    }

    /// Starts the phase of a fault that a message triggers; once more while it lasts makes it last longer.
    ///
    /// - Returns: the change; nil where it acts already.
    mutating func start(_ fault: UInt16, at now: Int64) -> PhaseChange? {
        let end = now + phase(fault).length
        phases.base[Int(fault)].nextEnd = end
        nextChange = min(nextChange, end)
        return isActive(fault) ? nil : begin(fault, now)
    }

    /// Ends a fault that still acts when the link stops; nil when it does not.
    mutating func finish(_ fault: UInt16, at now: Int64) -> PhaseChange? { isActive(fault) ? end(fault, now) : nil }

    private func begin(_ fault: UInt16, _ time: Int64) -> PhaseChange {
        phases.base[Int(fault)].isActive = true
        phases.base[Int(fault)].beganAt = time
        return PhaseChange(fault: fault, began: true, time: time)
    }

    private func end(_ fault: UInt16, _ time: Int64) -> PhaseChange {
        phases.base[Int(fault)].isActive = false
        phases.base[Int(fault)].nextEnd = .max
        return PhaseChange(fault: fault, began: false, time: time)
    }
}
