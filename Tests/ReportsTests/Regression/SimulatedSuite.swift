import EvidenceModel
import Foundation

@testable import Reports

/// A suite of made-up configurations whose repeats scatter like those of real ones: most by a few percent, some by much
/// more, and now and then a repeat that the machine disturbed.
struct SimulatedSuite {
    /// What one configuration scatters around.
    struct Configuration {
        var throughput: Double
        var p50: Double
        var p99: Double
        var recovery: Double
        /// Mean of the duplicates; 0 for a configuration that makes none.
        var duplicates: Double
        /// Standard deviations of the logarithms.
        var throughputScatter: Double
        var latencyScatter: Double
    }

    var configurations: [Configuration]
    /// Share of repeats that something else on the machine disturbed: up to a third slower, latencies up to tripled.
    var disturbed = 0.02
    private var random: SplitMix

    init(configurations count: Int, seed: UInt64) {
        var random = SplitMix(state: seed)
        configurations = (0..<count).map { i in
            Configuration(
                throughput: 4000, p50: 5 * exp(0.8 * random.normal()), p99: 300 * exp(random.normal()),
                recovery: 300 * exp(0.8 * random.normal()), duplicates: i % 6 == 0 ? 5 + Double(i) : 0,
                throughputScatter: 0.005 * exp(random.normal()), latencyScatter: 0.08 * exp(0.8 * random.normal()))
        }
        self.random = random
    }

    /// So many repeats of the suite, with `change` made to every configuration first.
    mutating func repeats(_ count: Int, change: (inout Configuration, Int) -> Void = { _, _ in }) -> Baseline {
        var cells: [Baseline.Cell] = []
        for (index, configuration) in configurations.enumerated() {
            var now = configuration
            change(&now, index)
            var values: [String: [Double]] = [:]
            for _ in 0..<count {
                let slow = random.uniform() < disturbed ? random.uniform() : 0
                func log(_ mean: Double, _ scatter: Double) -> Double { mean * exp(scatter * random.heavyTailed()) }
                values["throughput_records_per_s", default: []].append(
                    log(now.throughput, now.throughputScatter) * (1 - slow / 3))
                values["ack_latency_ms.p50", default: []].append(log(now.p50, now.latencyScatter) * (1 + 2 * slow))
                values["ack_latency_ms.p99", default: []].append(log(now.p99, 2 * now.latencyScatter) * (1 + 2 * slow))
                values["recovery_ms", default: []].append(log(now.recovery, 4 * now.latencyScatter) * (1 + 2 * slow))
                for name in ["lost", "reordered", "failed", "sequence_errors"] { values[name, default: []].append(0) }
                // A batch more or less, of a size that itself scatters: more than a Poisson count would.
                let duplicates = now.duplicates * exp(0.25 * random.normal())
                values["duplicates", default: []].append(Double(random.poisson(duplicates)))
            }
            cells.append(
                Baseline.Cell(
                    scenario: "scenario-\(index)", parameters: [:], outcomes: ["passed": count],
                    survived: [configuration.duplicates > 0 ? "no" : "yes": count],
                    measures: values.compactMapValues { Spread($0) }))
        }
        return Baseline(format: Baseline.currentFormat, cells: cells)
    }
}

/// SplitMix64 with the distributions that a simulation needs.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// From above 0 to below 1.
    mutating func uniform() -> Double { (Double(next() >> 12) + 0.5) / 0x1p52 }

    mutating func normal() -> Double { (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform()) }

    /// Student's t with 8 degrees of freedom: tails heavier than the normal's, as repeats have.
    mutating func heavyTailed() -> Double {
        var squares = 0.0
        for _ in 0..<4 { squares -= 2 * log(uniform()) }
        return normal() / (squares / 8).squareRoot()
    }

    mutating func poisson(_ mean: Double) -> Int {
        let limit = exp(-mean)
        var product = uniform()
        var count = 0
        while product > limit {
            product *= uniform()
            count += 1
        }
        return count
    }
}
