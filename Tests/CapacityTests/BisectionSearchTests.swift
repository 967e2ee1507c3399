import EvidenceModel
import ScenarioModel
import Testing

@testable import Capacity

struct BisectionSearchTests {
    private static func spec(_ low: Double, _ high: Double, lowMeets: Bool = true, whole: Bool = false)
        -> SweepBisection
    {
        SweepBisection(
            path: "workload.rate",
            range: SweepRange(low: low, high: high, unit: "/s", isLogarithmic: true, isWhole: whole),
            resolution: 0.05, lowMeets: lowMeets)
    }

    /// Runs a search against a true value and answers how many values it asked for.
    private static func run(_ search: inout BisectionSearch, holds: (Double) -> Bool) -> Int {
        var asked = 0
        while let value = search.next, asked < 100 {
            asked += 1
            search.take(holds(value) ? .passed : .failed, at: value)
        }
        return asked
    }

    @Test(arguments: [210.0, 999, 1000, 1001, 7777, 19_000])
    func theBracketHoldsTheTrueValue(_ truth: Double) throws {
        var search = BisectionSearch(Self.spec(200, 20_000))
        let asked = Self.run(&search) { $0 <= truth }
        let met = try #require(search.lastMet)
        let not = try #require(search.firstNotMet)
        #expect(met <= truth && truth < not)
        #expect(not / met <= 1.0501)
        #expect(asked <= 10)
    }

    @Test func aLargeValueMayBeTheOneThatMeets() throws {
        var search = BisectionSearch(Self.spec(100, 60_000, lowMeets: false, whole: true))
        _ = Self.run(&search) { $0 >= 4321 }
        let met = try #require(search.lastMet)
        let not = try #require(search.firstNotMet)
        #expect(not < 4321 && 4321 <= met)
        #expect(met == met.rounded() && met / not <= 1.0501)
    }

    @Test func theEndsAreTestedOnlyWhenTheSearchReachesThem() {
        var never = BisectionSearch(Self.spec(200, 20_000))
        _ = Self.run(&never) { _ in false }
        #expect(never.lastMet == nil)
        #expect(never.firstNotMet == 200)
        var always = BisectionSearch(Self.spec(200, 20_000))
        _ = Self.run(&always) { _ in true }
        #expect(always.lastMet == 20_000)
        #expect(always.firstNotMet == nil)
    }

    @Test func aValueThatProvesNothingEndsTheSearch() {
        var search = BisectionSearch(Self.spec(200, 20_000))
        search.take(.passed, at: search.next ?? 0)
        let second = search.next ?? 0
        search.take(.inconclusive, at: second)
        #expect(search.next == nil)
        #expect(search.undecided == second)
        #expect(search.lastMet == 2000)
        #expect(search.firstNotMet == nil)
    }

    @Test func wholeNumbersEndAtNeighbours() {
        var search = BisectionSearch(
            SweepBisection(
                path: "x", range: SweepRange(low: 1, high: 5, unit: "", isLogarithmic: true, isWhole: true),
                resolution: 0.05, lowMeets: false))
        _ = Self.run(&search) { $0 >= 3 }
        #expect(search.lastMet == 3)
        #expect(search.firstNotMet == 2)
    }
}
