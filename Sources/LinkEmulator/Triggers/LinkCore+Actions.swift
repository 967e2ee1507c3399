import EvidenceModel

extension LinkCore {
    /// Carries out what a trigger does with a message: rules for its bytes, and what else its fault asks for.
    mutating func act(_ trigger: Int, on found: FoundMessage, _ flow: Flow, now: Int64) {
        counters.triggers &+= 1
        let fault = messages.all[trigger].fault
        let actions = phases.actions(fault)
        let half = connections.half(flow)
        var rule = MessageRule(
            start: found.start, end: found.end, action: .drop, fault: fault, resetSides: actions.reset,
            isHalfOpen: actions.isHalfOpen, until: .max, message: found.message)
        if actions.drops {
            addRule(rule, to: half)
        } else if actions.holdNs > 0 {
            rule.action = .hold
            rule.until = now + actions.holdNs
            addRule(rule, to: half)
        }
        if actions.reset != .none {
            rule.action = .resetAfter
            // In the place of a message that is dropped, else once its last byte has passed.
            if actions.drops { rule.end = rule.start }
            addRule(rule, to: half)
        }
        if actions.cutNs > 0 {
            let node = Int(connections.entries[flow.entry].node)
            let until = now + actions.cutNs
            if until > cuts.base[node].until { cuts.base[node] = NodeCut(until: until, fault: fault) }
            note(.partition, by: fault, found.message, flow, now: now, delayNs: actions.cutNs)
        }
        if actions.startsPhase {
            note(.phase, by: fault, found.message, flow, now: now, delayNs: phases.phase(fault).length)
            startPhase(fault, now: now)
        }
        recorder.trigger(fault, found.message, now: now)
    }

    private mutating func addRule(_ rule: MessageRule, to half: UnsafeMutablePointer<HalfStream>) {
        if !messages.rules.add(rule, to: half) { counters.rulesOverflow &+= 1 }
    }

    /// Loses a packet to or from a node that is cut off; false when it is not.
    mutating func isCut(_ arrival: Arrival) -> Bool {
        let cut = cuts.base[Int(paths.all[arrival.path].node)]
        guard arrival.now < cut.until else { return false }
        lose(arrival, Decision(.drop, fault: cut.fault, .partition))
        return true
    }

    /// Loses a packet for a reason that is no impairment's.
    mutating func lose(_ arrival: Arrival, _ decision: Decision, message: SeenMessage? = nil) {
        recorder.packet(
            decision, paths.all[arrival.path].place(arrival.index),
            UnsafeRawBufferPointer(arena.packet(arrival.slot)), now: arrival.now, message: message)
        discard(arrival.slot, path: arrival.path)
    }

    /// The place of what is done to a connection: its node, a direction, and that direction's last packet.
    func place(_ flow: Flow) -> PacketPlace {
        let node = connections.entries[flow.entry].node
        return PacketPlace(
            node: node, isClientToBroker: flow.isUp,
            index: paths.path(node: node, isUp: flow.isUp).map { paths.all[$0].lastPlace.index } ?? 0)
    }

    private func note(
        _ fate: PacketFate, by fault: UInt16, _ message: SeenMessage, _ flow: Flow, now: Int64, delayNs: Int64
    ) {
        recorder.connection(
            Decision(fate, fault: fault, .message), place(flow), connections.entries[flow.entry].key, now: now,
            delayNs: delayNs, message: message)
    }
}
