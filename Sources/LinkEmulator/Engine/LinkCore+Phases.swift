extension LinkCore {
    /// Brings all phases up to `now`.
    mutating func advance(to now: Int64) {
        guard now >= nextPhaseChange else { return }
        var changed = nextPhaseChange == .min
        for fault in 0..<faultCount where follow(fault, now) { changed = true }
        if changed { rebuildActive() }
        nextPhaseChange = .max
        for fault in 0..<faultCount {
            nextPhaseChange = min(nextPhaseChange, min(phases[fault].nextBegin, phases[fault].nextEnd))
        }
    }

    /// Sets time zero, from which timelines count. Only the first call counts.
    mutating func setTimeZero(_ time: Int64) {
        guard timeZero == .max else { return }
        timeZero = time
        for fault in 0..<faultCount where phases[fault].clock == .timeline {
            phases[fault].nextBegin = time + phases[fault].at
        }
        nextPhaseChange = .min
    }

    /// Begins phase `drain`: the last record was sent.
    mutating func beginDrain() {
        isDraining = true
        nextPhaseChange = .min
    }

    /// Ends every phase that still acts, for the record.
    mutating func endPhases(_ now: Int64) {
        for fault in 0..<faultCount where phases[fault].isActive { end(fault, now) }
        rebuildActive()
    }

    /// Brings one fault up to `now`; true when it began or ended.
    private mutating func follow(_ fault: Int, _ now: Int64) -> Bool {
        switch phases[fault].clock {
        case .message:
            guard phases[fault].nextEnd <= now else { return false }
            let ended = phases[fault].nextEnd
            phases[fault].nextEnd = .max
            end(fault, ended)
            return true
        case .timeline: return followTimeline(fault, now)
        case .setup, .always, .drain:
            let wanted =
                switch phases[fault].clock {
                case .setup: timeZero > now
                case .drain: isDraining
                default: true
                }
            guard wanted != phases[fault].isActive else { return false }
            if wanted { begin(fault, now) } else { end(fault, now) }
            return true
        }
    }

    private mutating func followTimeline(_ fault: Int, _ now: Int64) -> Bool {
        var changed = false
        while true {
            let phase = phases[fault]
            if phase.nextEnd <= now, phase.nextEnd <= phase.nextBegin {
                phases[fault].nextEnd = .max
                end(fault, phase.nextEnd)
            } else if phase.nextBegin <= now {
                if phase.isActive { end(fault, phase.nextBegin) }
                phases[fault].nextBegin = phase.every > 0 ? phase.nextBegin + phase.every : .max
                phases[fault].nextEnd = phase.length > 0 ? phase.nextBegin + phase.length : .max
                begin(fault, phase.nextBegin)
            } else {
                return changed
            }
            changed = true
        }
    }

    private mutating func begin(_ fault: Int, _ time: Int64) {
        phases[fault].isActive = true
        phases[fault].beganAt = time
        note(.phaseBegan, fault, time)
        for path in 0..<pathCount {
            let first = Int(paths[path].firstPlaced)
            for index in first..<(first + Int(paths[path].placedCount)) where Int(placed[index].fault) == fault {
                placed[index].phaseStart = time
                impairments[index].phaseBegan(at: paths[path].packetsIn)
            }
        }
        let actions = faultActions[fault]
        if phases[fault].clock != .message, actions.reset != .none {
            resetAll(fault: fault, actions: actions, now: time)
        }
    }

    /// Begins the phase of a fault that something other than its clock starts.
    mutating func beginPhase(_ fault: Int, _ time: Int64) {
        begin(fault, time)
        rebuildActive()
    }

    private mutating func end(_ fault: Int, _ time: Int64) {
        phases[fault].isActive = false
        note(.phaseEnded, fault, time)
    }

    private func note(_ kind: FaultRecord.Kind, _ fault: Int, _ time: Int64) {
        var record = FaultRecord()
        record.kind = kind.rawValue
        record.fault = UInt16(fault)
        record.timeUs = (time &+ epochOffsetNs) / 1000
        ring.pointee.write(record)
    }

    /// Lists for each path the impairments whose fault acts now.
    private mutating func rebuildActive() {
        for path in 0..<pathCount {
            let first = paths[path].firstPlaced
            var count: Int32 = 0
            for index in first..<(first + paths[path].placedCount)
            where phases[Int(placed[Int(index)].fault)].isActive {
                active[Int(first + count)] = index
                count += 1
            }
            paths[path].activeCount = count
        }
    }
}
