import KafkaWire
import PacketWire

extension LinkCore {
    /// Follows the messages in those bytes of a segment that were not seen before, and lets triggers act on them.
    mutating func readNew(
        _ payload: UnsafeRawBufferPointer, sequence: UInt32, entry: Int, isUp: Bool, now: Int64
    ) {
        let half = self.half(entry, up: isUp)
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
            let step = half.pointee.frame.advance(fresh, isRequest: isUp, consumed: &consumed)
            if capturesBodies, captures.active(entry, isUp: isUp) != nil {
                captures.append(UnsafeRawBufferPointer(rebasing: fresh[before..<consumed]), entry, isUp: isUp)
                if case .end = step { judgeBody(entry, isUp: isUp, now: now) }
            }
            switch step {
            case .needsMore: return
            case .notKafka:
                half.pointee.isOpaque = true
                countOpaque()
                return
            case .end: continue
            case .header(let header):
                let position = start &+ UInt32(truncatingIfNeeded: consumed)
                meet(header, headerEnd: position, entry: entry, isUp: isUp, now: now)
            }
        }
    }

    /// A message's header is complete.
    private mutating func meet(_ header: FrameHeader, headerEnd: UInt32, entry: Int, isUp: Bool, now: Int64) {
        var seen = SeenMessage(
            isRequest: isUp, apiKey: header.apiKey, apiVersion: header.apiVersion,
            correlationID: header.correlationID, node: connections.entries[entry].node)
        if isUp {
            counters.requests &+= 1
            connections.addPending(
                PendingRequest(
                    correlationID: header.correlationID, apiKey: header.apiKey, apiVersion: header.apiVersion),
                of: entry)
        } else {
            counters.responses &+= 1
            guard let request = connections.takePending(correlationID: header.correlationID, of: entry) else {
                counters.unmatchedResponses &+= 1
                return
            }
            seen.apiKey = request.apiKey
            seen.apiVersion = request.apiVersion
            seen.requestMatches = request.matches
        }
        let start = headerEnd &- (isUp ? 12 : 8)
        let end = start &+ 4 &+ header.length
        var wantsBody = !isUp && learnsTopics && seen.apiKey == APIKey.metadata.rawValue
        for index in 0..<triggerCount {
            if isUp, triggers[index].looksInto(requestsOf: seen.apiKey) { wantsBody = true }
            guard triggers[index].concerns(seen), isSatisfied(index, byRequestOf: seen) else { continue }
            if triggers[index].needsBody {
                wantsBody = true
            } else if triggers[index].counts() {
                act(
                    triggers[index].actions, fault: triggers[index].fault, on: seen, start: start, end: end, entry,
                    isUp, now)
            }
        }
        if wantsBody { captures.begin(entry, header: header, message: seen, start: start, end: end) }
    }

    private func isSatisfied(_ trigger: Int, byRequestOf seen: SeenMessage) -> Bool {
        !triggers[trigger].needsRequest || seen.requestMatches & triggers[trigger].requestBit != 0
    }

    /// Counts a direction whose messages cannot be followed any more, where a trigger still looks for one.
    mutating func countOpaque() {
        for index in 0..<triggerCount where !triggers[index].isSpent {
            counters.opaqueConnections &+= 1
            return
        }
    }

    /// A message whose body was gathered is complete: asks the triggers that had to wait for it.
    private mutating func judgeBody(_ entry: Int, isUp: Bool, now: Int64) {
        guard let capture = captures.active(entry, isUp: isUp), let start = capture.bytes else { return }
        captures.end(entry, isUp: isUp)
        let frame = UnsafeRawBufferPointer(start: start, count: capture.count)
        let seen = capture.message
        if !isUp, seen.apiKey == APIKey.metadata.rawValue {
            for index in 0..<triggerCount { triggers[index].learn(fromMetadata: frame, version: seen.apiVersion) }
        }
        var matches: UInt64 = 0
        var isUnread = false
        for index in 0..<triggerCount {
            let decides =
                triggers[index].concerns(seen) && triggers[index].needsBody && isSatisfied(index, byRequestOf: seen)
            let looksInto = isUp && triggers[index].looksInto(requestsOf: seen.apiKey)
            guard decides || looksInto else { continue }
            let satisfied =
                isUp
                ? triggers[index].requestSatisfies(frame, length: capture.length)
                : triggers[index].responseSatisfies(frame, version: seen.apiVersion)
            guard let satisfied else {
                isUnread = isUnread || !triggers[index].isSpent
                continue
            }
            guard satisfied else { continue }
            if looksInto { matches |= triggers[index].requestBit }
            guard decides, triggers[index].counts() else { continue }
            act(
                triggers[index].actions, fault: triggers[index].fault, on: seen, start: capture.start,
                end: capture.end, entry, isUp, now)
        }
        if isUnread { counters.unreadMessages &+= 1 }
        if matches != 0 { connections.noteMatches(matches, of: entry) }
    }

    /// Carries out a trigger's actions by rules for the message's bytes.
    private mutating func act(
        _ actions: FaultActions, fault: UInt16, on message: SeenMessage, start: UInt32, end: UInt32, _ entry: Int,
        _ isUp: Bool, _ now: Int64
    ) {
        counters.triggers &+= 1
        let half = self.half(entry, up: isUp)
        var rule = MessageRule(
            start: start, end: end, action: .drop, fault: fault, resetSides: actions.reset,
            isHalfOpen: actions.isHalfOpen, until: .max, message: message)
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
        if actions.cutNs > 0 { cut(entry, fault: fault, until: now + actions.cutNs, message, isUp, now) }
        if actions.startsPhase { startPhase(Int(fault), entry, message, isUp, now) }
        noteTrigger(fault: fault, message, now)
    }

    private mutating func addRule(_ rule: MessageRule, to half: UnsafeMutablePointer<HalfStream>) {
        if !rules.add(rule, to: half) { counters.rulesOverflow &+= 1 }
    }

    /// Applies the rules of a direction to a segment: its bytes pass, are held or are lost, message by message.
    ///
    /// - Parameter firstNew: the first sequence number that the link had not seen before this segment.
    /// - Returns: a rule that asks for a reset now; -1 for none.
    mutating func apply(
        _ slot: Int32, _ packet: IPv4Packet, _ segment: TCPSegment, path: Int, index: UInt64, entry: Int,
        firstNew: UInt32, now: Int64
    ) -> Int32 {
        let half = self.half(entry, up: paths[path].isClientToBroker)
        let length = segment.payload.count
        let sequence = segment.sequence
        let end = sequence &+ UInt32(truncatingIfNeeded: length)
        rules.remove(from: half) { $0.action == .hold && $0.until <= now }
        let resetRule = self.resetRule(of: half, seenUpTo: half.pointee.next)
        var at = sequence
        var pieces: UInt64 = 0
        var remainder = length == 0
        // The part that is sent on in the slot itself must come last, so the pieces are copied out first.
        while at != end {
            let (rule, until) = rules.rule(at: at, end: end, of: half)
            let range = TCPSequence.distance(at, from: sequence)..<TCPSequence.distance(until, from: sequence)
            let isFresh = !TCPSequence.isBefore(at, firstNew)
            if rule < 0, resetRule >= 0, isBehindReset(at, rule: resetRule) {
                // The reset stands in the place of a message: nothing behind it may arrive before or without it.
                record(
                    .drop, slot, rule: resetRule, path: path, index: index, isFresh: isFresh, now: now, until: nil,
                    reason: reasonReset)
            } else if rule < 0, range == 0..<length {
                remainder = true
            } else if rule < 0 {
                pass(slot, packet, range, path: path, index: index, piece: &pieces, at: now, now: now)
            } else if rules.rules[Int(rule)].action == .hold, isFresh {
                let release = rules.rules[Int(rule)].until
                record(.delay, slot, rule: rule, path: path, index: index, isFresh: true, now: now, until: release)
                pass(slot, packet, range, path: path, index: index, piece: &pieces, at: release, now: now)
            } else {
                record(.drop, slot, rule: rule, path: path, index: index, isFresh: isFresh, now: now, until: nil)
            }
            at = until
        }
        if remainder {
            impair(slot, path: path, index: index, from: 0, copy: 0, at: now, arrival: now)
        } else if pieces == 0, resetRule < 0 {
            // The acknowledgement is not part of the message: it passes alone.
            pass(slot, packet, 0..<0, path: path, index: index, piece: &pieces, at: now, now: now)
            discardRemains(slot, path: path)
        } else {
            discardRemains(slot, path: path)
        }
        return resetRule
    }

    /// Whether a byte comes after the dropped message in whose place the rule's reset goes.
    private func isBehindReset(_ at: UInt32, rule: Int32) -> Bool {
        let rule = rules.rules[Int(rule)]
        return rule.start == rule.end && !TCPSequence.isBefore(at, rule.end)
    }

    /// The rule that asks for a reset once everything before `seenUpTo` has passed; -1 for none.
    private func resetRule(of half: UnsafeMutablePointer<HalfStream>, seenUpTo next: UInt32) -> Int32 {
        var at = half.pointee.firstRule
        while at >= 0 {
            let rule = rules.rules[Int(at)]
            if rule.action == .resetAfter, !TCPSequence.isBefore(next, rule.end) { return at }
            at = rule.next
        }
        return -1
    }

    /// Sends part of a segment on, in a slot of its own.
    private mutating func pass(
        _ slot: Int32, _ packet: IPv4Packet, _ range: Range<Int>, path: Int, index: UInt64, piece: inout UInt64,
        at time: Int64, now: Int64
    ) {
        piece &+= 1
        paths[path].made &+= 1
        let copy = arena.take()
        guard copy != SlotArena.none else {
            overflow(packet.bytes, path: path, now: now)
            return
        }
        var meta = arena.meta[Int(slot)]
        meta.length = Int32(TCPTrim.copy(packet.bytes, keeping: range, into: arena.buffer(copy)))
        meta.flags &= ~PacketMeta.hasPartialChecksum
        arena.meta[Int(copy)] = meta
        impair(copy, path: path, index: index, from: 0, copy: piece &<< 8, at: time, arrival: now)
    }

    /// Gives up a slot whose parts went on in others, or were lost.
    private mutating func discardRemains(_ slot: Int32, path: Int) { discard(slot, path: path) }

    private func record(
        _ fate: FateCode, _ slot: Int32, rule: Int32, path: Int, index: UInt64, isFresh: Bool, now: Int64,
        until: Int64?, reason: UInt16? = nil
    ) {
        let rule = rules.rules[Int(rule)]
        var record = FaultRecord()
        record.timeUs = (now &+ epochOffsetNs) / 1000
        record.fate = fate.rawValue
        record.fault = rule.fault
        record.reason = reason ?? (isFresh ? reasonMessage : reasonRetransmission)
        record.node = paths[path].node
        record.isClientToBroker = paths[path].isClientToBroker
        record.packetIndex = index
        if let until {
            record.hasDelay = true
            record.delayUs = (until - now) / 1000
        }
        record.describe(UnsafeRawBufferPointer(arena.packet(slot)))
        record.name(rule.message)
        ring.pointee.write(record)
    }
}
