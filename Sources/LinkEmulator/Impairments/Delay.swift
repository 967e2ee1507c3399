import Glibc
import ScenarioModel

/// Holds packets for a time, with jitter around it. As with netem, jitter above the gap between two packets lets the
/// second overtake the first, unless order is to be kept: then it leaves no sooner than the first.
struct Delay: Impairment {
    /// How jitter is spread around the delay.
    enum Distribution: String, CaseIterable {
        /// Between delay - jitter and delay + jitter.
        case uniform
        /// Jitter is the standard deviation.
        case normal
        /// A long tail of late packets: shape 3, moved to mean 0, jitter is the standard deviation.
        case pareto
    }

    let delayNs: Ramp
    let jitterNs: Ramp
    let distribution: Distribution
    var draws: CorrelatedUniform
    /// Whether packets leave in the order in which they came.
    var keepsOrder = false
    /// When the last packet leaves, where order is kept.
    private var lastLeaves = Int64.min

    init(
        delayNs: Ramp, jitterNs: Ramp, distribution: Distribution, draws: CorrelatedUniform, keepsOrder: Bool = false
    ) {
        self.delayNs = delayNs
        self.jitterNs = jitterNs
        self.distribution = distribution
        self.draws = draws
        self.keepsOrder = keepsOrder
    }

    mutating func phaseBegan(at index: UInt64) {
        draws.restart(at: index)
        lastLeaves = .min
    }

    mutating func apply(to packet: inout PacketInTransit) {
        let elapsed = packet.elapsed
        var held = delayNs.value(at: elapsed)
        let jitter = jitterNs.value(at: elapsed)
        if jitter > 0 { held += jitter * deviation(draws.next(packet)) }
        if packet.overtakes { return }
        var nanoseconds = Int64(max(held, 0))
        if keepsOrder {
            nanoseconds = max(nanoseconds, lastLeaves == .min ? 0 : lastLeaves - packet.time)
            lastLeaves = packet.time + nanoseconds
        }
        if nanoseconds > 0 { packet.hold(nanoseconds) }
    }

    /// A uniform number as a number of mean 0: within -1...1, or of standard deviation 1.
    private func deviation(_ uniform: Double) -> Double {
        switch distribution {
        case .uniform: return 2 * uniform - 1
        case .normal: return Self.inverseNormal(max(uniform, 0x1p-54))
        case .pareto:
            // Mean 3/2 and variance 3/4 of a Pareto distribution of shape 3 and scale 1.
            return (pow(1 - uniform, -1.0 / 3) - 1.5) / 0.75.squareRoot()
        }
    }

    /// The quantile of the standard normal distribution: a rational start (Abramowitz and Stegun 26.2.23), then one
    /// Newton step each way until it is exact to about 1e-12.
    static func inverseNormal(_ p: Double) -> Double {
        let tail = min(p, 1 - p)
        let t = (-2 * log(tail)).squareRoot()
        var x = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
        for _ in 0..<2 {
            let error = 0.5 * erfc(x / 2.0.squareRoot()) - tail
            x += error * (2 * .pi).squareRoot() * exp(x * x / 2)
        }
        return p < 0.5 ? -x : x
    }
}

extension RandomPurpose {
    /// How far a packet's delay is from the mean.
    static let jitter: UInt64 = 3
}

extension ImpairmentKind {
    /// `delay: 80ms, jitter: 20ms, distribution: normal, correlation: 25%`.
    static let delay = ImpairmentKind(
        name: "delay",
        keywords: [
            FaultKeyword(
                "delay", role: .impairment, summary: "time that packets are held", effects: ["delay"],
                validate: { try Ramp.validate($0, read: readDuration) }),
            FaultKeyword(
                "jitter", role: .modifier, summary: "spread of the delay", modifies: ["delay"],
                validate: { try Ramp.validate($0, read: readDuration) }),
            FaultKeyword(
                "distribution", role: .modifier, summary: "shape of the jitter: uniform, normal or pareto",
                modifies: ["jitter"], validate: { _ = try readDistribution($0) }),
            FaultKeyword(
                "in-order", role: .modifier, summary: "jitter lets no packet overtake another",
                modifies: ["jitter"], validate: { _ = try $0.bool() }),
            FaultKeyword(
                "correlation", role: .modifier, summary: "how far jitter or loss resembles that of the packet before",
                modifies: ["jitter", "loss"], validate: { _ = try readCorrelation($0) }),
        ],
        make: { settings in
            guard let delay = settings["delay"] else { return nil }
            let jitter = try settings["jitter"].map {
                try Ramp($0, phaseLengthNs: settings.phaseLengthNs, read: readDuration)
            }
            let impairment = Delay(
                delayNs: try Ramp(delay, phaseLengthNs: settings.phaseLengthNs, read: readDuration),
                jitterNs: jitter ?? Ramp(constant: 0),
                distribution: try settings["distribution"].map(readDistribution) ?? .uniform,
                draws: CorrelatedUniform(
                    correlation: try settings["correlation"].map(readCorrelation) ?? 0, purpose: RandomPurpose.jitter),
                keepsOrder: try settings["in-order"]?.bool() ?? false)
            return impairment.delayNs.isZero && impairment.jitterNs.isZero ? nil : impairment
        })

    /// Correlation is below 1: at 1 nothing would be random any more.
    @Sendable static func readCorrelation(_ value: ScenarioValue) throws -> Double {
        let correlation = try value.fraction()
        guard correlation <= 0.999 else { throw value.error("\(value.shown) is out of range", allowed: "0% to 99.9%") }
        return correlation
    }

    @Sendable private static func readDuration(_ value: ScenarioValue) throws -> Double {
        Double(try value.nanoseconds(in: .zero...(.seconds(600))))
    }

    @Sendable private static func readDistribution(_ value: ScenarioValue) throws -> Delay.Distribution {
        let word = try value.choice(of: Delay.Distribution.allCases.map(\.rawValue))
        return Delay.Distribution(rawValue: word) ?? .uniform
    }
}
