import EvidenceModel
import KafkaWire
import PacketWire

extension LinkCore {
    /// Follows the messages in those bytes of a segment that were not seen before, and lets triggers act on them.
    mutating func readNew(_ payload: UnsafeRawBufferPointer, sequence: UInt32, _ flow: Flow, now: Int64) {
        let half = connections.half(flow)
        let skip = TCPSequence.distance(half.pointee.next, from: sequence)
        guard skip >= 0 else {
            // A hole: the bytes before it never came into the link, so its messages cannot be followed any more.
            half.pointee.isOpaque = true
            countOpaque()
            return
        }
        guard skip < payload.count else { return }
        let fresh = UnsafeRawBufferPointer(rebasing: payload[skip...])
        let start = half.pointee.next
        half.pointee.next = start &+ UInt32(truncatingIfNeeded: fresh.count)
        var consumed = 0
        while true {
            let before = consumed
            let step = half.pointee.frame.advance(fresh, isRequest: flow.isUp, consumed: &consumed)
            if messages.capturesBodies, messages.captures.active(flow) != nil {
                messages.captures.append(UnsafeRawBufferPointer(rebasing: fresh[before..<consumed]), flow)
                if case .end = step { judgeBody(flow, now: now) }
            }
            switch step {
            case .needsMore: return
            case .notKafka:
                half.pointee.isOpaque = true
                countOpaque()
                return
            case .end: continue
            case .header(let header):
                meet(header, headerEnd: start &+ UInt32(truncatingIfNeeded: consumed), flow, now: now)
            }
        }
    }

    /// A message's header is complete.
    private mutating func meet(_ header: FrameHeader, headerEnd: UInt32, _ flow: Flow, now: Int64) {
        var seen = SeenMessage(
            isRequest: flow.isUp, apiKey: header.apiKey, apiVersion: header.apiVersion,
            correlationID: header.correlationID, node: connections.entries[flow.entry].node)
        if flow.isUp {
            counters.requests &+= 1
            connections.addPending(
                PendingRequest(
                    correlationID: header.correlationID, apiKey: header.apiKey, apiVersion: header.apiVersion),
                of: flow.entry)
        } else {
            counters.responses &+= 1
            guard let request = connections.takePending(correlationID: header.correlationID, of: flow.entry) else {
                counters.unmatchedResponses &+= 1
                return
            }
            seen.apiKey = request.apiKey
            seen.apiVersion = request.apiVersion
            seen.requestMatches = request.matches
        }
        let start = headerEnd &- (flow.isUp ? 12 : 8)
        let found = FoundMessage(message: seen, start: start, end: start &+ 4 &+ header.length)
        var wantsBody = !flow.isUp && messages.learnsTopics && seen.apiKey == APIKey.metadata.rawValue
        for index in 0..<messages.triggerCount {
            if flow.isUp, messages.all[index].looksInto(requestsOf: seen.apiKey) { wantsBody = true }
            guard messages.all[index].concerns(seen), messages.isSatisfied(index, byRequestOf: seen) else { continue }
            if messages.all[index].needsBody {
                wantsBody = true
            } else if messages.all[index].counts() {
                act(index, on: found, flow, now: now)
            }
        }
        if wantsBody { messages.captures.begin(flow, header, found) }
    }

    /// Counts a direction whose messages cannot be followed any more, where a trigger still looks for one.
    mutating func countOpaque() {
        if messages.isLooking { counters.opaqueConnections &+= 1 }
    }

    /// A message whose body was gathered is complete: asks the triggers that had to wait for it.
    private mutating func judgeBody(_ flow: Flow, now: Int64) {
        guard let capture = messages.captures.active(flow), let start = capture.bytes else { return }
        messages.captures.end(flow)
        let frame = UnsafeRawBufferPointer(start: start, count: capture.count)
        let seen = capture.found.message
        if !flow.isUp, seen.apiKey == APIKey.metadata.rawValue {
            for index in 0..<messages.triggerCount {
                messages.all[index].learn(fromMetadata: frame, version: seen.apiVersion)
            }
        }
        var matches: UInt64 = 0
        var isUnread = false
        for index in 0..<messages.triggerCount {
            let decides =
                messages.all[index].concerns(seen) && messages.all[index].needsBody
                && messages.isSatisfied(index, byRequestOf: seen)
            let looksInto = flow.isUp && messages.all[index].looksInto(requestsOf: seen.apiKey)
            guard decides || looksInto else { continue }
            let satisfied =
                flow.isUp
                ? messages.all[index].requestSatisfies(frame, length: capture.length)
                : messages.all[index].responseSatisfies(frame, version: seen.apiVersion)
            guard let satisfied else {
                isUnread = isUnread || !messages.all[index].isSpent
                continue
            }
            guard satisfied else { continue }
            if looksInto { matches |= messages.all[index].requestBit }
            guard decides, messages.all[index].counts() else { continue }
            act(index, on: capture.found, flow, now: now)
        }
        if isUnread { counters.unreadMessages &+= 1 }
        if matches != 0 { connections.noteMatches(matches, of: flow.entry) }
    }

