import EvidenceModel

/// `junit.xml`: a test suite for each cell, in it a test case for each expectation and one for the evidence.
///
/// An expectation that does not hold is a `failure`; one that could not be judged is an `error`, because `skipped` would
/// count as fine. The form is valid for both common schemas (Ant's, and Jenkins' xunit plug-in): a suite each with
/// properties, cases, system-out and system-err, and nothing but the outcome inside a case.
public enum JUnitReport {
    /// The text of the file.
    public static func xml(_ results: RunResults) -> String {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        for (index, cell) in results.cells.enumerated() { text += suite(cell, index, results) }
        return text + "</testsuites>\n"
    }

    private static func suite(_ cell: RunResults.Cell, _ index: Int, _ results: RunResults) -> String {
        let verdict = cell.verdict
        let cases = verdict.assertions.map { testCase($0, cell) } + [evidenceCase(cell)]
        let failures = cases.lazy.filter { $0.outcome == .failed }.count
        let errors = cases.lazy.filter { $0.outcome == .inconclusive }.count
        let label = CellLabel.text(verdict.parameters, id: verdict.id)
        var text = "  <testsuite name=\"\(Markup.escape("\(verdict.scenario): \(label)"))\""
        text += " package=\"\(Markup.escape(verdict.scenario))\" id=\"\(index)\""
        text += " timestamp=\"\(UTCTime.iso(results.startedUs))\" hostname=\"localhost\""
        text += " tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\" time=\"0\">\n"
        text += properties(cell, results.version)
        for entry in cases { text += entry.xml }
        text += "    <system-out>\(Markup.escape(evidence(cell)))</system-out>\n"
        text += "    <system-err>\(Markup.escape(verdict.doubts.joined(separator: "\n")))</system-err>\n"
        return text + "  </testsuite>\n"
    }

    private static func properties(_ cell: RunResults.Cell, _ version: String) -> String {
        let verdict = cell.verdict
        var values: [(String, String)] = [
            ("crosswind", version), ("cell", verdict.id), ("seed", String(verdict.seed)), ("file", cell.file),
            ("runs", String(verdict.runs)),
        ]
        values += verdict.parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        values += Measure.values(verdict.measures).map { ("measure.\($0.name)", Numbers.text($0.value)) }
        var text = "    <properties>\n"
        for (name, value) in values {
            text += "      <property name=\"\(Markup.escape(name))\" value=\"\(Markup.escape(value))\"/>\n"
        }
        return text + "    </properties>\n"
    }

    private static func testCase(_ assertion: Assertion, _ cell: RunResults.Cell) -> (outcome: Outcome, xml: String) {
        let actual = assertion.actual.map { "measured \(Numbers.text($0))" } ?? "not measured"
        let place = assertion.line > 0 ? " (\(cell.file):\(assertion.line))" : ""
        return (
            assertion.outcome,
            testCase(
                name: assertion.text, cell, assertion.outcome, message: "\(assertion.text): \(actual)\(place)",
                detail: cell.verdict.reason)
        )
    }

    private static func evidenceCase(_ cell: RunResults.Cell) -> (outcome: Outcome, xml: String) {
        let doubts = cell.verdict.causesOfDoubt
        let outcome: Outcome = doubts.isEmpty ? .passed : .inconclusive
        return (
            outcome,
            testCase(
                name: "the evidence is sound", cell, outcome, message: doubts.first ?? "",
                detail: doubts.joined(separator: "\n"))
        )
    }

    private static func testCase(
        name: String, _ cell: RunResults.Cell, _ outcome: Outcome, message: String, detail: String
    ) -> String {
        let className = "\(cell.verdict.scenario).\(cell.verdict.id)"
        let start = "    <testcase name=\"\(Markup.escape(name))\" classname=\"\(Markup.escape(className))\" time=\"0\""
        if outcome == .passed { return start + "/>\n" }
        let element = outcome == .failed ? "failure" : "error"
        return start + ">\n      <\(element) type=\"\(outcome.rawValue)\" message=\"\(Markup.escape(message))\">"
            + "\(Markup.escape(detail))</\(element)>\n    </testcase>\n"
    }

    /// What the captures and the log showed, for people who read nothing but this file.
    private static func evidence(_ cell: RunResults.Cell) -> String {
        let verdict = cell.verdict
        var lines = [verdict.reason, "record: \(cell.directory)"]
        lines += verdict.properties.map { "\($0.outcome.rawValue) \($0.property): \($0.detail)" }
        lines += verdict.faultEvidence.map { evidence in
            "\(evidence.shown ? "shown" : "not shown") \(evidence.fault) \(evidence.effect)"
                + " (\(evidence.configured)): \(evidence.detail)"
        }
        lines += verdict.properties.flatMap(\.batches).prefix(5).map { "guilty batch: \($0)" }
        return lines.joined(separator: "\n")
    }
}
