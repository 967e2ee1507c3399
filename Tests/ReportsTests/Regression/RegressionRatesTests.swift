import EvidenceModel
import Foundation
import Testing

@testable import Reports

/// Simulated comparisons for each rate. `CROSSWIND_COMPARISONS=5000` gives the numbers that stand in docs/ci.md.
private let comparisons = ProcessInfo.processInfo.environment["CROSSWIND_COMPARISONS"].flatMap(Int.init) ?? 200

/// The share of comparisons that find a regression, in `what` or in anything.
private func alarms(
    base: Int, new: Int, seed: UInt64, of what: String? = nil,
    change: (inout SimulatedSuite.Configuration, Int) -> Void = { _, _ in }
) -> Double {
    var count = 0
    for i in 0..<comparisons {
        var suite = SimulatedSuite(configurations: 50, seed: seed &+ UInt64(i))
        let comparison = Comparison(base: suite.repeats(base), new: suite.repeats(new, change: change))
        if comparison.changes.contains(where: { $0.kind == .regression && (what == nil || $0.what == what) }) {
            count += 1
        }
    }
    let share = Double(count) / Double(comparisons)
    if comparisons >= 1000 { print("\(what ?? "anything"), \(base) against \(new): \(100 * share) %") }
    return share
}

/// Rates of the rule for regressions, by seeded simulation of a suite of 50 configurations. The bounds leave room for
/// the chance of so few comparisons and for nothing else.
@Suite struct RegressionRatesTests {
    /// At most 1 % is asked for; of 200 comparisons more than 3 % would come once in 250 times.
    @Test(arguments: [(3, 3), (3, 1), (5, 5)]) func unchangedCodeRaisesNoAlarm(base: Int, new: Int) {
        #expect(alarms(base: base, new: new, seed: 1_000_000) <= (comparisons < 1000 ? 0.03 : 0.01))
    }

    @Test(arguments: [
        (0.3, 0.01, 3, 0.85), (0.3, 0.03, 3, 0.85), (0.3, 0.06, 3, 0.65), (0.3, 0.06, 5, 0.85), (0.5, 0.01, 3, 0.9),
        (0.5, 0.03, 3, 0.9), (0.5, 0.06, 3, 0.85), (0.5, 0.1, 3, 0.75), (0.5, 0.1, 5, 0.95),
    ])
    func aFallOfThroughputIsFound(share: Double, scatter: Double, repeats: Int, atLeast: Double) {
        let found = alarms(base: repeats, new: repeats, seed: 2_000_000, of: "throughput_records_per_s") {
            guard $1 == 7 else { return }
            $0.throughputScatter = scatter
            $0.throughput *= 1 - share
        }
        #expect(found >= atLeast, "-\(share) at a scatter of \(scatter), \(repeats) repeats")
    }

    @Test(arguments: [(3.0, 3, 0.2), (5.0, 3, 0.5), (3.0, 5, 0.6), (5.0, 5, 0.8)])
    func aRiseOfLatencyIsFound(factor: Double, repeats: Int, atLeast: Double) {
        let found = alarms(base: repeats, new: repeats, seed: 4_000_000, of: "ack_latency_ms.p99") {
            guard $1 == 7 else { return }
            $0.latencyScatter = 0.08
            $0.p99 *= factor
        }
        #expect(found >= atLeast, "x \(factor), \(repeats) repeats")
    }

    @Test(arguments: [(3, 1), (3, 3)]) func newBrokenRecordsAreAlwaysFound(base: Int, new: Int) {
        let found = alarms(base: base, new: new, seed: 3_000_000, of: "duplicates") {
            if $1 == 7 { $0.duplicates = 20 }
        }
        #expect(found == 1)
    }

    @Test(arguments: [(5.0, 3, 0.8), (3.0, 5, 0.7)])
    func aRiseOfACountIsFound(factor: Double, repeats: Int, atLeast: Double) {
        let found = alarms(base: repeats, new: repeats, seed: 5_000_000, of: "duplicates") {
            if $1 == 24 { $0.duplicates *= factor }
        }
        #expect(found >= atLeast, "x \(factor), \(repeats) repeats")
    }
}
