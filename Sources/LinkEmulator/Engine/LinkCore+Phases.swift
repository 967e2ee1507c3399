extension LinkCore {
    /// Brings all phases up to `now`.
    mutating func advance(to now: Int64) {
        guard now >= phases.nextChange else { return }
        var changed = phases.nextChange == .min
        for fault in 0..<UInt16(phases.count) {
            while let change = phases.step(fault, to: now) {
                carryOut(change)
                changed = true
            }
        }
        if changed { paths.rebuildActive(phases) }
        phases.noteNextChange()
    }

    /// Ends every phase that still acts, for the record.
    mutating func endPhases(_ now: Int64) {
        for fault in 0..<UInt16(phases.count) {
            if let change = phases.finish(fault, at: now) { carryOut(change) }
        }
        paths.rebuildActive(phases)
    }

    /// Starts the phase of a fault that a message triggers.
    mutating func startPhase(_ fault: UInt16, now: Int64) {
        guard let change = phases.start(fault, at: now) else { return }
        carryOut(change)
        paths.rebuildActive(phases)
    }

    private mutating func carryOut(_ change: PhaseChange) {
        recorder.phase(change)
        guard change.began else { return }
        paths.phaseBegan(change.fault, at: change.time)
        let actions = phases.actions(change.fault)
        if phases.phase(change.fault).clock != .message, actions.reset != .none {
            resetAll(fault: change.fault, actions: actions, now: change.time)
        }
    }
}
