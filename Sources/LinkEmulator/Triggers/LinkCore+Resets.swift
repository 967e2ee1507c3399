import EvidenceModel
import PacketWire

/// Why a connection is reset, and who is told.
private struct ResetOrder {
    var fault: UInt16
    var reason: LinkReason
    var sides: ResetSides
    /// The end that gets no reset is never told.
    var isHalfOpen: Bool
    var message: SeenMessage?
}

/// The numbers of a reset's header.
enum ResetNumbers {
    /// Those that its receiver waits for, filled in when it leaves.
    case atDelivery
    case exact(sequence: UInt32, acknowledgement: UInt32?)

    /// As a host answers a segment of a connection that it does not know (RFC 9293, section 3.10.7.1).
    static func answering(_ segment: TCPSegment) -> ResetNumbers {
        segment.flags.contains(.ack)
            ? .exact(sequence: segment.acknowledgement, acknowledgement: nil)
            : .exact(sequence: 0, acknowledgement: segment.sequence &+ segment.sequenceLength)
    }
}

extension LinkCore {
    /// Resets a connection because of a message.
    mutating func reset(_ flow: Flow, by rule: MessageRule, now: Int64) {
        let order = ResetOrder(
            fault: rule.fault, reason: .message, sides: rule.resetSides, isHalfOpen: rule.isHalfOpen,
            message: rule.message)
        reset(flow, order, now: now)
    }

    /// Resets every open connection that a fault's node and phase concern.
    mutating func resetAll(fault: UInt16, actions: FaultActions, now: Int64) {
        let order = ResetOrder(
            fault: fault, reason: .timeline, sides: actions.reset, isHalfOpen: actions.isHalfOpen, message: nil)
        let node = phases.scope(fault).node
        for entry in 0..<connections.count {
            guard connections.entries[entry].state == .open, node == 0 || node == connections.entries[entry].node
            else { continue }
            reset(Flow(entry, isUp: true), order, now: now)
        }
    }

    /// Sends resets to the ends that are to get one, behind the packets on their way there, and lets nothing more pass.
    private mutating func reset(_ flow: Flow, _ order: ResetOrder, now: Int64) {
        let entry = flow.entry
        guard connections.entries[entry].state == .open else { return }
        let sides = order.sides
        connections.entries[entry].state = .reset
        connections.entries[entry].resetSides = sides
        connections.entries[entry].resetFault = order.fault
        connections.entries[entry].isHalfOpen = order.isHalfOpen
        forget(entry)
        counters.resets &+= 1
        recorder.connection(
            Decision(order.isHalfOpen ? .halfOpen : .reset, fault: order.fault, order.reason), place(flow),
            connections.entries[entry].key, now: now,
            made: (connections.half(flow).pointee.delivered, length: TCPReset.length), message: order.message)
        if sides.includesClient { sendReset(Flow(entry, isUp: false), .atDelivery, now: now) }
        if sides.includesBroker { sendReset(Flow(entry, isUp: true), .atDelivery, now: now) }
    }

    /// Sends one reset along a flow, behind the packets that the link holds for it.
    mutating func sendReset(_ flow: Flow, _ numbers: ResetNumbers, now: Int64) {
        let up = flow.isUp
        let key = connections.entries[flow.entry].key
        guard let path = paths.path(node: connections.entries[flow.entry].node, isUp: up) else { return }
        paths.all[path].made &+= 1
        let slot = arena.take()
        guard slot != SlotArena.none else {
            counters.overflow &+= 1
            paths.all[path].dropped &+= 1
            return
        }
        let half = connections.half(flow)
        let sequence: UInt32
        let acknowledgement: UInt32?
        arena.meta[Int(slot)].connection = -1
        switch numbers {
        case .atDelivery:
            sequence = half.pointee.delivered
            acknowledgement = connections.half(flow.back).pointee.next
            arena.meta[Int(slot)].connection = Int32(flow.entry)
        case .exact(let first, let second): (sequence, acknowledgement) = (first, second)
        }
        TCPReset.write(
            into: arena.buffer(slot), source: IPv4Address(up ? key.client : key.server),
            sourcePort: up ? key.clientPort : key.serverPort, destination: IPv4Address(up ? key.server : key.client),
            destinationPort: up ? key.serverPort : key.clientPort, sequence: sequence,
            acknowledgement: acknowledgement)
        arena.meta[Int(slot)].length = Int32(TCPReset.length)
        arena.meta[Int(slot)].outPort = paths.outPort(path)
        arena.meta[Int(slot)].path = UInt16(path)
        arena.meta[Int(slot)].flags = PacketMeta.isReset | (up ? PacketMeta.isClientToBroker : 0)
        queue.insert(slot, at: max(now, half.pointee.lastScheduled), lane: Int(arena.meta[Int(slot)].outPort))
    }

    /// Whether a packet passes although its connection was reset: after a reset to one end alone, the other end's
    /// packets reach the end that was reset, whose answer tells it, and resets of the end that was reset pass too.
    /// A half-open connection lets nothing pass.
    func passesReset(_ flow: Flow, flags: TCPSegment.Flags) -> Bool {
        let connection = connections.entries[flow.entry]
        if connection.isHalfOpen { return false }
        let senderWasReset =
            flow.isUp ? connection.resetSides.includesClient : connection.resetSides.includesBroker
        return connection.resetSides != .both && (!senderWasReset || flags.contains(.rst))
    }

    /// Swallows a packet of a connection that was reset, and answers it as a host without that connection would: so a
    /// reset that came too early for its receiver is not the last.
    mutating func refuse(_ arrival: Arrival, _ segment: TCPSegment, _ flow: Flow) {
        let connection = connections.entries[flow.entry]
        let wasTold = flow.isUp ? connection.resetSides.includesClient : connection.resetSides.includesBroker
        if !segment.flags.contains(.rst), wasTold { sendReset(flow.back, .answering(segment), now: arrival.now) }
        lose(arrival, Decision(.drop, fault: connection.resetFault, .reset))
    }
}
