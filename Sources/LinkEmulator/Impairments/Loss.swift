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

/// Loses packets by a chain of four states, netem's `loss state`: a gap, in which packets arrive but for single ones, and a
/// burst, in which they are lost but for some (Salsano, Ludovici, Ordine, Giannuzzi: Definition of a general and intuitive
/// loss model for packet networks, 2012).
struct FourStateLoss: Impairment {
    private enum State { case gap, burstArrives, burstLost, gapLost }

    /// From state to state, by netem's names: 1 arrives in a gap, 2 arrives in a burst, 3 lost in a burst, 4 lost in a gap.
    let p13: Double
    let p31: Double
    let p32: Double
    let p23: Double
    let p14: Double
    private var state = State.gap
    private var nextIndex: UInt64 = 0

    init(p13: Double, p31: Double, p32: Double, p23: Double, p14: Double) {
        self.p13 = p13
        self.p31 = p31
        self.p32 = p32
        self.p23 = p23
        self.p14 = p14
    }

    mutating func phaseBegan(at index: UInt64) {
        state = .gap
        nextIndex = index
    }

    mutating func apply(to packet: inout PacketInTransit) {
        // Packets that an earlier fault dropped take their step too, so that adding a fault shifts nothing.
        while nextIndex <= packet.index {
            step(packet.stream.uniform(index: nextIndex, purpose: RandomPurpose.lossFourState))
            nextIndex &+= 1
        }
        if state == .burstLost || state == .gapLost { packet.drop() }
    }

    private mutating func step(_ draw: Double) {
        switch state {
        case .gap: state = draw < p14 ? .gapLost : draw < p14 + p13 ? .burstLost : .gap
        case .burstArrives: state = draw < p23 ? .burstLost : .burstArrives
        case .burstLost: state = draw < p32 ? .burstArrives : draw < p32 + p31 ? .gap : .burstLost
        case .gapLost: state = .gap
        }
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

extension RandomPurpose {
    /// The step of the chain of four states.
    static let lossFourState: UInt64 = 10
}

extension ImpairmentKind {
    /// `loss: 5%`, a ramp, `{ p: 1%, r: 20%, 1-h: 100%, 1-k: 0% }`, `{ every: 100 }` or `{ packets: [3, 4, 10] }`.
    static let loss = ImpairmentKind(
        name: "loss",
        keywords: [
            FaultKeyword(
                "loss", role: .impairment,
                summary:
                    "share of packets lost in transit; or bursts { p, r, 1-h, 1-k } or { p13, p31, p32, p23, p14 }, { every }, { packets }",
                effects: ["loss"], validate: { _ = try makeLoss($0, correlation: 0, phaseLengthNs: 1) })
        ],
        make: { settings in
            guard let value = settings["loss"] else { return nil }
            return try makeLoss(
                value, correlation: try settings["correlation"].map(readCorrelation) ?? 0,
                phaseLengthNs: settings.phaseLengthNs)
        })

    /// With netem's defaults: a burst that is all lost and as long as chance has it, nothing lost in a gap.
    private static func makeFourStateLoss(_ value: ScenarioValue) throws -> FourStateLoss {
        try value.requireKnownKeys(["p13", "p31", "p32", "p23", "p14"])
        let p13 = try value["p13"]?.fraction() ?? 0
        let p32 = try value["p32"]?.fraction() ?? 0
        let loss = FourStateLoss(
            p13: p13, p31: try value["p31"]?.fraction() ?? 1 - p13, p32: p32, p23: try value["p23"]?.fraction() ?? 1,
            p14: try value["p14"]?.fraction() ?? 0)
        guard loss.p13 + loss.p14 <= 1, loss.p31 + loss.p32 <= 1 else {
            throw value.error(
                "the ways out of a state add up to more than 100%", allowed: "p13 + p14 and p31 + p32 up to 100%")
        }
        return loss
    }

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
            if value["p13"] != nil || value["p14"] != nil { return try makeFourStateLoss(value) }
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
