import Testing

@testable import Capacity

struct AckCurveTests {
    /// 100 records every 100 ms, each clump spread over 2 ms.
    private static func clumps(_ count: Int, everyUs: Int64 = 100_000, records: Int = 100) -> [Int64] {
        (0..<count).flatMap { clump in
            (0..<records).map { Int64(clump + 1) * everyUs + Int64($0) * 20 }
        }
    }

    @Test(arguments: [0, 1_000, 37_000, 50_000, 99_000, 100_500])
    func clumpsAreNeverCut(_ shift: Int64) {
        let plan = WindowPlan(warmUpUs: 500_000 + shift, windowUs: 1_000_000, windows: 3)
        for rate in AckCurve(Self.clumps(60)).rates(plan, startUs: 0) { #expect((rate - 1000).magnitude < 2) }
    }

    @Test func aStallShowsInItsWindow() {
        let times = Self.clumps(60).filter { !(1_600_000..<2_700_000).contains($0) }
        let plan = WindowPlan(warmUpUs: 500_000, windowUs: 1_000_000, windows: 3)
        let rates = AckCurve(times).rates(plan, startUs: 0)
        #expect(rates[0] > 900)
        #expect(rates[1] < 100)
        #expect(rates[2] < 900 && rates[2] > 700)
    }

    @Test func nothingIsNothing() {
        let plan = WindowPlan(warmUpUs: 0, windowUs: 1_000_000, windows: 2)
        #expect(AckCurve([]).rates(plan, startUs: 0) == [0, 0])
    }
}
