import EvidenceModel
import Reports

/// Text that breaks out of HTML, XML, Markdown, annotations and terminals where it is not escaped.
let hostile =
    "</script><script>alert(1)</script>\"'&<img src=x onerror=alert(2)>]]>|`x`\n::error::pwned\r%0A\u{1b}[2J\u{0}\u{8}"
    + "\u{202e}\u{fffe}[a](javascript:alert(3))*b*_c_"

/// A verdict with the numbers of a run in which all went well.
func verdict(
    _ id: String = "cell-0", scenario: String = "scenario", outcome: Outcome = .passed, survived: Bool? = true,
    parameters: [String: String] = [:], reason: String = "survived: 20000 of 20000 acknowledged"
) -> Verdict {
    var measures = Measures()
    measures.sent = 20000
    measures.acked = 20000
    measures.lost = 0
    measures.duplicates = outcome == .failed ? 40 : 0
    measures.reordered = 0
    measures.sequenceErrors = 0
    measures.retriedBatches = 3
    measures.deduplicatedBatches = 3
    measures.throughputRecordsPerS = 4987.654
    measures.ackLatencyMs = .init(p50: 6.1, p99: 1012.25, max: 1100)
    measures.ackLatencyFromSendMs = .init(p50: 6.1, p99: 25.5, max: 40)
    measures.recoveryMs = 12.5
    measures.errorCodes = ["0": 400, "45": 2]
    return Verdict(
        id: id, scenario: scenario, seed: 42, parameters: parameters, outcome: outcome, survived: survived,
        reason: reason, measures: measures,
        faultEvidence: [
            .init(
                fault: "fault-0", effect: "drop", configured: "drop the 20th Produce response", inFaultLog: 1,
                onTheWire: 1, detail: "1 Produce response", shown: true)
        ],
        assertions: [
            .init(text: "survives: true", line: 12, actual: survived.map { $0 ? 1 : 0 }, outcome: outcome),
            .init(text: "duplicates: \"== 0\"", line: 13, actual: outcome == .failed ? 40 : 0, outcome: outcome),
        ],
        properties: [
            .init(
                property: "no-duplicates", outcome: outcome, detail: outcome == .failed ? reason : "none",
                batches: outcome == .failed ? ["orders-1/seq -1"] : [], records: outcome == .failed ? [127] : [])
        ], doubts: outcome == .inconclusive ? ["the capture lost 12 packets"] : [])
}

/// A run of these cells.
func run(_ verdicts: [Verdict]) -> RunResults {
    RunResults(
        seed: 42, startedUs: 1_800_000_000_000_000, endedUs: 1_800_000_012_000_000,
        cells: verdicts.map {
            RunResults.Cell(
                verdict: $0, claim: "A claim of \($0.scenario).", file: "Scenarios/\($0.scenario).yaml",
                directory: "cells/\($0.id)")
        })
}

/// A verdict whose every text is hostile.
func hostileVerdict(_ outcome: Outcome = .failed) -> Verdict {
    var verdict = verdict(
        hostile, scenario: hostile, outcome: outcome, survived: false, parameters: [hostile: hostile], reason: hostile)
    verdict.faultEvidence = [
        .init(
            fault: hostile, effect: hostile, configured: hostile, inFaultLog: 1, onTheWire: nil, detail: hostile,
            shown: false)
    ]
    verdict.assertions = [.init(text: hostile, line: 3, actual: nil, outcome: outcome)]
    verdict.properties = [
        .init(property: hostile, outcome: outcome, detail: hostile, batches: [hostile], records: [1])
    ]
    verdict.doubts = [hostile]
    verdict.measures.errorCodes = [hostile: 1]
    return verdict
}
