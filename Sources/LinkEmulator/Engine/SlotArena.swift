/// Packet buffers of one size. The free list is last in, first out, so that the warm ones are used again and the
/// memory of a quiet link stays untouched.
struct SlotArena: ~Copyable {
    /// Index of no slot.
    static let none: Int32 = -1

    let slotSize: Int
    let capacity: Int
    private let memory: LazyArray<UInt8>
    private let known: LazyArray<PacketMeta>
    private var freeHead = SlotArena.none
    private var fresh: Int32 = 0
    /// Slots that hold a packet now.
    private(set) var used = 0
    /// The most slots that held a packet at once.
    private(set) var peak = 0

    /// - Parameter slotSize: bytes of one packet; rounded up to a multiple of 64.
    init(slotSize: Int, capacity: Int) throws {
        self.slotSize = (slotSize + 63) / 64 * 64
        self.capacity = capacity
        let memory = try LazyArray<UInt8>(count: self.slotSize * capacity)
        known = try LazyArray(count: capacity)
        self.memory = memory
    }

    /// What is known of the packet in each slot.
    var meta: UnsafeMutablePointer<PacketMeta> { known.base }

    /// Takes a slot; `none` when all are in use.
    @inline(__always)
    mutating func take() -> Int32 {
        let slot: Int32
        if freeHead != Self.none {
            slot = freeHead
            freeHead = meta[Int(slot)].next
        } else if Int(fresh) < capacity {
            slot = fresh
            fresh &+= 1
        } else {
            return Self.none
        }
        used &+= 1
        if used > peak { peak = used }
        return slot
    }

    /// Gives a slot back.
    @inline(__always)
    mutating func give(_ slot: Int32) {
        meta[Int(slot)].next = freeHead
        freeHead = slot
        used &-= 1
    }

    /// The whole buffer of a slot.
    @inline(__always)
    func buffer(_ slot: Int32) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: memory.raw + Int(slot) * slotSize, count: slotSize)
    }

    /// The packet in a slot.
    @inline(__always)
    func packet(_ slot: Int32) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(
            start: memory.raw + Int(slot) * slotSize, count: Int(meta[Int(slot)].length))
    }
}

/// What the link knows of a packet that it holds.
struct PacketMeta: BitwiseCopyable {
    /// When it is to leave, monotonic nanoseconds.
    var deliverAt: Int64
    /// Arrival order, which breaks ties of `deliverAt`.
    var order: UInt64
    /// Next slot of the free list or of the lane.
    var next: Int32
    /// Length of the packet in bytes.
    var length: Int32
    /// Connection that the packet belongs to, -1 where it is not tracked.
    var connection: Int32
    /// Port it leaves by.
    var outPort: UInt16
    /// Path that it is counted on.
    var path: UInt16
    /// `PacketMeta.…` bits.
    var flags: UInt16
    /// The long packet that it is a piece of; 0 for none.
    var group: UInt32
    /// Which piece, from 0.
    var piece: UInt16
    /// Bytes of the headers of a piece.
    var headerLength: UInt16

    /// A reset made by the link: its sequence number is filled in when it leaves.
    static let isReset: UInt16 = 1
    /// Goes from the client to a broker (else the other way).
    static let isClientToBroker: UInt16 = 2
    /// The TCP checksum is only begun (virtio NEEDS_CSUM): the receiving kernel trusts it.
    static let hasPartialChecksum: UInt16 = 4
    /// It waited in the delivery queue, so its lateness counts.
    static let isHeld: UInt16 = 8

    /// Of no packet.
    init() {
        deliverAt = 0
        order = 0
        next = SlotArena.none
        length = 0
        connection = -1
        outPort = 0
        path = 0
        flags = 0
        group = 0
        piece = 0
        headerLength = 0
    }

    /// Begins anew for a packet that was just read; `group` 0: it is no piece of another.
    @inline(__always)
    mutating func noteArrival(length: Int, group: UInt32, piece: Int, headerLength: Int) {
        self.length = Int32(length)
        self.group = group
        self.piece = UInt16(truncatingIfNeeded: piece)
        self.headerLength = UInt16(truncatingIfNeeded: headerLength)
        flags = group == 0 ? 0 : Self.hasPartialChecksum
    }
}
