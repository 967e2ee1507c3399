import PacketWire

extension LinkCore {
    /// Takes a TCP packet through its connection: messages, rules, resets; then through the impairments.
    mutating func follow(_ arrival: Arrival, _ packet: IPv4Packet) {
        let segment: TCPSegment
        do throws(TCPSegment.Flaw) {
            segment = try TCPSegment(packet.payload)
        } catch {
            counters.malformedTCP &+= 1
            impair(arrival, at: arrival.now)
            return
        }
        let isUp = paths.all[arrival.path].isClientToBroker
        let flow = flow(of: packet, segment, isUp: isUp, arrival)
        arena.meta[Int(arrival.slot)].connection = Int32(flow.entry)
        if isUp { arena.meta[Int(arrival.slot)].flags |= PacketMeta.isClientToBroker }
        let half = connections.half(flow)
        let flags = segment.flags
        if flags.contains(.ack) { noteAcknowledgement(segment.acknowledgement, of: connections.half(flow.back)) }
        var time = arrival.now
        if connectionFaults.count > 0 {
            guard let held = holdByConnection(arrival, segment, flow) else { return }
            time += held
        }
        if connections.entries[flow.entry].state == .reset, !flags.contains(.syn) || flags.contains(.ack),
            !passesReset(flow, flags: flags)
        {
            refuse(arrival, segment, flow)
            return
        }
        noteControl(segment, flow)
        let payload = segment.payload
        let firstNew = half.pointee.next
        if !payload.isEmpty, half.pointee.isSynchronised, !half.pointee.isOpaque {
            readNew(payload, sequence: segment.sequence, flow, now: arrival.now)
        }
        guard half.pointee.firstRule >= 0 else {
            impair(arrival, at: time)
            return
        }
        let tracked = TrackedSegment(packet: packet, segment: segment, flow: flow, firstNew: firstNew)
        let resetAfter = apply(arrival, tracked)
        if resetAfter >= 0 { reset(flow, by: messages.rules[resetAfter], now: arrival.now) }
    }

    /// The connection of a packet, in the packet's direction; a SYN begins it anew.
    private mutating func flow(
        of packet: IPv4Packet, _ segment: TCPSegment, isUp: Bool, _ arrival: Arrival
    ) -> Flow {
        let now = arrival.now
        let node = paths.all[arrival.path].node
        let source = packet.source.value
        let destination = packet.destination.value
        let key = ConnectionKey(
            client: isUp ? source : destination, server: isUp ? destination : source,
            clientPort: isUp ? segment.sourcePort : segment.destinationPort,
            serverPort: isUp ? segment.destinationPort : segment.sourcePort)
        var entry = connections.find(key)
        let isNew = segment.flags.contains(.syn) && !segment.flags.contains(.ack)
        if entry < 0 {
            if let victim = connections.chooseVictim(now) {
                if connections.entries[victim].state == .open { counters.evictedConnections &+= 1 }
                forget(victim)
                connections.remove(victim)
            }
            entry = connections.insert(key, node: node)
            counters.connections &+= 1
            connections.entries[entry].createdAt = now
            if !isNew { markOpaque(entry) }
        } else if isNew, restarts(entry, segment) {
            forget(entry)
            let next = connections.entries[entry].nextEntry
            connections.entries[entry] = Connection(key: key, node: node)
            connections.entries[entry].nextEntry = next
            connections.entries[entry].createdAt = now
            counters.connections &+= 1
        }
        let connection = connections.entries + entry
        connection.pointee.idleNs = connection.pointee.lastUsed == 0 ? 0 : now - connection.pointee.lastUsed
        connection.pointee.lastUsed = now
        return Flow(entry, isUp: isUp)
    }

    /// Whether a SYN is a new connection and not the old one's, sent again.
    private func restarts(_ entry: Int, _ segment: TCPSegment) -> Bool {
        let up = connections.half(Flow(entry, isUp: true))
        return !up.pointee.isSynchronised || connections.entries[entry].state != .open
            || segment.sequence &+ 1 != up.pointee.next
    }

    private mutating func markOpaque(_ entry: Int) {
        let up = connections.half(Flow(entry, isUp: true))
        let down = connections.half(Flow(entry, isUp: false))
        if !up.pointee.isOpaque || !down.pointee.isOpaque { countOpaque() }
        up.pointee.isOpaque = true
        down.pointee.isOpaque = true
    }

    /// Drops the rules of a connection.
    mutating func forget(_ entry: Int) {
        forget(Flow(entry, isUp: true))
        forget(Flow(entry, isUp: false))
    }

    private mutating func forget(_ flow: Flow) {
        messages.rules.remove(from: connections.half(flow)) { _ in true }
        messages.captures.end(flow)
    }

    /// What the receiver acknowledges, it has.
    private func noteAcknowledgement(_ number: UInt32, of half: UnsafeMutablePointer<HalfStream>) {
        if !half.pointee.hasDelivered || TCPSequence.isBefore(half.pointee.delivered, number) {
            half.pointee.delivered = number
            half.pointee.hasDelivered = true
        }
    }

    /// SYN, FIN and RST.
    private mutating func noteControl(_ segment: TCPSegment, _ flow: Flow) {
        let flags = segment.flags
        let half = connections.half(flow)
        if flags.contains(.syn), !half.pointee.isSynchronised {
            half.pointee.isSynchronised = true
            half.pointee.next = segment.sequence &+ 1
        }
        if flags.contains(.fin) { connections.entries[flow.entry].finsSeen |= flow.isUp ? 1 : 2 }
        if flags.contains(.rst), connections.entries[flow.entry].state == .open {
            connections.entries[flow.entry].state = .closed
            forget(flow.entry)
        }
    }

    /// Notes what a leaving packet brings to its receiver, and completes a reset that was made by the link.
    mutating func noteDelivery(_ slot: Int32, _ meta: PacketMeta) {
        let flow = Flow(of: meta)
        let half = connections.half(flow)
        let bytes = arena.packet(slot)
        if meta.flags & PacketMeta.isReset != 0 {
            if half.pointee.hasDelivered {
                TCPReset.setNumbers(
                    sequence: half.pointee.delivered, acknowledgement: connections.half(flow.back).pointee.next,
                    in: bytes)
            }
            return
        }
        guard let packet = try? IPv4Packet(UnsafeRawBufferPointer(bytes)),
            let segment = try? TCPSegment(packet.payload)
        else { return }
        let sequence = segment.sequence
        let end = sequence &+ segment.sequenceLength
        if segment.flags.contains(.syn) || !half.pointee.hasDelivered {
            half.pointee.delivered = end
            half.pointee.hasDelivered = true
        } else if !TCPSequence.isBefore(half.pointee.delivered, sequence),
            TCPSequence.isBefore(half.pointee.delivered, end)
        {
            half.pointee.delivered = end
        }
    }
}

/// A segment at its place in a connection.
struct TrackedSegment {
    var packet: IPv4Packet
    var segment: TCPSegment
    var flow: Flow
    /// The first sequence number that the link had not seen before this segment.
    var firstNew: UInt32
}