    /// Applies the rules of a direction to a segment: its bytes pass, are held or are lost, message by message.
    ///
    /// - Returns: a rule that asks for a reset now; -1 for none.
    mutating func apply(_ arrival: Arrival, _ tracked: TrackedSegment) -> Int32 {
        let half = connections.half(tracked.flow)
        let now = arrival.now
        let length = tracked.segment.payload.count
        let sequence = tracked.segment.sequence
        let end = sequence &+ UInt32(truncatingIfNeeded: length)
        messages.rules.remove(from: half) { $0.action == .hold && $0.until <= now }
        let resetRule = messages.rules.resetRule(of: half, seenUpTo: half.pointee.next)
        var at = sequence
        var pieces: UInt64 = 0
        var remainder = length == 0
        // The part that is sent on in the slot itself must come last, so the pieces are copied out first.
        while at != end {
            let (rule, until) = messages.rules.rule(at: at, end: end, of: half)
            let range = TCPSequence.distance(at, from: sequence)..<TCPSequence.distance(until, from: sequence)
            let isFresh = !TCPSequence.isBefore(at, tracked.firstNew)
            if rule < 0, resetRule >= 0, messages.rules[resetRule].resetsBefore(at) {
                // The reset stands in the place of a message: nothing behind it may arrive before or without it.
                note(.drop, .reset, arrival, messages.rules[resetRule])
            } else if rule < 0, range == 0..<length {
                remainder = true
            } else if rule < 0 {
                pass(arrival, tracked.packet, range, piece: &pieces, at: now)
            } else if messages.rules[rule].action == .hold, isFresh {
                let release = messages.rules[rule].until
                note(.delay, .message, arrival, messages.rules[rule], delayNs: release - now)
                pass(arrival, tracked.packet, range, piece: &pieces, at: release)
            } else {
                note(.drop, isFresh ? .message : .retransmission, arrival, messages.rules[rule])
            }
            at = until
        }
        if remainder {
            impair(arrival, at: now)
            return resetRule
        }
        // The acknowledgement is not part of the message: it passes alone.
        if pieces == 0, resetRule < 0 { pass(arrival, tracked.packet, 0..<0, piece: &pieces, at: now) }
        discard(arrival.slot, path: arrival.path)
        return resetRule
    }

    /// Sends part of a segment on, in a slot of its own.
    private mutating func pass(
        _ arrival: Arrival, _ packet: IPv4Packet, _ range: Range<Int>, piece: inout UInt64, at time: Int64
    ) {
        piece &+= 1
        paths.all[arrival.path].made &+= 1
        var part = arrival
        part.slot = arena.take()
        guard part.slot != SlotArena.none else {
            overflow(packet.bytes, path: arrival.path, now: arrival.now)
            return
        }
        var meta = arena.meta[Int(arrival.slot)]
        meta.length = Int32(TCPTrim.copy(packet.bytes, keeping: range, into: arena.buffer(part.slot)))
        meta.flags &= ~PacketMeta.hasPartialChecksum
        arena.meta[Int(part.slot)] = meta
        impair(part, copy: piece &<< 8, at: time)
    }

    private func note(
        _ fate: PacketFate, _ reason: LinkReason, _ arrival: Arrival, _ rule: MessageRule, delayNs: Int64? = nil
    ) {
        recorder.packet(
            Decision(fate, fault: rule.fault, reason), paths.all[arrival.path].place(arrival.index),
            UnsafeRawBufferPointer(arena.packet(arrival.slot)), now: arrival.now, delayNs: delayNs,
            message: rule.message)
    }
}
