import PacketWire

extension LinkCore {
    /// Takes in the packet of a slot that came by `port`. The slot is the core's from here on.
    mutating func receive(_ slot: Int32, from port: Int, now: Int64) {
        let bytes = UnsafeRawBufferPointer(arena.packet(slot))
        arena.meta[Int(slot)].connection = -1
        let packet: IPv4Packet
        do throws(IPv4Packet.Flaw) {
            packet = try IPv4Packet(bytes)
        } catch {
            countIn(otherPath, bytes.count)
            if error == .wrongVersion, let first = bytes.first, first >> 4 == 6 {
                counters.ipv6 &+= 1
            } else {
                counters.malformed &+= 1
            }
            discard(slot, path: otherPath)
            return
        }
        arena.meta[Int(slot)].length = Int32(packet.bytes.count)
        let out = self.port(of: packet.destination.value)
        let path = self.path(from: port, to: out)
        let index = paths[path].packetsIn
        countIn(path, packet.bytes.count)
        guard out >= 0, out != port else {
            counters.unroutable &+= 1
            discard(slot, path: path)
            return
        }
        guard packet.bytes.count <= mtu else {
            counters.oversize &+= 1
            discard(slot, path: path)
            return
        }
        arena.meta[Int(slot)].outPort = UInt16(out)
        arena.meta[Int(slot)].path = UInt16(path)
        if path != otherPath, isCut(slot, path: path, index: index, now: now) { return }
        if packet.isFragment {
            counters.fragments &+= 1
        } else if packet.protocolNumber != IPv4Packet.ProtocolNumber.tcp {
            counters.nonTCP &+= 1
        } else if tracksConnections, path != otherPath {
            follow(slot, packet, path: path, index: index, now: now)
            return
        }
        impair(slot, path: path, index: index, from: 0, copy: 0, at: now, arrival: now)
    }

    /// Sends a packet through the impairments of its path, from the `first` active one on, into the delivery queue.
    mutating func impair(
        _ slot: Int32, path: Int, index: UInt64, from first: Int32, copy: UInt64, at time: Int64, arrival: Int64
    ) {
        let base = Int(paths[path].firstPlaced)
        let count = paths[path].activeCount
        let meta = arena.meta + Int(slot)
        guard first < count else {
            enqueue(slot, at: time, arrival: arrival)
            return
        }
        var packet = PacketInTransit(
            bytes: arena.packet(slot), arrival: arrival, index: index, copy: copy, time: time,
            node: paths[path].node, isClientToBroker: paths[path].isClientToBroker, epochOffsetNs: epochOffsetNs,
            log: UnsafePointer(ring))
        packet.hasPartialChecksum = meta.pointee.flags & PacketMeta.hasPartialChecksum != 0
        var position = first
        var lastFault = UInt16.max
        while position < count {
            let at = Int(active[base + Int(position)])
            let place = placed[at]
            if place.fault != lastFault {
                packet.overtakes = false
                lastFault = place.fault
            }
            packet.fault = place.fault
            packet.reason = place.reason
            packet.stream = place.stream
            packet.phaseStart = place.phaseStart
            impairments[at].apply(to: &packet)
            position &+= 1
            if packet.isDropped {
                discard(slot, path: path)
                return
            }
            if packet.wantsCopy {
                packet.wantsCopy = false
                duplicate(
                    slot, path: path, index: index, from: position, copy: copy &+ 1, at: packet.time, arrival: arrival)
            }
        }
        if !packet.hasPartialChecksum { meta.pointee.flags &= ~PacketMeta.hasPartialChecksum }
        enqueue(slot, at: packet.time, arrival: arrival)
    }

    private mutating func duplicate(
        _ slot: Int32, path: Int, index: UInt64, from position: Int32, copy: UInt64, at time: Int64, arrival: Int64
    ) {
        let twin = arena.take()
        paths[path].duplicated &+= 1
        guard twin != SlotArena.none else {
            overflow(UnsafeRawBufferPointer(arena.packet(slot)), path: path, now: arrival)
            return
        }
        let meta = arena.meta[Int(slot)]
        arena.meta[Int(twin)] = meta
        arena.buffer(twin).copyMemory(from: UnsafeRawBufferPointer(arena.packet(slot)))
        impair(twin, path: path, index: index, from: position, copy: copy, at: time, arrival: arrival)
    }

