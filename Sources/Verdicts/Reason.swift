import EvidenceModel

/// Writes the one sentence that says what decided.
enum Reason {
    static func text(
        _ outcome: Outcome, _ survived: Bool?, _ measures: Measures, _ properties: [PropertyResult],
        _ assertions: [Assertion], _ doubts: [Doubt]
    ) -> String {
        // What follows from a refusal is no news beside it.
        if outcome != .passed, let refusal = doubts.first(where: { $0.text.hasPrefix(Soundness.refusal) }) {
            return refusal.text
        }
        let broken = breaches(properties)
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
            if let broken { return "broke as expected: \(broken)" }
            return "survived: \(summary(measures))"
        }
    }

    /// The first broken property in full, and the numbers of the others; nil when all hold.
    private static func breaches(_ properties: [PropertyResult]) -> String? {
        let broken = properties.filter { $0.outcome == .failed }
        guard let first = broken.first else { return nil }
        let others = broken.dropFirst().map { property in
            // Without the example: that stands in the list of properties.
            property.detail.firstRange(of: ", first").map { String(property.detail[..<$0.lowerBound]) }
                ?? property.detail
        }
        return ([first.detail] + others).joined(separator: "; also ")
    }

    private static func expected(
        _ assertion: Assertion?, _ broken: String?, _ survived: Bool?, _ properties: [PropertyResult]
    ) -> String {
        guard let assertion else { return broken ?? "failed" }
        if assertion.text.hasPrefix(ExpectationName.survives) {
            if let broken { return broken }
            return "expected `\(assertion.text)`, and it survived"
        }
        let actual = assertion.actual.map(Words.number) ?? "nothing"
        let because = broken.map { "; \($0)" } ?? ""
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
