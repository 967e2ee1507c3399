import CLinux
import Glibc
import PacketWire

/// Reads from devices that hand over packets longer than the MTU, and cuts these into packets of the MTU, each in a slot
/// of its own.
///
/// The kernel scatters what it copies: the first slot takes a whole packet of the MTU, every further slot the data
/// of one more, behind room for the headers that are written afterwards. So the data is not copied again, provided that
/// the headers are as long as those before; what is different goes by way of a buffer.
///
/// Pieces are as long as the link's MTU allows, whatever size the sender's kernel had in mind: so whoever sees the long
/// packet, as the captures do, knows the pieces.
struct OffloadReader: ~Copyable {
    private let mtu: Int
    /// Slots that the next packet is read into.
    private let spareArray: FixedArray<Int32>
    private var spareCount = 0
    private let capacity: Int
    /// The vector: the header, the spare slots, and a buffer behind them for what no rule allows.
    private let partArray: FixedArray<iovec>
    /// Reads that still use the long vector; a long packet sets it.
    private var longReads = 0
    /// Spare slots from this one on have no part of the vector yet.
    private var preparedCount = 0
    private let flat: LazyArray<UInt8>
    private let piece: LazyArray<UInt8>
    private let headerArray: LazyArray<UInt8>
    /// Length of the headers that room is left for.
    private var headerLength = 52
    private var nextGroup: UInt32 = 0

    /// So many reads after the last long packet still expect one.
    private static let longReadsAfterOne = 32

    /// Slots that the reader keeps for itself at most.
    static func slots(mtu: Int) -> Int { 65_536 / (mtu - 120) + 2 }

    init(mtu: Int) throws {
        self.mtu = mtu
        capacity = Self.slots(mtu: mtu)
        let flat = try LazyArray<UInt8>(count: 2 * 65_536)
        let piece = try LazyArray<UInt8>(count: 65_536)
        headerArray = try LazyArray(count: VirtioHeader.size)
        spareArray = FixedArray(repeating: SlotArena.none, count: capacity)
        partArray = FixedArray(repeating: iovec(), count: capacity + 2)
        self.flat = flat
        self.piece = piece
        parts[0] = iovec(iov_base: header, iov_len: VirtioHeader.size)
    }

    private var spare: UnsafeMutablePointer<Int32> { spareArray.base }
    private var parts: UnsafeMutablePointer<iovec> { partArray.base }
    private var header: UnsafeMutableRawPointer { headerArray.raw }

    /// Gives the slots back that wait for a packet.
    mutating func giveBack(_ arena: inout SlotArena) {
        for index in 0..<spareCount { arena.give(spare[index]) }
        spareCount = 0
        preparedCount = 0
    }

    /// Reads one packet and gives its pieces to the core.
    ///
    /// - Returns: how many pieces there were; 0 when nothing is there to read, or -errno.
    mutating func read(_ descriptor: Int32, port: Int, core: inout LinkCore) -> Int {
        while spareCount < capacity {
            let slot = core.arena.take()
            guard slot != SlotArena.none else { return readFlat(descriptor, port: port, core: &core) }
            spare[spareCount] = slot
            spareCount += 1
        }
        // Where packets are short, one buffer and a copy cost less than what the kernel makes of a vector.
        let isShort = longReads == 0
        let count: Int
        if isShort {
            count = Int(cl_read(descriptor, flat.raw, flat.count))
        } else {
            prepare(core.arena)
            count = Int(cl_readv(descriptor, parts, Int32(capacity + 2)))
        }
        guard count > VirtioHeader.size else { return count < 0 ? count : count == 0 ? -Int(EPIPE) : 1 }
        let virtio = VirtioHeader(reading: isShort ? UnsafeRawPointer(flat.raw) : UnsafeRawPointer(header))
        let length = count - VirtioHeader.size
        guard virtio.segmentation != 0 else {
            if isShort {
                core.arena.buffer(spare[0]).baseAddress?.copyMemory(
                    from: flat.raw + VirtioHeader.size, byteCount: min(length, mtu))
            } else {
                longReads -= 1
            }
            return receiveWhole(length, virtio, port: port, core: &core)
        }
        longReads = Self.longReadsAfterOne
        return receiveSegments(length, virtio, isShort: isShort, port: port, core: &core)
    }

    /// Cuts what the kernel left in one piece, where it can be cut in place, and by a copy elsewhere.
    ///
    /// - Returns: how many pieces there were.
    private mutating func receiveSegments(
        _ length: Int, _ virtio: VirtioHeader, isShort: Bool, port: Int, core: inout LinkCore
    ) -> Int {
        let first = isShort ? flat.raw + VirtioHeader.size : core.arena.buffer(spare[0]).baseAddress
        let headers = UnsafeRawBufferPointer(start: first, count: min(length, mtu))
        guard virtio.segmentation == VirtioHeader.tcpOverIPv4,
            let cut = TCPSegmentation(headers: headers, length: length, mtu: mtu)
        else {
            core.refuse(headers, from: port)
            return 1
        }
        guard !isShort, cut.headerLength == headerLength else {
            let start = gather(length, isShort: isShort)
            if cut.headerLength != headerLength {
                // Room for these headers from the next packet on.
                headerLength = cut.headerLength
                preparedCount = 0
            }
            cutFlat(start, cut, port: port, core: &core)
            return cut.count
        }
        let now = cl_monotonic_ns()
        let group = newGroup()
        // From the last to the first: the first holds the headers that the others are made from.
        for index in stride(from: cut.count - 1, through: 0, by: -1) {
            cut.writeHeaders(ofPiece: index, from: headers, to: core.arena.buffer(spare[index]))
        }
        for index in 0..<cut.count {
            let slot = spare[index]
            core.arena.meta[Int(slot)].noteArrival(
                length: cut.headerLength + cut.dataLength(ofPiece: index), group: group, piece: index,
                headerLength: cut.headerLength)
            core.receive(slot, from: port, now: now)
        }
        consume(cut.count)
        return cut.count
    }