    /// Puts a packet into the delivery queue.
    @inline(__always)
    mutating func enqueue(_ slot: Int32, at time: Int64, arrival: Int64) {
        if time > arrival { arena.meta[Int(slot)].flags |= PacketMeta.isHeld }
        let meta = arena.meta[Int(slot)]
        if meta.connection >= 0 {
            let half = self.half(Int(meta.connection), up: meta.flags & PacketMeta.isClientToBroker != 0)
            if time > half.pointee.lastScheduled { half.pointee.lastScheduled = time }
        }
        queue.insert(slot, at: time, lane: Int(meta.outPort))
    }

    /// Counts a packet that came when every slot was taken.
    mutating func overflow(_ bytes: UnsafeRawBufferPointer, path: Int, now: Int64) {
        counters.overflow &+= 1
        paths[path].dropped &+= 1
        var record = FaultRecord()
        record.timeUs = (now &+ epochOffsetNs) / 1000
        record.fate = FateCode.drop.rawValue
        record.fault = FaultRecord.link
        record.reason = reasonOverflow
        record.node = paths[path].node
        record.isClientToBroker = paths[path].isClientToBroker
        record.packetIndex = paths[path].packetsIn &- 1
        record.describe(bytes)
        ring.pointee.write(record)
    }

    /// Counts a packet that was read only to be dropped, because every slot was taken.
    mutating func receiveWithoutSlot(_ bytes: UnsafeRawBufferPointer, from port: Int, now: Int64) {
        var path = otherPath
        if let packet = try? IPv4Packet(bytes) {
            path = self.path(from: port, to: self.port(of: packet.destination.value))
        }
        countIn(path, bytes.count)
        overflow(bytes, path: path, now: now)
    }

    /// Takes in a packet that lies elsewhere: copies it into a slot, or counts it when every slot is taken.
    mutating func receive(copying bytes: UnsafeRawBufferPointer, flags: UInt16, from port: Int, now: Int64) {
        guard bytes.count <= arena.slotSize else {
            refuse(bytes, from: port)
            return
        }
        let slot = arena.take()
        guard slot != SlotArena.none else {
            receiveWithoutSlot(bytes, from: port, now: now)
            return
        }
        arena.buffer(slot).copyMemory(from: bytes)
        arena.meta[Int(slot)].noteArrival(length: bytes.count, group: 0, piece: 0, headerLength: 0)
        arena.meta[Int(slot)].flags = flags
        receive(slot, from: port, now: now)
    }

    /// Counts a packet that is longer than any that may pass, of which only the first bytes are at hand.
    mutating func refuse(_ bytes: UnsafeRawBufferPointer, from port: Int) {
        var path = otherPath
        do throws(IPv4Packet.Flaw) {
            let packet = try IPv4Packet(bytes, allowsTruncation: true)
            path = self.path(from: port, to: self.port(of: packet.destination.value))
            counters.oversize &+= 1
        } catch {
            counters.malformed &+= 1
        }
        countIn(path, bytes.count)
        paths[path].dropped &+= 1
    }

    /// Gives up a packet.
    @inline(__always)
    mutating func discard(_ slot: Int32, path: Int) {
        paths[path].dropped &+= 1
        arena.give(slot)
    }

    /// Called when a packet leaves by its device: fills in what is known only now, and counts it.
    @inline(__always)
    mutating func willTransmit(_ slot: Int32) {
        let meta = arena.meta[Int(slot)]
        if meta.connection >= 0 { noteDelivery(slot, meta) }
    }

    /// Called after the write; gives the slot back.
    @inline(__always)
    mutating func didTransmit(_ slot: Int32, accepted: Bool) {
        let meta = arena.meta[Int(slot)]
        let path = Int(meta.path)
        if accepted {
            paths[path].forwarded &+= 1
            paths[path].bytesForwarded &+= UInt64(meta.length)
        } else {
            counters.writeFailures &+= 1
            paths[path].dropped &+= 1
        }
        arena.give(slot)
    }

    @inline(__always)
    private func countIn(_ path: Int, _ bytes: Int) {
        paths[path].packetsIn &+= 1
        paths[path].bytesIn &+= UInt64(bytes)
    }

    @inline(__always)
    private func port(of address: UInt32) -> Int {
        for index in 0..<portCount where ports[index].address == address { return index }
        return -1
    }

    @inline(__always)
    private func path(from port: Int, to out: Int) -> Int {
        if port == 0 { return out > 0 ? (out - 1) * 2 : otherPath }
        return out == 0 ? (port - 1) * 2 + 1 : otherPath
    }
}
