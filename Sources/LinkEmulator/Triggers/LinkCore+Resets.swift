import PacketWire

extension LinkCore {
    /// Resets a connection because of a message.
    mutating func reset(_ entry: Int, by rule: MessageRule, isUp: Bool, now: Int64) {
        reset(
            entry, fault: Int(rule.fault), sides: rule.resetSides, isHalfOpen: rule.isHalfOpen, reason: reasonMessage,
            isUp: isUp, now: now
        ) {
            $0.name(rule.message)
        }
    }

    /// Resets every open connection that a fault's node and phase concern.
    mutating func resetAll(fault: Int, actions: FaultActions, now: Int64) {
        for entry in 0..<connections.count {
            guard connections.entries[entry].state == .open,
                faultNodes[fault] == 0 || faultNodes[fault] == connections.entries[entry].node
            else { continue }
            reset(
                entry, fault: fault, sides: actions.reset, isHalfOpen: actions.isHalfOpen, reason: reasonTimeline,
                isUp: true, now: now
            ) { _ in }
        }
    }

    /// Sends resets to the ends that are to get one, behind the packets on their way there, and lets nothing more pass.
    private mutating func reset(
        _ entry: Int, fault: Int, sides: ResetSides, isHalfOpen: Bool, reason: UInt16, isUp: Bool, now: Int64,
        name: (inout FaultRecord) -> Void
    ) {
        guard connections.entries[entry].state == .open else { return }
        connections.entries[entry].state = .reset
        connections.entries[entry].resetSides = sides
        connections.entries[entry].resetFault = UInt16(fault)
        connections.entries[entry].isHalfOpen = isHalfOpen
        forget(entry)
        counters.resets &+= 1
        let key = connections.entries[entry].key
        var record = FaultRecord()
        record.timeUs = (now &+ epochOffsetNs) / 1000
        record.fate = (isHalfOpen ? FateCode.halfOpen : .reset).rawValue
        record.fault = UInt16(fault)
        record.reason = reason
        record.node = connections.entries[entry].node
        record.isClientToBroker = isUp
        record.packetIndex = pathIndex(entry, up: isUp).map { paths[$0].packetsIn &- 1 } ?? 0
        record.lengthBytes = Int32(TCPReset.length)
        record.isTCP = true
        record.source = isUp ? key.client : key.server
        record.destination = isUp ? key.server : key.client
        record.sourcePort = isUp ? key.clientPort : key.serverPort
        record.destinationPort = isUp ? key.serverPort : key.clientPort
        record.sequence = half(entry, up: isUp).pointee.delivered
        name(&record)
        ring.pointee.write(record)
        if sides.includesClient { sendReset(entry, up: false, numbers: nil, now: now) }
        if sides.includesBroker { sendReset(entry, up: true, numbers: nil, now: now) }
    }

    /// Sends one reset in a direction, behind the packets that the link holds for it.
    ///
    /// - Parameter numbers: sequence and acknowledgement; nil: filled in when it leaves, from what was delivered.
    mutating func sendReset(_ entry: Int, up: Bool, numbers: (UInt32, UInt32?)?, now: Int64) {
        guard let path = pathIndex(entry, up: up) else { return }
        paths[path].made &+= 1
        let slot = arena.take()
        guard slot != SlotArena.none else {
            counters.overflow &+= 1
            paths[path].dropped &+= 1
            return
        }
        let key = connections.entries[entry].key
        let half = self.half(entry, up: up)
        let other = self.half(entry, up: !up)
        TCPReset.write(
            into: arena.buffer(slot), source: IPv4Address(up ? key.client : key.server),
            sourcePort: up ? key.clientPort : key.serverPort, destination: IPv4Address(up ? key.server : key.client),
            destinationPort: up ? key.serverPort : key.clientPort, sequence: numbers?.0 ?? half.pointee.delivered,
            acknowledgement: numbers == nil ? other.pointee.next : numbers?.1)
        arena.meta[Int(slot)].length = Int32(TCPReset.length)
        arena.meta[Int(slot)].connection = numbers == nil ? Int32(entry) : -1
        arena.meta[Int(slot)].outPort = up ? UInt16(path / 2 + 1) : 0
        arena.meta[Int(slot)].path = UInt16(path)
        arena.meta[Int(slot)].flags = PacketMeta.isReset | (up ? PacketMeta.isClientToBroker : 0)
        queue.insert(slot, at: max(now, half.pointee.lastScheduled), lane: Int(arena.meta[Int(slot)].outPort))
    }

    /// Whether a packet passes although its connection was reset: after a reset to one end alone, the other end's
    /// packets reach the end that was reset, whose answer tells it, and resets of the end that was reset pass too.
    /// A half-open connection lets nothing pass.
    func passesReset(_ entry: Int, isUp: Bool, flags: TCPSegment.Flags) -> Bool {
        let connection = connections.entries[entry]
        if connection.isHalfOpen { return false }
        let senderWasReset = isUp ? connection.resetSides.includesClient : connection.resetSides.includesBroker
        return connection.resetSides != .both && (!senderWasReset || flags.contains(.rst))
    }

    /// Swallows a packet of a connection that was reset, and answers it as a host without that connection would
    /// (RFC 9293, section 3.10.7.1): so a reset that came too early for its receiver is not the last.
    mutating func refuse(
        _ slot: Int32, _ segment: TCPSegment, entry: Int, path: Int, index: UInt64, now: Int64
    ) {
        let isUp = paths[path].isClientToBroker
        var record = FaultRecord()
        record.timeUs = (now &+ epochOffsetNs) / 1000
        record.fate = FateCode.drop.rawValue
        record.fault = connections.entries[entry].resetFault
        record.reason = reasonReset
        record.node = paths[path].node
        record.isClientToBroker = isUp
        record.packetIndex = index
        record.describe(UnsafeRawBufferPointer(arena.packet(slot)))
        ring.pointee.write(record)
        let flags = segment.flags
        let sides = connections.entries[entry].resetSides
        if !flags.contains(.rst), isUp ? sides.includesClient : sides.includesBroker {
            let numbers: (UInt32, UInt32?) =
                flags.contains(.ack)
                ? (segment.acknowledgement, nil) : (0, segment.sequence &+ segment.sequenceLength)
            sendReset(entry, up: !isUp, numbers: numbers, now: now)
        }
        discard(slot, path: path)
    }

    /// The path of a connection in one direction.
    func pathIndex(_ entry: Int, up: Bool) -> Int? {
        let node = connections.entries[entry].node
        for port in 1..<portCount where ports[port].node == node { return (port - 1) * 2 + (up ? 0 : 1) }
        return nil
    }
}

extension FaultRecord {
    /// Names the Kafka message.
    mutating func name(_ seen: SeenMessage) {
        message = seen.isRequest ? 1 : 2
        apiKey = seen.apiKey
        correlationID = seen.correlationID
    }
}
