import PacketWire

extension LinkCore {
    /// One direction of a connection.
    @inline(__always)
    func half(_ connection: Int, up: Bool) -> UnsafeMutablePointer<HalfStream> {
        let entry = connections.entries + connection
        let offset = up ? MemoryLayout<Connection>.offset(of: \.up) : MemoryLayout<Connection>.offset(of: \.down)
        return (UnsafeMutableRawPointer(entry) + (offset ?? 0)).assumingMemoryBound(to: HalfStream.self)
    }

    /// Takes a TCP packet through its connection: messages, rules, resets; then through the impairments.
    mutating func follow(_ slot: Int32, _ packet: IPv4Packet, path: Int, index: UInt64, now: Int64) {
        let segment: TCPSegment
        do throws(TCPSegment.Flaw) {
            segment = try TCPSegment(packet.payload)
        } catch {
            counters.malformedTCP &+= 1
            impair(slot, path: path, index: index, from: 0, copy: 0, at: now, arrival: now)
            return
        }
        let isUp = paths[path].isClientToBroker
        let entry = connection(of: packet, segment, isUp: isUp, path: path, now: now)
        arena.meta[Int(slot)].connection = Int32(entry)
        if isUp { arena.meta[Int(slot)].flags |= PacketMeta.isClientToBroker }
        let half = self.half(entry, up: isUp)
        let flags = segment.flags
        if segment.flags.contains(.ack) {
            noteAcknowledgement(segment.acknowledgement, of: self.half(entry, up: !isUp))
        }
        if connectionFaultCount > 0,
            isRefusedOrLost(slot, segment, entry: entry, path: path, index: index, now: now)
        {
            return
        }
        if connections.entries[entry].state == .reset, !flags.contains(.syn) || flags.contains(.ack),
            !passesReset(entry, isUp: isUp, flags: flags)
        {
            refuse(slot, segment, entry: entry, path: path, index: index, now: now)
            return
        }
        noteControl(segment, half: half, entry: entry)
        let payload = segment.payload
        let firstNew = half.pointee.next
        var resetAfter: Int32 = -1
        if !payload.isEmpty, half.pointee.isSynchronised, !half.pointee.isOpaque {
            readNew(payload, sequence: segment.sequence, entry: entry, isUp: isUp, now: now)
        }
        if half.pointee.firstRule >= 0 {
            resetAfter = apply(
                slot, packet, segment, path: path, index: index, entry: entry, firstNew: firstNew, now: now)
        } else {
            impair(slot, path: path, index: index, from: 0, copy: 0, at: now, arrival: now)
        }
        if resetAfter >= 0 { reset(entry, by: rules.rules[Int(resetAfter)], isUp: isUp, now: now) }
    }

    /// The table entry of a packet's connection; a SYN begins it anew.
    private mutating func connection(
        of packet: IPv4Packet, _ segment: TCPSegment, isUp: Bool, path: Int, now: Int64
    ) -> Int {
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
            entry = connections.insert(key, node: paths[path].node)
            counters.connections &+= 1
            connections.entries[entry].createdAt = now
            if !isNew { markOpaque(entry) }
        } else if isNew, restarts(entry, segment) {
            forget(entry)
            let next = connections.entries[entry].nextEntry
            connections.entries[entry] = Connection(key: key, node: paths[path].node)
            connections.entries[entry].nextEntry = next
            connections.entries[entry].createdAt = now
            counters.connections &+= 1
        }
        connections.entries[entry].lastUsed = now
        return entry
    }

    /// Whether a SYN is a new connection and not the old one's, sent again.
    private func restarts(_ entry: Int, _ segment: TCPSegment) -> Bool {
        let up = half(entry, up: true)
        return !up.pointee.isSynchronised || connections.entries[entry].state != .open
            || segment.sequence &+ 1 != up.pointee.next
    }

    private mutating func markOpaque(_ entry: Int) {
        if !half(entry, up: true).pointee.isOpaque || !half(entry, up: false).pointee.isOpaque {
            countOpaque()
        }
        half(entry, up: true).pointee.isOpaque = true
        half(entry, up: false).pointee.isOpaque = true
    }

    /// Drops the rules of a connection.
    mutating func forget(_ entry: Int) {
        rules.remove(from: half(entry, up: true)) { _ in true }
        rules.remove(from: half(entry, up: false)) { _ in true }
        captures.end(entry, isUp: true)
        captures.end(entry, isUp: false)
    }

    /// What the receiver acknowledges, it has.
    private func noteAcknowledgement(_ number: UInt32, of half: UnsafeMutablePointer<HalfStream>) {
        if !half.pointee.hasDelivered || TCPSequence.isBefore(half.pointee.delivered, number) {
            half.pointee.delivered = number
            half.pointee.hasDelivered = true
        }
    }

    /// SYN, FIN and RST.
    private mutating func noteControl(_ segment: TCPSegment, half: UnsafeMutablePointer<HalfStream>, entry: Int) {
        let flags = segment.flags
        if flags.contains(.syn), !half.pointee.isSynchronised {
            half.pointee.isSynchronised = true
            half.pointee.next = segment.sequence &+ 1
        }
        if flags.contains(.fin) { connections.entries[entry].finsSeen |= half == self.half(entry, up: true) ? 1 : 2 }
        if flags.contains(.rst), connections.entries[entry].state == .open {
            connections.entries[entry].state = .closed
            forget(entry)
        }
    }

    /// Notes what a leaving packet brings to its receiver, and completes a reset that was made by the link.
    mutating func noteDelivery(_ slot: Int32, _ meta: PacketMeta) {
        let half = self.half(Int(meta.connection), up: meta.flags & PacketMeta.isClientToBroker != 0)
        let bytes = arena.packet(slot)
        if meta.flags & PacketMeta.isReset != 0 {
            let other = self.half(Int(meta.connection), up: meta.flags & PacketMeta.isClientToBroker == 0)
            if half.pointee.hasDelivered {
                TCPReset.setNumbers(
                    sequence: half.pointee.delivered, acknowledgement: other.pointee.next, in: bytes)
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
