import Reports

/// The report by rule: a page, Markdown, and JUnit's form.
extension ConformanceReport {
    /// The outcomes of one rule.
    struct Section {
        let rule: ProducerRule
        var outcomes: [CaseOutcome] = []

        var passed: Int { outcomes.count { $0.result == .passed } }
        var failed: Int { outcomes.count { $0.deviation != nil } }
        var skipped: Int { outcomes.count - passed - failed }
    }

    /// By rule, in the order of the first case of each.
    var sections: [Section] {
        var sections: [Section] = []
        for outcome in outcomes {
            if let index = sections.firstIndex(where: { $0.rule.group == outcome.group }) {
                sections[index].outcomes.append(outcome)
            } else {
                sections.append(Section(rule: .of(outcome.group), outcomes: [outcome]))
            }
        }
        return sections
    }

    /// How often each deviation was found, the gravest first.
    var deviations: [(deviation: Deviation, count: Int)] {
        Deviation.allCases.compactMap { deviation in
            let count = outcomes.count { $0.deviation == deviation }
            return count > 0 ? (deviation, count) : nil
        }
    }

    /// A page of Markdown about `broker`.
    public func markdown(broker: String, cases: [String]) -> String {
        var lines = [
            "# Conformance of \(broker)", "",
            "Made by `crosswind conform --markdown`; do not edit. The answers of \(broker) beside those recorded of Apache Kafka",
            "(\(cases.map { "`\($0)`" }.joined(separator: ", "))): \(summary).", "",
            "| deviation | cases | what it does to a producer |", "|---|---|---|",
        ]
        lines += deviations.map { "| \($0.deviation.rawValue) | \($0.count) | \($0.deviation.effect) |" }
        lines += ["", "| rule | as recorded | otherwise | not run |", "|---|---|---|---|"]
        lines += sections.map {
            "| [\($0.rule.group)](#\($0.rule.group)) \($0.rule.text) | \($0.passed) | \($0.failed) | \($0.skipped) |"
        }
        for section in sections where section.failed > 0 {
            lines += [
                "", "## \(section.rule.group)", "", section.rule.text, "",
                "| case | deviation | where | recorded | got |", "|---|---|---|---|---|",
            ]
            for outcome in section.outcomes {
                guard case .failed(let differences) = outcome.result, let first = differences.first,
                    let deviation = outcome.deviation
                else { continue }
                let more = differences.count > 1 ? " (+\(differences.count - 1))" : ""
                let cells = [
                    outcome.name, deviation.rawValue, first.place + more, Self.short(first.expected),
                    Self.short(first.got),
                ]
                lines.append(
                    "| " + cells.map { $0.split(separator: "|").joined(separator: "\\|") }.joined(separator: " | ")
                        + " |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func short(_ text: String) -> String { text.count > 160 ? text.prefix(157) + "…" : text }

    /// A page that stands alone: no script, nothing from elsewhere.
    public func html(broker: String, cases: [String]) -> String {
        func e(_ text: String) -> String { Markup.escape(text) }
        var body = "<h1>Conformance of \(e(broker))</h1><p>Beside \(e(cases.joined(separator: ", "))): "
        body += "<strong>\(e(summary))</strong></p>"
        body += "<table><tr><th>deviation</th><th>cases</th><th>what it does to a producer</th></tr>"
        for (deviation, count) in deviations {
            body += "<tr><td>\(e(deviation.rawValue))</td><td>\(count)</td><td>\(e(deviation.effect))</td></tr>"
        }
        body += "</table>"
        for section in sections {
            body += "<details\(section.failed > 0 ? " open" : "")><summary>\(e(section.rule.group)): "
            body += "\(section.passed) as recorded, \(section.failed) otherwise, \(section.skipped) not run</summary>"
            body += "<p>\(e(section.rule.text))</p><table><tr><th>case</th><th>outcome</th><th>where</th>"
            body += "<th>recorded</th><th>got</th></tr>"
            for outcome in section.outcomes { body += Self.rows(outcome) }
            body += "</table></details>"
        }
        return
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Conformance of \(e(broker))</title>"
            + "<style>\(Self.style)</style></head><body>\(body)</body></html>\n"
    }

    private static let style = """
        body{font:15px/1.5 system-ui,sans-serif;max-width:80rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c}
        table{border-collapse:collapse;width:100%}td,th{border:1px solid #ccc;padding:.2rem .5rem;text-align:left;\
        vertical-align:top;overflow-wrap:anywhere}.failed{background:#fbe3e3}.passed{background:#e4f4e4}\
        summary{font-weight:600;margin-top:1rem;cursor:pointer}
        """

    private static func rows(_ outcome: CaseOutcome) -> String {
        func row(_ kind: String, _ cells: [String]) -> String {
            "<tr class=\"\(kind)\">" + cells.map { "<td>\(Markup.escape($0))</td>" }.joined() + "</tr>"
        }
        switch outcome.result {
        case .passed: return row("passed", [outcome.name, "as recorded", "", "", ""])
        case .skipped(let why): return row("skipped", [outcome.name, "not run", why, "", ""])
        case .failed(let differences):
            let name = outcome.deviation?.rawValue ?? ""
            return differences.enumerated().map { index, difference in
                row(
                    "failed",
                    [
                        index == 0 ? outcome.name : "", index == 0 ? name : "", difference.place, difference.expected,
                        difference.got,
                    ])
            }.joined()
        }
    }

    /// JUnit's form: a suite for each rule, a case for each case.
    public func junit(broker: String) -> String {
        func e(_ text: String) -> String { Markup.escape(text) }
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        for (index, section) in sections.enumerated() {
            text += "  <testsuite name=\"\(e(section.rule.group))\" package=\"\(e(broker))\" id=\"\(index)\""
            text += " timestamp=\"1970-01-01T00:00:00\" hostname=\"localhost\" tests=\"\(section.outcomes.count)\""
            text += " failures=\"\(section.failed)\" errors=\"0\" skipped=\"\(section.skipped)\" time=\"0\">\n"
            text += "    <properties/>\n"
            for outcome in section.outcomes {
                text += "    <testcase name=\"\(e(outcome.name))\" classname=\"\(e(outcome.group))\" time=\"0\">"
                switch outcome.result {
                case .passed: break
                case .skipped(let why): text += "<skipped message=\"\(e(why))\"/>"
                case .failed(let differences):
                    let lines = differences.map { "\($0.place): expected \($0.expected), got \($0.got)" }
                    text +=
                        "<failure message=\"\(e(outcome.deviation?.effect ?? ""))\" type=\"\(e(outcome.deviation?.rawValue ?? ""))\">"
                    text += e(lines.joined(separator: "\n")) + "</failure>"
                }
                text += "</testcase>\n"
            }
            text += "    <system-out/>\n    <system-err/>\n  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }
}

extension CaseOutcome {
    /// How the answer deviates; nil where it does not.
    public var deviation: Deviation? {
        guard case .failed(let differences) = result else { return nil }
        return Deviation.of(differences)
    }
}
