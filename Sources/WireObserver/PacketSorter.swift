import PacketWire

/// Puts packets in order of time within a window, in bounded memory: two queues of a device or the two ports of a tap write
/// packets out of order, with right times (what `reordercap` is for).
struct PacketSorter {
    /// How far behind a later packet a packet may stand and still find its place.
    static let windowNs: Int64 = 1_000_000_000
    private static let mostBytes = 16 << 20

    private struct Held {
        var timeNs: Int64
        var order: Int
        var bytes: [UInt8]
        var originalLength: Int
        var linkType: LinkType
        var interface: Int

        func isBefore(_ other: Held) -> Bool { (timeNs, order) < (other.timeNs, other.order) }
    }

    /// Packets that stood behind later ones.
    private(set) var displaced = 0
    /// How far at most.
    private(set) var farthestNs: Int64 = 0
    /// Packets that came too late for their place, and were taken as they came.
    private(set) var late = 0
    private var heap: [Held] = []
    private var heldBytes = 0
    private var newestNs: Int64 = .min
    private var emittedNs: Int64 = .min
    private var count = 0

    /// Takes the next packet of the file and passes on what nothing can come before any more.
    mutating func add(_ packet: CapturedPacket, _ body: (CapturedPacket) -> Void) {
        if packet.timeNs < newestNs {
            displaced += 1
            farthestNs = max(farthestNs, newestNs - packet.timeNs)
        }
        newestNs = max(newestNs, packet.timeNs)
        if packet.timeNs < emittedNs {
            late += 1
            body(packet)
            return
        }
        push(
            Held(
                timeNs: packet.timeNs, order: count, bytes: Array(packet.bytes), originalLength: packet.originalLength,
                linkType: packet.linkType, interface: packet.interface))
        count += 1
        while let first = heap.first, first.timeNs < newestNs - Self.windowNs || heldBytes > Self.mostBytes {
            emit(body)
        }
    }

    /// The file is over.
    mutating func finish(_ body: (CapturedPacket) -> Void) {
        while !heap.isEmpty { emit(body) }
    }

    private mutating func emit(_ body: (CapturedPacket) -> Void) {
        let held = pop()
        emittedNs = held.timeNs
        held.bytes.withUnsafeBytes {
            var packet = CapturedPacket(
                timeNs: held.timeNs, bytes: $0, originalLength: held.originalLength, linkType: held.linkType)
            packet.interface = held.interface
            body(packet)
        }
    }

    private mutating func push(_ held: Held) {
        heldBytes += held.bytes.count + 96
        heap.append(held)
        var child = heap.count - 1
        while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func pop() -> Held {
        heap.swapAt(0, heap.count - 1)
        let first = heap.removeLast()
        heldBytes -= first.bytes.count + 96
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].isBefore(heap[least]) { least = child }
            if least == parent { return first }
            heap.swapAt(least, parent)
            parent = least
        }
    }
}
