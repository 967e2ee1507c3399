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
        #expect(changes(base, baseline([700, 710, 690])) == ["regression throughput_records_per_s"])
        #expect(changes(base, baseline([1400, 1410, 1390])) == ["improvement throughput_records_per_s"])
        #expect(changes(base, baseline([940, 945, 941])).isEmpty, "beyond chance, and less than a tenth")
        #expect(changes(base, baseline([700, 995, 690])).isEmpty, "one repeat lies among the baseline's")
        #expect(
            changes(baseline([1000, 500, 800]), baseline([450, 480, 300])).isEmpty, "the repeats scatter that far")
    }

    @Test func aRiseOfLatencyIsARegression() {
        let set: (inout Measures, Double) -> Void = { $0.ackLatencyMs = .init(p50: 5, p99: $1, max: 9999) }
        let base = baseline([50, 55, 52], set: set)
        #expect(changes(base, baseline([120, 130, 125], set: set)) == ["regression ack_latency_ms.p99"])
        #expect(changes(base, baseline([20, 21, 22], set: set)) == ["improvement ack_latency_ms.p99"])
        #expect(
            changes(baseline([0.5, 0.51, 0.52], set: set), baseline([1.5, 1.51, 1.52], set: set)).isEmpty,
            "a millisecond matters to nobody")
    }

    @Test func fewRepeatsOfTheRunFailNothing() {
        let name = "throughput_records_per_s"
        #expect(changes(baseline([1000]), baseline([500])) == ["note \(name)"])
        #expect(changes(baseline([1000]), baseline([900])).isEmpty)
        #expect(changes(baseline([1000, 1001, 1002]), baseline([500])) == ["note \(name)"])
        #expect(changes(baseline([1000, 1001, 1002]), baseline([500, 501])) == ["note \(name)"])
    }

    /// Two repeats that agree by chance: their fellows say how far such measures scatter.
    @Test func configurationsLearnTheirSpreadFromEachOther() {
        func suite(_ values: [[Double]]) -> Baseline {
            Baseline(
                (0..<values[0].count).map { i in
                    run(
                        values.enumerated().map { index, repeats in
                            var verdict = verdict("cell-\(index)", parameters: ["cell": String(index)])
                            verdict.measures.throughputRecordsPerS = repeats[i]
                            return verdict
                        })
                })
        }
        let fellows = [[900.0, 1100, 1000], [1200, 1000, 850], [1000, 1150, 880], [870, 990, 1130]]
        let many = fellows + fellows + fellows + fellows
        let base = suite(many + [[1000, 1000, 1001]])
        let new = suite(many + [[850, 850, 851]])
        #expect(changes(base, new).isEmpty)
        let alone = [changes(baseline([1000, 1000, 1001]), baseline([850, 850, 851]))]
        #expect(alone == [["regression throughput_records_per_s"]], "with nothing to learn from")
    }

    @Test func timingCanBeLeftOut() {
        let comparison = Comparison(
            base: baseline([1000, 1010, 990]), new: baseline([700, 710, 690]), ignoresTiming: true)
        #expect(comparison.changes.isEmpty)
    }

    @Test func newBrokenRecordsNeedNoSpread() {
        let set: (inout Measures, Double) -> Void = { $0.duplicates = Int($1) }
        #expect(changes(baseline([0], set: set), baseline([1], set: set)) == ["regression duplicates"])
        #expect(changes(baseline([0, 0, 0], set: set), baseline([0, 1, 0], set: set)) == ["regression duplicates"])
        #expect(changes(baseline([0, 1, 0], set: set), baseline([0, 2, 0], set: set)).isEmpty)
        #expect(changes(baseline([40, 60], set: set), baseline([50], set: set)).isEmpty)
        #expect(changes(baseline([40, 60], set: set), baseline([0], set: set)) == ["improvement duplicates"])
    }

    /// What a real suite showed on unchanged code: a client without idempotence that writes records twice in every
    /// repeat also swaps some, in one repeat of many.
    @Test func aConfigurationThatBreaksAnywayNeedsEveryRepeat() {
        let set: (inout Measures, Double) -> Void = { $0.reordered = Int($1) }
        func broken(_ values: [Double]) -> Baseline { baseline(values, survived: false, set: set) }
        #expect(changes(broken([0, 0, 0]), broken([0, 11, 0])) == ["note reordered"])
        #expect(changes(broken([0, 0, 0]), broken([5, 11, 8])) == ["regression reordered"])
        #expect(changes(broken([0]), broken([11])) == ["note reordered"], "too few repeats to tell")
        #expect(changes(baseline([0, 0, 0], set: set), broken([0, 11, 0])).contains("regression reordered"))
    }

    /// What a real suite showed on unchanged code: one load without a limit among loads at a rate, whose throughput is
    /// the same each time. Its own repeats say how far it scatters, its fellows do not.
    @Test func aConfigurationThatScattersUnlikeItsFellowsKeepsItsOwnSpread() {
        let set: (inout Measures, Double) -> Void = { $0.throughputRecordsPerS = $1 }
        func suite(_ unlimited: [Double]) -> Baseline {
            var all = baseline(unlimited, set: set)
            for rate in 1...60 {
                let paced = Double(1000 * rate)
                var other = baseline([paced * 0.9995, paced, paced * 1.0004], set: set)
                other.cells[0].scenario = "paced-\(rate)"
                all.cells += other.cells
            }
            return all
        }
        let before = suite([459_362, 530_436, 560_109])
        #expect(changes(before, suite([791_550, 802_259, 971_984])) == [])
        #expect(changes(suite([510_000, 512_000, 511_000]), suite([302_000, 300_000, 301_000])).count == 1)
    }

    /// What a real suite showed on unchanged code: 23, 20 and 28 duplicates first, then 31, 30 and 33.
    @Test func aCountScattersAtLeastLikeAPoissonCount() {
        let set: (inout Measures, Double) -> Void = { $0.duplicates = Int($1) }
        let base = baseline([20, 23, 28], set: set)
        #expect(changes(base, baseline([31, 30, 33], set: set)).isEmpty)
        #expect(changes(baseline([8, 8, 8], set: set), baseline([14, 15, 14], set: set)).isEmpty)
        #expect(changes(base, baseline([250, 230, 270], set: set)) == ["regression duplicates"])
    }

    @Test func outcomes() {
        let passed = baseline([1000])
        let failed = baseline([1000], outcome: .failed, survived: false)
        let inconclusive = baseline([1000], outcome: .inconclusive, survived: nil)
        #expect(changes(passed, failed) == ["regression outcome", "regression survived"])
        #expect(changes(passed, inconclusive) == ["regression outcome"])
        let often = baseline([1000, 1000, 1000])
        func with(_ outcomes: [Outcome]) -> Baseline {
            Baseline(outcomes.map { run([verdict(outcome: $0, parameters: ["acks": "all"])]) })
        }
        #expect(
            changes(with([.passed, .passed, .passed]), with([.passed, .inconclusive, .passed])) == ["note outcome"])
        #expect(
            changes(with([.passed, .passed, .passed]), with([.inconclusive, .inconclusive, .passed]))
                == ["note outcome"])
        #expect(
            changes(with([.passed, .passed, .passed]), with([.inconclusive, .inconclusive, .inconclusive]))
                == ["regression outcome"])
        #expect(changes(with([.failed, .passed, .passed]), with([.failed, .failed, .passed])).isEmpty)
        #expect(changes(with([.failed, .failed]), with([.failed, .passed])) == ["note outcome"])
        #expect(changes(often, often).isEmpty)
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

    /// Release 0.1 knew only the latency from the send call, and called it by the name that another one has now.
    @Test func latenciesOfAnOlderReleaseAreCalledByWhatTheyAre() throws {
        let old = baseline([20]) { measures, p99 in
            measures.ackLatencyMs = .init(p50: 1, p99: p99, max: 30)
            measures.ackLatencyFromSendMs = nil
        }
        let read = try Baseline.read(old.json(), file: "baseline.json")
        #expect(read.cells[0].measures["ack_latency_ms.p99"] == nil)
        #expect(read.cells[0].measures["ack_latency_from_send_ms.p99"]?.values == [20])
        var verdict = verdict()
        verdict.measures.ackLatencyFromSendMs = nil
        let results = try RunResults.read(run([verdict]).json(), file: "results.json")
        #expect(results.cells[0].verdict.measures.ackLatencyMs == nil)
        #expect(results.cells[0].verdict.measures.ackLatencyFromSendMs == verdict.measures.ackLatencyMs)
        // What is new is not held against what is old: a client that takes no records is no regression by that.
        let new = baseline([9000]) { measures, p99 in
            measures.ackLatencyMs = .init(p50: 900, p99: p99, max: 9000)
            measures.ackLatencyFromSendMs = .init(p50: 1, p99: 20, max: 30)
        }
        #expect(changes(read, new).isEmpty)
    }

    @Test func theTextNamesWhatChanged() {
        let comparison = Comparison(
            base: baseline([1000, 1010, 990]), new: baseline([700, 710, 690]))
        let style = TerminalStyle(isTerminal: false, colours: false, unicode: true, width: 100)
        #expect(
            comparison.text(style: style) == """
                ✗ scenario: acks=all
                    throughput_records_per_s: 1000 [990, 1010] of 3 → 700 [690, 710] of 3
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
