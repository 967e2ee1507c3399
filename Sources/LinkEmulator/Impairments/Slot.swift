import ScenarioModel

/// Sends packets in slots, as Wi-Fi, LTE and DOCSIS links do that wait for their turn and then send what has gathered:
/// netem's `slot`. A packet that comes after the last slot asks for the next; the packets that come until then leave with it,
/// as many as fit.
struct Slot: Impairment {
    /// Time from asking for a slot to the slot, nanoseconds: evenly spread between the two.
    let shortestNs: Int64
    let longestNs: Int64
    /// What one slot carries.
    let room: QueueLimit
    private var at = Int64.min
    private var packets = 0
    private var bytes = 0

    init(shortestNs: Int64, longestNs: Int64, room: QueueLimit) {
        self.shortestNs = shortestNs
        self.longestNs = longestNs
        self.room = room
    }

    mutating func phaseBegan(at index: UInt64) { at = .min }

    mutating func apply(to packet: inout PacketInTransit) {
        let isFull = packets >= room.packets || bytes >= room.bytes
        if at < packet.time || isFull {
            let wait = Double(longestNs - shortestNs) * packet.uniform(RandomPurpose.slot)
            at = max(at, packet.time) + shortestNs + Int64(wait)
            (packets, bytes) = (0, 0)
        }
        packets += 1
        bytes += packet.bytes.count
        if at > packet.time { packet.hold(at - packet.time) }
    }
}

extension RandomPurpose {
    /// How long the next slot is away.
    static let slot: UInt64 = 9
}

extension ImpairmentKind {
    /// `slot: 10ms`, `slot: { from: 5ms, to: 20ms, packets: 32, bytes: 48KB }`.
    static let slot = ImpairmentKind(
        name: "slot",
        keywords: [
            FaultKeyword(
                "slot", role: .impairment,
                summary: "packets leave in slots: 10ms apart, or { from: 5ms, to: 20ms, packets: 32, bytes: 48KB }",
                effects: ["slot"], validate: { _ = try readSlot($0) })
        ],
        make: { settings in
            guard let value = settings["slot"] else { return nil }
            return try readSlot(value)
        })

    @Sendable private static func readSlot(_ value: ScenarioValue) throws -> Slot {
        let range = Duration.microseconds(1)...Duration.seconds(60)
        guard case .mapping = value.content else {
            let length = try value.nanoseconds(in: range)
            return Slot(shortestNs: length, longestNs: length, room: QueueLimit())
        }
        try value.requireKnownKeys(["from", "to", "packets", "bytes"])
        let shortest = try value.required("from").nanoseconds(in: range)
        let longest = try value["to"]?.nanoseconds(in: range) ?? shortest
        guard longest >= shortest else {
            throw value.error("the longest wait is below the shortest", allowed: "to: at least what 'from' says")
        }
        return Slot(
            shortestNs: shortest, longestNs: longest,
            room: QueueLimit(
                packets: try value["packets"]?.count(in: 1...QueueLimit.largestPackets) ?? QueueLimit.largestPackets,
                bytes: try value["bytes"]?.byteCount(in: 1...1_000_000_000) ?? .max))
    }
}
