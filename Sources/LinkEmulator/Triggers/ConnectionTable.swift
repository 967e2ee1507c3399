import PacketWire

/// Names a TCP connection through the link: the client is the end behind port 0.
struct ConnectionKey: BitwiseCopyable, Equatable {
    var client: UInt32
    var server: UInt32
    var clientPort: UInt16
    var serverPort: UInt16

    @inline(__always)
    var hash: UInt64 {
        RandomStream.mix(UInt64(client) << 32 | UInt64(server))
            ^ RandomStream.mix(UInt64(clientPort) << 16 | UInt64(serverPort))
    }
}

/// One direction of a connection.
struct HalfStream: BitwiseCopyable {
    /// True once `next` is known.
    var isSynchronised = false
    /// True when its messages cannot be followed any more.
    var isOpaque = false
    /// Sequence number of the next byte that was not seen yet, as it comes into the link.
    var next: UInt32 = 0
    /// Sequence number of the next byte that the receiver waits for, as far as is known.
    var delivered: UInt32 = 0
    /// True once `delivered` is known.
    var hasDelivered = false
    /// When the last packet that the link holds in this direction is to leave.
    var lastScheduled: Int64 = 0
    /// First message rule of this direction, -1 for none.
    var firstRule: Int32 = -1
    var frame = FrameCursor()
}

/// One direction of one connection.
struct Flow: BitwiseCopyable {
    /// Entry of the connection.
    var entry: Int
    /// From the client to the broker.
    var isUp: Bool

    init(_ entry: Int, isUp: Bool) {
        self.entry = entry
        self.isUp = isUp
    }

    /// The flow of a packet that belongs to a connection.
    @inline(__always)
    init(of meta: PacketMeta) {
        self.init(Int(meta.connection), isUp: meta.flags & PacketMeta.isClientToBroker != 0)
    }

    /// The other direction.
    var back: Flow { Flow(entry, isUp: !isUp) }
}

/// A TCP connection through the link.
struct Connection: BitwiseCopyable {
    /// Where it stands.
    enum State: UInt8 {
        /// Packets pass.
        case open
        /// The link has reset it: packets of the ends that were reset are answered with another reset.
        case reset
        /// Both ends are done, or one has reset it: the entry may be used again.
        case closed
    }

    var key: ConnectionKey
    var node: UInt16
    var state = State.open
    /// Ends that a `reset` was sent to.
    var resetSides = ResetSides.none
    /// The fault that reset it.
    var resetFault: UInt16 = 0
    /// The end that was not reset is never told.
    var isHalfOpen = false
    /// When its first packet came.
    var createdAt: Int64 = 0
    var finsSeen: UInt8 = 0
    var lastUsed: Int64 = 0
    /// How long it had been without a packet when the last one came, nanoseconds.
    var idleNs: Int64 = 0
    /// The fault that forgot it, as a NAT does; `UInt16.max` for none.
    var forgottenBy = UInt16.max
    /// Next entry of the same hash bucket, or of the free list.
    var nextEntry: Int32 = -1
    /// Ring of requests that wait for their response: oldest, and how many.
    var firstPending: UInt32 = 0
    var pendingCount: UInt32 = 0
    var up = HalfStream()
    var down = HalfStream()

    init(key: ConnectionKey, node: UInt16) {
        self.key = key
        self.node = node
    }
}

/// A request that was seen and not yet answered.
struct PendingRequest: BitwiseCopyable {
    var correlationID: Int32
    var apiKey: Int16
    var apiVersion: Int16
    /// Triggers on its response whose conditions on this request hold, by ``MessageTrigger/requestBit``.
    var matches: UInt64 = 0
}

/// The connections through the link, in memory of a fixed size: a new one takes the place of one that is done, or of
/// the one that was quiet for the longest time.
struct ConnectionTable: ~Copyable {
    static let capacity = 4096
    /// Requests that one connection may have waiting; the oldest is forgotten beyond it.
    static let pendingCapacity: UInt32 = 4096
    private static let bucketCount = 8192

    private let entryArray: LazyArray<Connection>
    /// First entry of each bucket, plus 1, so that zeroed memory is an empty table.
    private let bucketArray: LazyArray<Int32>
    private let pendingArray: LazyArray<PendingRequest>
    /// Entries ever used; those below it hold a connection.
    private(set) var count = 0
    private var clockHand = 0
    private var reapHand = 0
    /// The entry that was taken out last; -1 for none.
    private var freed = -1

    init() throws {
        let entries = try LazyArray<Connection>(count: Self.capacity)
        let buckets = try LazyArray<Int32>(count: Self.bucketCount)
        pendingArray = try LazyArray(count: Self.capacity * Int(Self.pendingCapacity))
        entryArray = entries
        bucketArray = buckets
    }

    /// The connections, by their entries.
    var entries: UnsafeMutablePointer<Connection> { entryArray.base }
    private var buckets: UnsafeMutablePointer<Int32> { bucketArray.base }
    private var pending: UnsafeMutablePointer<PendingRequest> { pendingArray.base }

