import EvidenceModel

/// Writes the one sentence that says what decided.
enum Reason {
    static func text(
        _ outcome: Outcome, _ survived: Bool?, _ measures: Measures, _ properties: [PropertyResult],
        _ assertions: [Assertion], _ doubts: [Doubt]
    ) -> String {
        let broken = properties.first { $0.outcome == .failed }
        switch outcome {
        case .failed:
            let failed = assertions.first { $0.outcome == .failed }
            return expected(failed, broken, survived, properties)
        case .inconclusive:
            if let doubt = doubts.first { return "proves nothing: \(doubt.text)" }
            if let unknown = properties.first(where: { $0.outcome == .inconclusive }) {
                return "proves nothing: \(unknown.property): \(unknown.detail)"
            }
            let open = assertions.first { $0.outcome == .inconclusive }
            return "proves nothing: \(open.map { "`\($0.text)` could not be measured" } ?? "no expectation was judged")"
        case .passed:
            if let broken { return "broke as expected: \(broken.detail)" }
            return "survived: \(summary(measures))"
        }
    }

    private static func expected(
        _ assertion: Assertion?, _ broken: PropertyResult?, _ survived: Bool?, _ properties: [PropertyResult]
    ) -> String {
        guard let assertion else { return broken?.detail ?? "failed" }
        if assertion.text.hasPrefix(MeasureName.survives) {
            if let broken { return broken.detail }
            return "expected `\(assertion.text)`, and it survived"
        }
        let actual = assertion.actual.map(Words.number) ?? "nothing"
        let because = broken.map { "; \($0.detail)" } ?? ""
        return "expected `\(assertion.text)`, measured \(actual)\(because)"
    }

    /// `20000 acknowledged, none lost, none duplicated; 3 batches retried, 3 deduplicated`.
    private static func summary(_ measures: Measures) -> String {
        var text = "\(measures.acked) of \(measures.sent) acknowledged"
        if measures.lost == 0 { text += ", none lost" }
        if measures.duplicates == 0 { text += ", none duplicated" }
        if let retried = measures.retriedBatches, retried > 0 {
            text += "; \(Words.count(retried, "batch", "batches")) sent again"
            if let deduplicated = measures.deduplicatedBatches, deduplicated > 0 {
                text += ", \(deduplicated) recognised as duplicates by the broker"
            }
        }
        return text
    }
}