    private mutating func newGroup() -> UInt32 {
        nextGroup &+= 1
        if nextGroup == 0 { nextGroup = 1 }
        return nextGroup
    }

    /// Points the vector at the spare slots.
    private mutating func prepare(_ arena: borrowing SlotArena) {
        guard preparedCount < capacity else { return }
        for index in preparedCount..<capacity {
            let base = arena.buffer(spare[index]).baseAddress
            parts[index + 1] =
                index == 0
                ? iovec(iov_base: base, iov_len: mtu)
                : iovec(iov_base: base.map { $0 + headerLength }, iov_len: mtu - headerLength)
        }
        parts[capacity + 1] = iovec(iov_base: flat.raw + 65_536, iov_len: 65_536)
        preparedCount = capacity
    }

    /// The first `count` spare slots are the core's now.
    private mutating func consume(_ count: Int) {
        // The last ones take their places, so that all others stay where the vector has them.
        let left = spareCount - count
        for index in 0..<min(count, left) { spare[index] = spare[spareCount - 1 - index] }
        spareCount = left
        preparedCount = 0
    }

    /// A packet that was not to be cut.
    private mutating func receiveWhole(
        _ length: Int, _ virtio: VirtioHeader, port: Int, core: inout LinkCore
    ) -> Int {
        let slot = spare[0]
        let bytes = UnsafeMutableRawBufferPointer(start: core.arena.buffer(slot).baseAddress, count: min(length, mtu))
        guard length <= mtu else {
            core.refuse(UnsafeRawBufferPointer(bytes), from: port)
            return 1
        }
        core.arena.meta[Int(slot)].noteArrival(length: length, group: 0, piece: 0, headerLength: 0)
        if virtio.flags & VirtioHeader.needsChecksum != 0 {
            if Self.isPlainTCP(bytes, virtio) {
                core.arena.meta[Int(slot)].flags = PacketMeta.hasPartialChecksum
            } else {
                virtio.completeChecksum(bytes)
            }
        }
        // One slot of many is used, so the vector needs one entry anew.
        spareCount -= 1
        let last = spare[spareCount]
        spare[0] = last
        parts[1] = iovec(iov_base: core.arena.buffer(last).baseAddress, iov_len: mtu)
        preparedCount = min(preparedCount, spareCount)
        core.receive(slot, from: port, now: cl_monotonic_ns())
        return 1
    }

    private static func isPlainTCP(_ bytes: UnsafeMutableRawBufferPointer, _ virtio: VirtioHeader) -> Bool {
        guard bytes.count >= 40, bytes[0] >> 4 == 4, bytes[9] == IPv4Packet.ProtocolNumber.tcp else { return false }
        return virtio.checksumStart == UInt16(bytes[0] & 0x0F) * 4 && virtio.checksumOffset == 16
    }

    /// Brings what was scattered together in one buffer; where it begins.
    private func gather(_ length: Int, isShort: Bool) -> UnsafeMutableRawPointer {
        if isShort { return flat.raw + VirtioHeader.size }
        var at = 0
        var index = 1
        while at < length {
            let part = parts[index]
            let count = min(part.iov_len, length - at)
            if let base = part.iov_base { (flat.raw + at).copyMemory(from: base, byteCount: count) }
            at += count
            index += 1
        }
        return flat.raw
    }

    /// Reads while slots are short.
    private mutating func readFlat(_ descriptor: Int32, port: Int, core: inout LinkCore) -> Int {
        let count = Int(cl_read(descriptor, flat.raw, flat.count))
        guard count > VirtioHeader.size else { return count < 0 ? count : count == 0 ? -Int(EPIPE) : 1 }
        let virtio = VirtioHeader(reading: flat.raw)
        let length = count - VirtioHeader.size
        let bytes = UnsafeMutableRawBufferPointer(start: flat.raw + VirtioHeader.size, count: length)
        if virtio.segmentation != 0 {
            guard
                virtio.segmentation == VirtioHeader.tcpOverIPv4,
                let cut = TCPSegmentation(headers: UnsafeRawBufferPointer(bytes), length: length, mtu: mtu)
            else {
                core.refuse(UnsafeRawBufferPointer(bytes), from: port)
                return 1
            }
            cutFlat(flat.raw + VirtioHeader.size, cut, port: port, core: &core)
            return cut.count
        }
        virtio.completeChecksum(bytes)
        core.receive(copying: UnsafeRawBufferPointer(bytes), flags: 0, from: port, now: cl_monotonic_ns())
        return 1
    }

    /// Cuts the packet in the buffer, copying each piece.
    private mutating func cutFlat(
        _ start: UnsafeMutableRawPointer, _ cut: TCPSegmentation, port: Int, core: inout LinkCore
    ) {
        let headers = UnsafeRawBufferPointer(start: start, count: cut.headerLength)
        let now = cl_monotonic_ns()
        for index in 0..<cut.count {
            let count = cut.dataLength(ofPiece: index)
            let output = UnsafeMutableRawBufferPointer(start: piece.raw, count: cut.headerLength + count)
            cut.writeHeaders(ofPiece: index, from: headers, to: output)
            (piece.raw + cut.headerLength).copyMemory(
                from: start + cut.headerLength + index * cut.segmentSize, byteCount: count)
            core.receive(
                copying: UnsafeRawBufferPointer(output), flags: PacketMeta.hasPartialChecksum, from: port, now: now)
        }
    }
}
