import EvidenceModel
import Foundation
import Reports
import Testing

/// Repeats of one configuration with these values of a measure.
private func baseline(
    _ values: [Double], outcome: Outcome = .passed, survived: Bool? = true,
    set: (inout Measures, Double) -> Void = { $0.throughputRecordsPerS = $1 }
) -> Baseline {
    Baseline(
        values.enumerated().map { i, value in
            var verdict = verdict("run-\(i)", outcome: outcome, survived: survived, parameters: ["acks": "all"])
            verdict.measures.duplicates = 0
            set(&verdict.measures, value)
            return run([verdict])
        })
}

private func changes(_ base: Baseline, _ new: Baseline, isPart: Bool = false) -> [String] {
    Comparison(base: base, new: new, isPart: isPart).changes.map { "\($0.kind.rawValue) \($0.what)" }
}

@Suite struct ComparisonTests {
    @Test func repeatsOfTheSameAreNoChange() {
        let base = baseline([1000, 1010, 990, 1005])
        #expect(changes(base, base).isEmpty)
        #expect(changes(base, baseline([995, 1007, 1000])).isEmpty)
        #expect(changes(base, baseline([985, 1030, 1000])).isEmpty, "wider, and around the same")
    }

    @Test func aFallBeyondTheSpreadIsARegression() {
        let base = baseline([1000, 1010, 990])
        #expect(changes(base, baseline([800, 810, 790])) == ["regression throughput_records_per_s"])
        #expect(changes(base, baseline([1200, 1210, 1190])) == ["improvement throughput_records_per_s"])
        #expect(changes(base, baseline([980, 985, 981])).isEmpty, "apart by chance, and less than 5 %")
        #expect(changes(base, baseline([800, 995, 790])).isEmpty, "the intervals overlap")
    }

    @Test func aRiseOfLatencyIsARegression() {
        let set: (inout Measures, Double) -> Void = { $0.ackLatencyMs = .init(p50: 5, p99: $1, max: 9999) }
        let base = baseline([50, 55, 52], set: set)
        #expect(changes(base, baseline([90, 95, 80], set: set)) == ["regression ack_latency_ms.p99"])
        #expect(changes(base, baseline([20, 21, 22], set: set)) == ["improvement ack_latency_ms.p99"])
    }

    @Test func withoutRepeatsADifferenceIsANote() {
        #expect(changes(baseline([1000]), baseline([500])) == ["note throughput_records_per_s"])
        #expect(changes(baseline([1000]), baseline([900])).isEmpty)
        #expect(changes(baseline([1000, 1001, 1002]), baseline([500])) == ["note throughput_records_per_s"])
    }

    @Test func timingCanBeLeftOut() {
        let comparison = Comparison(
            base: baseline([1000, 1010, 990]), new: baseline([800, 810, 790]), ignoresTiming: true)
        #expect(comparison.changes.isEmpty)
    }

    @Test func brokenRecordsNeedNoSpread() {
        let set: (inout Measures, Double) -> Void = { $0.duplicates = Int($1) }
        #expect(changes(baseline([0], set: set), baseline([1], set: set)) == ["regression duplicates"])
        #expect(changes(baseline([40, 60], set: set), baseline([50], set: set)).isEmpty)
        #expect(changes(baseline([40, 60], set: set), baseline([0], set: set)) == ["improvement duplicates"])
    }

    @Test func outcomes() {
        let passed = baseline([1000])
        let failed = baseline([1000], outcome: .failed, survived: false)
        let inconclusive = baseline([1000], outcome: .inconclusive, survived: nil)
        #expect(changes(passed, failed) == ["regression outcome", "regression survived"])
        #expect(changes(passed, inconclusive) == ["regression outcome"])
        #expect(changes(failed, passed) == ["improvement outcome", "improvement survived"])
        #expect(Comparison(base: passed, new: failed).isRegression)
        #expect(!Comparison(base: failed, new: passed).isRegression)
    }

    @Test func aMissingCellIsARegressionUnlessThisIsAPart() {
        let base = baseline([1000])
        let none = Baseline([run([])])
        #expect(changes(base, none) == ["regression cell"])
        #expect(changes(base, none, isPart: true).isEmpty)
        #expect(changes(none, base) == ["note cell"])
    }

    @Test func aBaselineIsSmallAndComesBack() throws {
        let base = baseline((0..<30).map { 1000 + Double($0) })
        let data = try base.json()
        #expect(try Baseline.read(data, file: "baseline.json") == base)
        #expect(data.count < 4000)
        #expect(base.cells.count == 1)
        #expect(base.cells[0].outcomes == ["passed": 30])
        let results = run([verdict()])
        #expect(try Baseline.read(results.json(), file: "results.json") == Baseline([results]))
        #expect(throws: ReportError.self) { try Baseline.read(Data("{}".utf8), file: "x") }
    }

    @Test func theTextNamesWhatChanged() {
        let comparison = Comparison(
            base: baseline([1000, 1010, 990]), new: baseline([800, 810, 790]))
        let style = TerminalStyle(isTerminal: false, colours: false, unicode: true, width: 100)
        #expect(
            comparison.text(style: style) == """
                ✗ scenario: acks=all
                    throughput_records_per_s: 1000 [990, 1010] of 3 → 800 [790, 810] of 3
                1 configurations compared: 1 regressions, 0 improvements

                """)
        #expect(comparison.markdown().contains("| regression | scenario&#58; acks=all | throughput"))
    }
}

@Suite struct SpreadTests {
    @Test func fewValuesAreTheirOwnInterval() {
        #expect(Spread([]) == nil)
        #expect(Spread([.nan]) == nil)
        let spread = Spread([3, 1, 2])
        #expect(spread?.median == 2 && spread?.low == 1 && spread?.high == 3)
        #expect(Spread([4, 1, 2, 3])?.median == 2.5)
    }

    /// Ranks of the 95 % interval of the median by the binomial distribution, as in tables of order statistics.
    @Test(arguments: [(6, 1, 6), (8, 1, 8), (9, 2, 8), (10, 2, 9), (20, 6, 15), (50, 18, 33), (100, 40, 61)])
    func manyValuesAreBoundedByOrderStatistics(count: Int, low: Int, high: Int) {
        let spread = Spread((1...count).map(Double.init))
        #expect(spread?.low == Double(low))
        #expect(spread?.high == Double(high))
    }
}
