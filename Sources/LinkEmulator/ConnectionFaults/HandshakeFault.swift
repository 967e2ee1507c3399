import ScenarioModel

/// Loses or holds the SYNs by which clients begin connections: all of them, some by number, or every n-th, counted from the
/// begin of each phase, those that TCP sends again among them.
struct HandshakeFault: ConnectionFault {
    /// Nanoseconds that a SYN is held; 0: it is lost.
    let holdNs: Int64
    /// The first and the last that it acts on, and the distance between.
    let first: Int
    let last: Int
    let step: Int
    private var count = 0
    private var phaseBeganAt = Int64.min

    init(holdNs: Int64, first: Int, last: Int, step: Int) {
        self.holdNs = holdNs
        self.first = first
        self.last = last
        self.step = step
    }

    mutating func decide(_ packet: ConnectionPacket) -> ConnectionDecision {
        guard packet.opensConnection, packet.isUp else { return .pass }
        if packet.phaseBeganAt != phaseBeganAt { (count, phaseBeganAt) = (0, packet.phaseBeganAt) }
        count &+= 1
        guard count >= first, count <= last, (count - first) % step == 0 else { return .pass }
        return holdNs > 0 ? .hold(holdNs) : .lose
    }
}

extension ConnectionFaultKind {
    /// `syn: drop`, `syn: 3s`, `syn: { drop: true, nth: 2 }`, `syn: { delay: 3s, every: 2 }`.
    static let handshake = ConnectionFaultKind(
        name: "syn",
        keywords: [
            FaultKeyword(
                "syn", role: .impairment,
                summary: "the SYNs of new connections are lost or held: drop, 3s, or { drop or delay, nth or every }",
                effects: ["syn"], validate: { _ = try readHandshake($0) })
        ],
        make: { settings in try settings["syn"].map(readHandshake) })

    @Sendable private static func readHandshake(_ value: ScenarioValue) throws -> HandshakeFault {
        let range = Duration.microseconds(1)...Duration.seconds(600)
        guard case .mapping = value.content else {
            if let hold = try? value.nanoseconds(in: range) {
                return HandshakeFault(holdNs: hold, first: 1, last: .max, step: 1)
            }
            _ = try value.choice(of: ["drop"])
            return HandshakeFault(holdNs: 0, first: 1, last: .max, step: 1)
        }
        try value.requireKnownKeys(["drop", "delay", "nth", "every"])
        let hold = try value["delay"].map { try $0.nanoseconds(in: range) } ?? 0
        guard (try value["drop"]?.bool() ?? false) != (hold > 0) else {
            throw value.error("a SYN is either lost or held", allowed: "drop: true, or delay: 3s")
        }
        let numbers = 1...1_000_000_000
        if let nth = value["nth"] {
            if let every = value["every"] {
                throw every.error("'nth' and 'every' exclude each other", allowed: "one of the two")
            }
            let number = try nth.count(in: numbers)
            return HandshakeFault(holdNs: hold, first: number, last: number, step: 1)
        }
        let step = try value["every"]?.count(in: numbers) ?? 1
        return HandshakeFault(holdNs: hold, first: step, last: .max, step: step)
    }
}