    /// What is known of one direction of a connection.
    @inline(__always)
    func half(_ flow: Flow) -> UnsafeMutablePointer<HalfStream> {
        let entry = entries + flow.entry
        let offset = flow.isUp ? MemoryLayout<Connection>.offset(of: \.up) : MemoryLayout<Connection>.offset(of: \.down)
        return (UnsafeMutableRawPointer(entry) + (offset ?? 0)).assumingMemoryBound(to: HalfStream.self)
    }

    /// The entry of a connection; -1 when it is not known.
    @inline(__always)
    func find(_ key: ConnectionKey) -> Int {
        var at = buckets[Int(key.hash % UInt64(Self.bucketCount))] - 1
        while at >= 0 {
            if entries[Int(at)].key == key { return Int(at) }
            at = entries[Int(at)].nextEntry
        }
        return -1
    }

    /// A connection that ended so long ago may be forgotten: nothing of it is on its way any more.
    static let forgetAfterNs: Int64 = 30_000_000_000

    /// The connection whose place the next one takes: one that ended some time ago, or any when the table is full; nil
    /// while there is room. Its rules are the caller's to drop.
    mutating func chooseVictim(_ now: Int64) -> Int? {
        guard freed < 0 else { return nil }
        for _ in 0..<min(count, 8) {
            reapHand = reapHand + 1 >= count ? 0 : reapHand + 1
            let entry = entries[reapHand]
            if entry.state != .open, now - entry.lastUsed > Self.forgetAfterNs { return reapHand }
        }
        guard count == Self.capacity else { return nil }
        var quietest = clockHand
        for _ in 0..<64 {
            clockHand = clockHand + 1 == Self.capacity ? 0 : clockHand + 1
            if entries[clockHand].state == .closed { return clockHand }
            if entries[clockHand].lastUsed < entries[quietest].lastUsed { quietest = clockHand }
        }
        return quietest
    }

    /// Takes a connection out.
    mutating func remove(_ entry: Int) {
        unlink(entry)
        freed = entry
    }

    /// Adds a connection that is not known.
    ///
    /// - Precondition: `chooseVictim` was asked first.
    mutating func insert(_ key: ConnectionKey, node: UInt16) -> Int {
        let entry: Int
        if freed >= 0 {
            entry = freed
            freed = -1
        } else {
            precondition(count < Self.capacity, "a full table makes room first")
            entry = count
            count += 1
        }
        let bucket = Int(key.hash % UInt64(Self.bucketCount))
        entries[entry] = Connection(key: key, node: node)
        entries[entry].nextEntry = buckets[bucket] - 1
        buckets[bucket] = Int32(entry) + 1
        return entry
    }

    private func unlink(_ entry: Int) {
        let bucket = Int(entries[entry].key.hash % UInt64(Self.bucketCount))
        var at = buckets[bucket] - 1
        if Int(at) == entry {
            buckets[bucket] = entries[entry].nextEntry + 1
            return
        }
        while at >= 0 {
            let next = entries[Int(at)].nextEntry
            if Int(next) == entry {
                entries[Int(at)].nextEntry = entries[entry].nextEntry
                return
            }
            at = next
        }
    }

    /// Remembers a request until its response comes.
    func addPending(_ request: PendingRequest, of entry: Int) {
        let first = entries[entry].firstPending
        let count = entries[entry].pendingCount
        pending[entry * Int(Self.pendingCapacity) + Int((first &+ count) % Self.pendingCapacity)] = request
        if count == Self.pendingCapacity {
            entries[entry].firstPending = (first &+ 1) % Self.pendingCapacity
        } else {
            entries[entry].pendingCount = count + 1
        }
    }

    /// Notes which triggers' conditions the last request satisfies.
    func noteMatches(_ matches: UInt64, of entry: Int) {
        guard entries[entry].pendingCount > 0 else { return }
        let last = (entries[entry].firstPending &+ entries[entry].pendingCount - 1) % Self.pendingCapacity
        pending[entry * Int(Self.pendingCapacity) + Int(last)].matches |= matches
    }

    /// Takes the request with this correlation id, and those before it: they are never answered, because a broker
    /// answers a connection's requests in order. Nil when there is none.
    func takePending(correlationID: Int32, of entry: Int) -> PendingRequest? {
        let first = entries[entry].firstPending
        let count = entries[entry].pendingCount
        for offset in 0..<count {
            let at = (first &+ offset) % Self.pendingCapacity
            let request = pending[entry * Int(Self.pendingCapacity) + Int(at)]
            guard request.correlationID == correlationID else { continue }
            let left = count - offset - 1
            // An empty ring begins at its start again, so that a long connection touches little of its memory.
            entries[entry].firstPending = left == 0 ? 0 : (at &+ 1) % Self.pendingCapacity
            entries[entry].pendingCount = left
            return request
        }
        return nil
    }
}
