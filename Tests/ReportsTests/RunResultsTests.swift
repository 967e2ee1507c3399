import EvidenceModel
import Foundation
import Reports
import Testing

@Suite struct RunResultsTests {
    @Test func resultsComeBackAsTheyWereWritten() throws {
        let results = run([verdict("a"), verdict("b", scenario: "other", outcome: .inconclusive, survived: nil)])
        let data = try results.json()
        #expect(try RunResults.read(data, file: "results.json") == results)
        #expect(results.scenario == "scenario, other")
        #expect(results.outcome == .inconclusive)
    }

    @Test func scriptsFindTheKeysOfTheContract() throws {
        let object = try JSONSerialization.jsonObject(with: run([verdict("a", outcome: .failed)]).json())
        let top = try #require(object as? [String: Any])
        #expect(top["scenario"] as? String == "scenario")
        #expect(top["seed"] as? Int == 42)
        let cell = try #require((top["cells"] as? [[String: Any]])?.first)
        for key in ["id", "parameters", "outcome", "survived", "measures", "fault_evidence", "assertions", "file"] {
            #expect(cell[key] != nil, "\(key)")
        }
        let measures = try #require(cell["measures"] as? [String: Any])
        for key in [
            "sent", "acked", "failed", "lost", "duplicates", "reordered", "sequence_errors", "retried_batches",
            "deduplicated_batches", "throughput_records_per_s", "ack_latency_ms", "recovery_ms", "error_codes",
        ] {
            #expect(measures[key] != nil, "\(key)")
        }
    }

    @Test func theOutcomeOfARunIsTheGravestOfItsCells() {
        #expect(run([verdict(outcome: .passed), verdict(outcome: .passed)]).outcome == .passed)
        #expect(run([verdict(outcome: .passed), verdict(outcome: .inconclusive)]).outcome == .inconclusive)
        #expect(run([verdict(outcome: .inconclusive), verdict(outcome: .failed)]).outcome == .failed)
        #expect(run([]).outcome == .inconclusive)
    }

    @Test func anUnknownFormIsRefusedWithARemedy() throws {
        var results = run([verdict()])
        results.format = 99
        let data = try results.json()
        let error = #expect(throws: ReportError.self) { try RunResults.read(data, file: "x/results.json") }
        #expect(error?.description.contains("x/results.json has form 99") == true)
        #expect(throws: ReportError.self) { try RunResults.read(Data("[]".utf8), file: "x") }
    }

    @Test func exitCodesAreThoseOfTheContract() {
        #expect(ExitStatus(.passed).rawValue == 0)
        #expect(ExitStatus(.failed).rawValue == 1)
        #expect(ExitStatus(.inconclusive).rawValue == 2)
        #expect(ExitStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 64, 69])
    }
}
