import Foundation
import Testing

@testable import Conformance

/// The report by rule: what deviates, how, and what that does to a producer.
@Suite struct ReportTests {
    private func difference(_ expected: String, _ got: String, _ place: String = "step 1 (errorCode)") -> Difference {
        Difference(place: place, expected: expected, got: got)
    }

    private let taken = "partition 0: NONE (0), base offset 0"
    private let refused45 = "partition 0: OUT_OF_ORDER_SEQUENCE_NUMBER (45), base offset -1"
    private let refused46 = "partition 0: DUPLICATE_SEQUENCE_NUMBER (46), base offset -1"

    @Test func theGravestDifferenceNamesTheDeviation() {
        #expect(Deviation.of([difference(taken, refused45)]) == .refusesGood)
        #expect(Deviation.of([difference(refused45, taken)]) == .takesBad)
        #expect(Deviation.of([difference(refused45, refused46)]) == .otherError)
        #expect(Deviation.of([difference(taken, "partition 0: NONE (0), base offset 7")]) == .otherAnswer)
        #expect(Deviation.of([difference(taken, "connection closed")]) == .silent)
        #expect(Deviation.of([difference("3", "1", "log end of partition 0")]) == .otherLog)
        #expect(Deviation.of([difference("a", "b", "answer")]) == .other)
        #expect(Deviation.of([difference(taken, refused45), difference(refused45, taken)]) == .takesBad)
    }

    private var report: ConformanceReport {
        ConformanceReport([
            CaseOutcome(group: "duplicate", name: "a", .passed),
            CaseOutcome(group: "duplicate", name: "b<c>", .failed([difference(taken, refused46)])),
            CaseOutcome(group: "restart", name: "d", .skipped("needs the action: restart")),
        ])
    }

    @Test func everyFormTellsTheRuleTheDeviationAndItsEffect() throws {
        let effect = Deviation.refusesGood.effect
        let markdown = report.markdown(broker: "theirs", cases: ["x.json"])
        #expect(markdown.contains("| refuses-good | 1 | \(effect) |"))
        #expect(markdown.contains("written again. | 1 | 1 | 0 |"))
        #expect(markdown.contains("| b<c> | refuses-good | step 1 (errorCode) | \(taken) | \(refused46) |"))
        let html = report.html(broker: "theirs", cases: ["x.json"])
        #expect(html.contains("b&lt;c&gt;") && !html.contains("b<c>") && html.contains(effect))
        let junit = report.junit(broker: "theirs")
        #expect(junit.contains("tests=\"2\" failures=\"1\"") && junit.contains("<skipped message=\"needs the action"))
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
        let cases = try #require(json["cases"] as? [[String: Any]])
        #expect(cases[1]["deviation"] as? String == "refuses-good" && cases[1]["effect"] as? String == effect)
        #expect(cases[0]["rule"] as? String == ProducerRule.of("duplicate").text && cases[0]["effect"] == nil)
    }

    /// Every group of the recordings has its rule in words.
    @Test func everyRecordedGroupHasARule() throws {
        var groups: Set<String> = ["outside"]
        for name in ["kafka-4.3.0.json.gz", "kafka-4.3.0-own-cases.json.gz"] {
            groups.formUnion(try CaseFile(path: GoldenCorpus.folder + "/" + name).cases.map(\.group))
        }
        for group in groups { #expect(!ProducerRule.of(group).text.hasPrefix("Cases of"), "\(group)") }
    }
}
