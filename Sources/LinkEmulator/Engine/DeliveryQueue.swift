/// Packets that wait for their time. Those that leave a lane in the order they came, as with a constant delay, stand in
/// a linked list through their slots; the rest, as with jitter, in a 4-ary heap.
struct DeliveryQueue: ~Copyable {
    /// The packets that leave a port in the order they came.
    struct Lane: BitwiseCopyable {
        var head: Int32
        var tail: Int32
        var lastAt: Int64
    }

    /// A packet in the heap.
    struct Entry: BitwiseCopyable {
        var at: Int64
        var order: UInt64
        var slot: Int32
    }

    /// Of the arena, which outlives the queue.
    private let meta: UnsafeMutablePointer<PacketMeta>
    private let laneArray: FixedArray<Lane>
    private let heapArray: LazyArray<Entry>
    private var heapCount = 0
    private var nextOrder: UInt64 = 0
    /// Packets that wait.
    private(set) var count = 0

    /// - Parameter lanes: one for each port that packets leave by.
    init(arena: borrowing SlotArena, lanes count: Int) throws {
        meta = arena.meta
        laneArray = FixedArray(
            repeating: Lane(head: SlotArena.none, tail: SlotArena.none, lastAt: .min), count: count)
        heapArray = try LazyArray(count: arena.capacity)
    }

    private var lanes: UnsafeMutablePointer<Lane> { laneArray.base }
    private var heap: UnsafeMutablePointer<Entry> { heapArray.base }

    /// Adds a packet that is to leave by `lane` at `at`.
    @inline(__always)
    mutating func insert(_ slot: Int32, at: Int64, lane: Int) {
        let index = Int(slot)
        meta[index].deliverAt = at
        meta[index].order = nextOrder
        meta[index].next = SlotArena.none
        count &+= 1
        if lanes[lane].head == SlotArena.none {
            lanes[lane] = Lane(head: slot, tail: slot, lastAt: at)
        } else if at >= lanes[lane].lastAt {
            meta[Int(lanes[lane].tail)].next = slot
            lanes[lane].tail = slot
            lanes[lane].lastAt = at
        } else {
            push(Entry(at: at, order: nextOrder, slot: slot))
        }
        nextOrder &+= 1
    }

    /// When the next packet is to leave; `Int64.max` when none waits.
    @inline(__always)
    func earliest() -> Int64 {
        var at = heapCount > 0 ? heap[0].at : Int64.max
        for lane in 0..<laneArray.count where lanes[lane].head != SlotArena.none {
            at = min(at, meta[Int(lanes[lane].head)].deliverAt)
        }
        return at
    }

    /// Takes the next packet that is due; `SlotArena.none` when none is.
    @inline(__always)
    mutating func popDue(_ now: Int64) -> Int32 {
        var bestLane = -1
        var at = now
        var order = UInt64.max
        for lane in 0..<laneArray.count {
            let head = lanes[lane].head
            guard head != SlotArena.none else { continue }
            let item = meta[Int(head)]
            if item.deliverAt < at || (item.deliverAt == at && item.order < order) {
                (at, order, bestLane) = (item.deliverAt, item.order, lane)
            }
        }
        if heapCount > 0, heap[0].at < at || (heap[0].at == at && heap[0].order < order) {
            count &-= 1
            return popHeap()
        }
        guard bestLane >= 0 else { return SlotArena.none }
        let slot = lanes[bestLane].head
        lanes[bestLane].head = meta[Int(slot)].next
        count &-= 1
        return slot
    }

    @inline(__always)
    private func isBefore(_ a: Entry, _ b: Entry) -> Bool { a.at < b.at || (a.at == b.at && a.order < b.order) }

    private mutating func push(_ entry: Entry) {
        var index = heapCount
        heapCount &+= 1
        while index > 0 {
            let parent = (index - 1) >> 2
            guard isBefore(entry, heap[parent]) else { break }
            heap[index] = heap[parent]
            index = parent
        }
        heap[index] = entry
    }

    private mutating func popHeap() -> Int32 {
        let top = heap[0].slot
        heapCount &-= 1
        guard heapCount > 0 else { return top }
        let last = heap[heapCount]
        var index = 0
        while true {
            let first = index * 4 + 1
            guard first < heapCount else { break }
            var best = first
            var child = first + 1
            let end = min(first + 4, heapCount)
            while child < end {
                if isBefore(heap[child], heap[best]) { best = child }
                child &+= 1
            }
            guard isBefore(heap[best], last) else { break }
            heap[index] = heap[best]
            index = best
        }
        heap[index] = last
        return top
    }
}
