import EvidenceModel
import ScenarioModel
import Testing

@Suite struct RateResultTests {
    func rated(_ atLeast: Int) throws -> Scenario {
        try scenario("repeat: 4\nexpect: [{ duplicates: '> 0', lost: 0, at_least: \(atLeast) }]")
    }

    func results(_ atLeast: Int, duplicates: [Int?], doubt: Int? = nil) throws -> RateResult {
        let scenario = try rated(atLeast)
        var verdicts: [String: Verdict] = [:]
        for (cell, duplicates) in zip(scenario.cells, duplicates) {
            guard let duplicates else { continue }
            var measures = Measures()
            measures.duplicates = duplicates
            measures.lost = 0
            verdicts[cell.id] = Verdict(
                id: cell.id, scenario: "s", seed: 1, parameters: [:], outcome: .passed, survived: nil, reason: "",
                measures: measures, faultEvidence: [], assertions: [], properties: [],
                doubts: doubt == cell.repeatIndex ? ["capture lost packets"] : [])
        }
        let results = RateResult.of(scenario, verdicts: verdicts) { name, verdict in
            switch name {
            case "duplicates": verdict.measures.duplicates.map(Double.init)
            case "lost": verdict.measures.lost.map(Double.init)
            default: nil
            }
        }
        return try #require(results.count == 1 ? results[0] : nil)
    }

    @Test func enoughRepeatsPass() throws {
        let result = try results(3, duplicates: [1, 0, 2, 5])
        #expect(result.outcome == .passed)
        #expect(result.summary == "duplicates: \"> 0\" and lost: 0 in 3 of 4, at least 3")
    }

    @Test func tooFewFailUnlessTheUnknownOnesCouldChangeThat() throws {
        #expect(try results(3, duplicates: [1, 0, 0, 5]).outcome == .failed)
        #expect(try results(3, duplicates: [1, 0, nil, 5]).outcome == .inconclusive)
        #expect(try results(3, duplicates: [1, 0, 3, 5], doubt: 0).outcome == .inconclusive)
        #expect(try results(4, duplicates: [1, 0, nil, 5]).outcome == .failed)
        #expect(try results(2, duplicates: [1, 0, nil, 5]).summary.hasSuffix("at least 2, 1 unknown"))
    }

    @Test func aCellWithNothingButRatesIsJudgedByItsEvidenceAlone() throws {
        let description = try rated(3).cells[0].description(vocabulary: testVocabulary)
        #expect(
            description.expectations == [
                .init(
                    measure: "sent", comparison: ">=", value: 0, line: 4,
                    text: "judged over all repeats: duplicates: \"> 0\" and lost: 0 in at least 3 of 4")
            ])
    }
}
