import ScenarioModel

/// What a bottleneck's queue may hold.
struct QueueLimit: BitwiseCopyable {
    var packets: Int
    var bytes: Int

    /// 1,000 packets, as netem and Ethernet devices have.
    static let standard = QueueLimit(packets: 1000)
    /// What any queue may hold at most: it bounds the link's memory.
    static let largestPackets = 1 << 20

    init(packets: Int = QueueLimit.largestPackets, bytes: Int = .max) {
        self.packets = packets
        self.bytes = bytes
    }

    /// Reads `100` (packets) or `64KB`.
    init(_ value: ScenarioValue) throws {
        if let packets = try? value.count(in: 1...Self.largestPackets) {
            self.init(packets: packets)
        } else {
            do {
                self.init(bytes: try value.byteCount(in: 1...1_000_000_000))
            } catch {
                throw value.error(
                    "\(value.shown) is not a queue length", allowed: "packets (1 to \(Self.largestPackets)) or 64KB")
            }
        }
    }
}

/// The packets that wait in a bottleneck or leave it now, as their ends of transmission.
struct BottleneckQueue: ~Copyable {
    /// A packet in the queue.
    struct Waiting: BitwiseCopyable {
        var finish: Double
        var bytes: Int
    }

    private let limit: QueueLimit
    private let ring: LazyArray<Waiting>
    private var first = 0
    private(set) var count = 0
    private(set) var bytes = 0
    /// When the bottleneck is free, nanoseconds.
    private(set) var freeAt = 0.0

    init(limit: QueueLimit) throws {
        self.limit = limit
        ring = try LazyArray(count: limit.packets)
    }

    /// When a packet that comes at `time` begins to leave; nil when the queue is full.
    @inline(__always)
    mutating func admit(bytes length: Int, at time: Int64) -> Double? {
        let now = Double(time)
        while count > 0, ring.base[first].finish <= now {
            bytes -= ring.base[first].bytes
            first = first + 1 == limit.packets ? 0 : first + 1
            count -= 1
        }
        guard count < limit.packets, bytes + length <= limit.bytes else { return nil }
        return max(now, freeAt)
    }

    /// Adds the packet that `admit` accepted, with its end of transmission.
    @inline(__always)
    mutating func commit(bytes length: Int, finish: Double) {
        var at = first + count
        if at >= limit.packets { at -= limit.packets }
        ring.base[at] = Waiting(finish: finish, bytes: length)
        count += 1
        bytes += length
        freeAt = finish
    }
}
