import PacketWire

/// A broker node that is cut off until a time.
struct NodeCut: BitwiseCopyable {
    var until: Int64
    var fault: UInt16
}

extension LinkCore {
    /// Cuts off the node of a message's connection.
    mutating func cut(
        _ entry: Int, fault: UInt16, until: Int64, _ message: SeenMessage, _ isUp: Bool, _ now: Int64
    ) {
        let node = Int(connections.entries[entry].node)
        if until > cuts[node].until { cuts[node] = NodeCut(until: until, fault: fault) }
        noteAction(.partition, fault, entry, message, isUp, now, delayNs: until - now)
    }

    /// Starts the phase of a fault that a message triggers; once more while it lasts makes it last longer.
    mutating func startPhase(_ fault: Int, _ entry: Int, _ message: SeenMessage, _ isUp: Bool, _ now: Int64) {
        noteAction(.phase, UInt16(fault), entry, message, isUp, now, delayNs: phases[fault].length)
        phases[fault].nextEnd = now + phases[fault].length
        if !phases[fault].isActive { beginPhase(fault, now) }
        nextPhaseChange = min(nextPhaseChange, phases[fault].nextEnd)
    }

    /// Loses a packet to or from a node that is cut off; false when it is not.
    mutating func isCut(_ slot: Int32, path: Int, index: UInt64, now: Int64) -> Bool {
        let cut = cuts[Int(paths[path].node)]
        guard now < cut.until else { return false }
        lose(slot, path: path, index: index, fault: cut.fault, reason: reasonPartition, now: now)
        return true
    }

    /// Loses a packet for a reason that is no impairment's.
    mutating func lose(
        _ slot: Int32, path: Int, index: UInt64, fault: UInt16, reason: UInt16, now: Int64, fate: FateCode = .drop
    ) {
        var record = FaultRecord()
        record.timeUs = (now &+ epochOffsetNs) / 1000
        record.fate = fate.rawValue
        record.fault = fault
        record.reason = reason
        record.node = paths[path].node
        record.isClientToBroker = paths[path].isClientToBroker
        record.packetIndex = index
        record.describe(UnsafeRawBufferPointer(arena.packet(slot)))
        ring.pointee.write(record)
        discard(slot, path: path)
    }

    /// Tells the other side of the fault log's thread that a message triggered a fault.
    func noteTrigger(fault: UInt16, _ message: SeenMessage, _ now: Int64) {
        var record = FaultRecord()
        record.kind = FaultRecord.Kind.triggered.rawValue
        record.timeUs = (now &+ epochOffsetNs) / 1000
        record.fault = fault
        record.node = message.node
        record.name(message)
        ring.pointee.write(record)
    }

    private func noteAction(
        _ fate: FateCode, _ fault: UInt16, _ entry: Int, _ message: SeenMessage, _ isUp: Bool, _ now: Int64,
        delayNs: Int64
    ) {
        let key = connections.entries[entry].key
        var record = FaultRecord()
        record.timeUs = (now &+ epochOffsetNs) / 1000
        record.fate = fate.rawValue
        record.fault = fault
        record.reason = reasonMessage
        record.node = connections.entries[entry].node
        record.isClientToBroker = isUp
        record.packetIndex = pathIndex(entry, up: isUp).map { paths[$0].packetsIn &- 1 } ?? 0
        record.hasDelay = true
        record.delayUs = delayNs / 1000
        record.isTCP = true
        record.source = isUp ? key.client : key.server
        record.destination = isUp ? key.server : key.client
        record.sourcePort = isUp ? key.clientPort : key.serverPort
        record.destinationPort = isUp ? key.serverPort : key.clientPort
        record.name(message)
        ring.pointee.write(record)
    }
}
