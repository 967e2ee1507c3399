import EvidenceModel
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
            paths.countIn(paths.other, bytes.count)
            if error == .wrongVersion, let first = bytes.first, first >> 4 == 6 {
                counters.ipv6 &+= 1
            } else {
                counters.malformed &+= 1
            }
            discard(slot, path: paths.other)
            return
        }
        arena.meta[Int(slot)].length = Int32(packet.bytes.count)
        let out = paths.port(of: packet.destination.value)
        let path = paths.path(from: port, to: out)
        let arrival = Arrival(slot: slot, path: path, index: paths.all[path].packetsIn, now: now)
        paths.countIn(path, packet.bytes.count)
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
        if path != paths.other, isCut(arrival) { return }
        if packet.isFragment {
            counters.fragments &+= 1
        } else if packet.protocolNumber != IPv4Packet.ProtocolNumber.tcp {
            counters.nonTCP &+= 1
        } else if tracksConnections, path != paths.other {
            follow(arrival, packet)
            return
        }
        impair(arrival, at: now)
    }

    /// Sends a packet through the impairments of its path, from the `first` active one on, into the delivery queue.
    ///
    /// - Parameters:
    ///   - copy: 0 for the packet itself; else the number of the copy or of the part, by which its draws differ.
    ///   - time: when it comes to the first impairment.
    mutating func impair(_ arrival: Arrival, from first: Int32 = 0, copy: UInt64 = 0, at time: Int64) {
        guard first < paths.all[arrival.path].activeCount else {
            enqueue(arrival.slot, at: time, arrival: arrival.now)
            return
        }
        let meta = arena.meta + Int(arrival.slot)
        var packet = PacketInTransit(
            arena.packet(arrival.slot), paths.all[arrival.path].place(arrival.index), copy: copy, arrival: arrival.now,
            time: time, hasPartialChecksum: meta.pointee.flags & PacketMeta.hasPartialChecksum != 0, recorder)
        var position = first
        var lastFault = UInt16.max
        while true {
            paths.impair(&packet, on: arrival.path, from: &position, &lastFault)
            if packet.isDropped {
                discard(arrival.slot, path: arrival.path)
                return
            }
            guard packet.wantsCopy else { break }
            packet.wantsCopy = false
            duplicate(arrival, from: position, copy: copy &+ 1, at: packet.time)
        }
        if !packet.hasPartialChecksum { meta.pointee.flags &= ~PacketMeta.hasPartialChecksum }
        enqueue(arrival.slot, at: packet.time, arrival: arrival.now)
    }

    private mutating func duplicate(_ arrival: Arrival, from position: Int32, copy: UInt64, at time: Int64) {
        var twin = arrival
        twin.slot = arena.take()
        paths.all[arrival.path].duplicated &+= 1
        guard twin.slot != SlotArena.none else {
            overflow(UnsafeRawBufferPointer(arena.packet(arrival.slot)), path: arrival.path, now: arrival.now)
            return
        }
        arena.meta[Int(twin.slot)] = arena.meta[Int(arrival.slot)]
        arena.buffer(twin.slot).copyMemory(from: UnsafeRawBufferPointer(arena.packet(arrival.slot)))
        impair(twin, from: position, copy: copy, at: time)
    }

    /// Puts a packet into the delivery queue.
    @inline(__always)
    mutating func enqueue(_ slot: Int32, at time: Int64, arrival: Int64) {
        if time > arrival { arena.meta[Int(slot)].flags |= PacketMeta.isHeld }
        let meta = arena.meta[Int(slot)]
        if meta.connection >= 0 {
            let half = connections.half(Flow(of: meta))
            if time > half.pointee.lastScheduled { half.pointee.lastScheduled = time }
        }
        queue.insert(slot, at: time, lane: Int(meta.outPort))
    }

    /// Counts a packet that came when every slot was taken.
    mutating func overflow(_ bytes: UnsafeRawBufferPointer, path: Int, now: Int64) {
        counters.overflow &+= 1
        paths.all[path].dropped &+= 1
        recorder.packet(
            Decision(.drop, fault: FaultRecord.link, .overflow), paths.all[path].lastPlace, bytes, now: now)
    }

    /// Counts a packet that was read only to be dropped, because every slot was taken.
    mutating func receiveWithoutSlot(_ bytes: UnsafeRawBufferPointer, from port: Int, now: Int64) {
        var path = paths.other
        if let packet = try? IPv4Packet(bytes) {
            path = paths.path(from: port, to: paths.port(of: packet.destination.value))
        }
        paths.countIn(path, bytes.count)
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
        var path = paths.other
        do throws(IPv4Packet.Flaw) {
            let packet = try IPv4Packet(bytes, allowsTruncation: true)
            path = paths.path(from: port, to: paths.port(of: packet.destination.value))
            counters.oversize &+= 1
        } catch {
            counters.malformed &+= 1
        }
        paths.countIn(path, bytes.count)
        paths.all[path].dropped &+= 1
    }

    /// Gives up a packet.
    @inline(__always)
    mutating func discard(_ slot: Int32, path: Int) {
        paths.all[path].dropped &+= 1
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
            paths.all[path].forwarded &+= 1
            paths.all[path].bytesForwarded &+= UInt64(meta.length)
        } else {
            counters.writeFailures &+= 1
            paths.all[path].dropped &+= 1
        }
        arena.give(slot)
    }
}
