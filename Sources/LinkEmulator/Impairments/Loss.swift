import ScenarioModel

/// Loses packets in transit: each with one probability, alone or more likely after another lost one.
struct IndependentLoss: Impairment {
    let probability: Ramp
    var draws: CorrelatedUniform

    mutating func phaseBegan(at index: UInt64) { draws.restart(at: index) }

    mutating func apply(to packet: inout PacketInTransit) {
        if draws.next(packet) < probability.value(at: packet.elapsed) { packet.drop() }
    }
}

/// Loses packets in bursts: a chain of a good and a bad state with a loss rate each (Gilbert 1960, Elliott 1963), in the
/// letters of netem's `loss gemodel`.
struct BurstLoss: Impairment {
    /// From good to bad, and from bad to good, for each packet.
    let p: Double
    let r: Double
    /// Loss in the bad state (1-h) and in the good one (1-k).
    let lossWhenBad: Double
    let lossWhenGood: Double
    private var isBad = false
    private var nextIndex: UInt64 = 0

    init(p: Double, r: Double, lossWhenBad: Double, lossWhenGood: Double) {
        self.p = p
        self.r = r
        self.lossWhenBad = lossWhenBad
        self.lossWhenGood = lossWhenGood
    }

    mutating func phaseBegan(at index: UInt64) {
        isBad = false
        nextIndex = index
    }

    mutating func apply(to packet: inout PacketInTransit) {
        // Packets that an earlier fault dropped take their step too, so that adding a fault shifts nothing.
        var at = nextIndex
        while at <= packet.index {
            let draw = packet.stream.uniform(index: at, purpose: RandomPurpose.lossState)
            isBad = isBad ? draw >= r : draw < p
            at &+= 1
        }
        nextIndex = at
        if packet.uniform(RandomPurpose.loss) < (isBad ? lossWhenBad : lossWhenGood) { packet.drop() }
    }
}

/// Loses every n-th packet of a phase.
struct PeriodicLoss: Impairment {
    let every: UInt64
    private var first: UInt64 = 0

    init(every: UInt64) { self.every = every }

    mutating func phaseBegan(at index: UInt64) { first = index }

    mutating func apply(to packet: inout PacketInTransit) {
        if (packet.index &- first &+ 1) % every == 0 { packet.drop() }
    }
}

/// Loses the packets with these numbers, counted from 1 in each phase.
struct ListedLoss: Impairment, ~Copyable {
    private let numbers: LazyArray<UInt64>
    private var position = 0
    private var first: UInt64 = 0

    /// - Parameter sorted: the numbers in rising order.
    init(sorted: [Int]) throws {
        numbers = try LazyArray(count: sorted.count)
        for (index, number) in sorted.enumerated() { numbers.base[index] = UInt64(number) }
    }

    mutating func phaseBegan(at index: UInt64) {
        first = index
        position = 0
    }

    mutating func apply(to packet: inout PacketInTransit) {
        let number = packet.index &- first &+ 1
        while position < numbers.count, numbers.base[position] < number { position += 1 }
        if position < numbers.count, numbers.base[position] == number { packet.drop() }
    }
}

extension RandomPurpose {
    /// Whether a packet is lost.
    static let loss: UInt64 = 1
    /// The step from a good to a bad state and back.
    static let lossState: UInt64 = 2
}

extension ImpairmentKind {
    /// `loss: 5%`, a ramp, `{ p: 1%, r: 20%, 1-h: 100%, 1-k: 0% }`, `{ every: 100 }` or `{ packets: [3, 4, 10] }`.
    static let loss = ImpairmentKind(
        name: "loss",
        keywords: [
            FaultKeyword(
                "loss", role: .impairment,
                summary: "share of packets lost in transit; or bursts { p, r, 1-h, 1-k }, { every }, { packets }",
                effects: ["loss"], validate: { _ = try makeLoss($0, correlation: 0, phaseLengthNs: 1) })
        ],
        make: { settings in
            guard let value = settings["loss"] else { return nil }
            return try makeLoss(
                value, correlation: try settings["correlation"].map(readCorrelation) ?? 0,
                phaseLengthNs: settings.phaseLengthNs)
        })

    private static func makeLoss(
        _ value: ScenarioValue, correlation: Double, phaseLengthNs: Int64?
    ) throws -> (any Impairment & ~Copyable)? {
        if case .mapping = value.content, value["from"] == nil, value["to"] == nil {
            if let every = value["every"] {
                try value.requireKnownKeys(["every"])
                return PeriodicLoss(every: UInt64(try every.count(in: 1...1_000_000_000)))
            }
            if let packets = value["packets"] {
                try value.requireKnownKeys(["packets"])
                let numbers = try packets.sequence().map { try $0.count(in: 1...1_000_000_000) }
                guard !numbers.isEmpty, numbers.count <= 100_000 else {
                    throw packets.error("\(numbers.count) packet numbers", allowed: "1 to 100000 of them")
                }
                return try ListedLoss(sorted: Set(numbers).sorted())
            }
            try value.requireKnownKeys(["p", "r", "1-h", "1-k", "every", "packets", "from", "to", "over"])
            let p = try value.required("p").fraction()
            return BurstLoss(
                p: p, r: try value["r"]?.fraction() ?? 1 - p, lossWhenBad: try value["1-h"]?.fraction() ?? 1,
                lossWhenGood: try value["1-k"]?.fraction() ?? 0)
        }
        let probability = try Ramp(value, phaseLengthNs: phaseLengthNs) { try $0.fraction() }
        if probability.isZero { return nil }
        return IndependentLoss(
            probability: probability,
            draws: CorrelatedUniform(correlation: correlation, purpose: RandomPurpose.loss))
    }
}
