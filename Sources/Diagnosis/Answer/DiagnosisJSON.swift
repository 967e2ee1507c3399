import EvidenceModel

extension Diagnosis {
    /// The answer as one JSON object: `inputs`, `causes`, `undecided`, `verdict`, and more. Keys are never renamed.
    public func json() -> String {
        var json = JSONWriter()
        json.object {
            $0.array("inputs", inputs) { json, input in
                json.object {
                    $0.string("file", input.file)
                    $0.string("kind", input.kind.rawValue)
                    $0.string("understood", input.understood)
                    $0.string("passed_over", input.passedOver)
                }
            }
            $0.string("client", client?.rawValue)
            $0.string("client_release", clientRelease?.description)
            $0.string("broker_release", brokerRelease?.description)
            $0.array("causes", causes.enumerated().map { $0 }) { json, entry in
                write(entry.element, isFirst: entry.offset == 0, &json)
            }
            $0.array("undecided", verdict == .undecided ? [undecided] : []) { json, candidates in
                json.object {
                    $0.array("between", candidates.map(\.cause.id)) { $0.value($1) }
                    $0.string("ask_for", measurement)
                }
            }
            $0.array("settings", lints) { json, lint in
                json.object {
                    $0.string("severity", lint.severity.rawValue)
                    $0.string("says", lint.says)
                    $0.array("evidence", lint.evidence) { write($1, &$0) }
                    $0.string("scenario", lint.scenario)
                }
            }
            $0.string("verdict", verdict.rawValue)
        }
        return json.text + "\n"
    }

    private func write(_ found: FoundCause, isFirst: Bool, _ json: inout JSONWriter) {
        let cause = found.cause
        json.object {
            $0.string("id", cause.id)
            $0.string("confidence", found.confidence.rawValue)
            $0.string("says", cause.says)
            $0.array("evidence", found.evidence) { write($1, &$0) }
            $0.key("fix")
            $0.object {
                let isDecided = undecided.isEmpty
                $0.key("properties")
                $0.object {
                    for property in isDecided ? fixProperties(cause) : [] {
                        $0.string(property.name, property.value ?? "default")
                    }
                }
                $0.array("steps", isDecided ? cause.steps : []) { $0.value($1) }
                $0.string("ask_for", isDecided ? nil : measurement)
                $0.string("cost", cause.cost)
                $0.array("diff", isFirst ? diff : []) { $0.value($1) }
            }
            $0.array("folk_fixes", cause.folk) { json, folk in
                json.object {
                    $0.string("fix", folk.advice)
                    $0.string("why_not", folk.why)
                }
            }
            $0.string("data_effect", effect(of: cause).rawValue)
            $0.string("check", cause.check)
            $0.string("releases", cause.releases)
            if case .scenario(let path) = cause.proof { $0.string("scenario", path) }
        }
    }

    /// The properties of a cause's fix in the client's own names.
    func fixProperties(_ cause: Cause) -> [(name: String, value: String?)] {
        cause.changes(file).map { change in
            (Self.name(change.property, file), change.value)
        }
    }

    private func write(_ evidence: Evidence, _ json: inout JSONWriter) {
        json.object {
            $0.string("file", evidence.source)
            if let line = evidence.line { $0.number("line", line) }
            if let time = evidence.timeUs { $0.number("time_us", Int(time)) }
            if let batch = evidence.batch { $0.string("batch", batch) }
            $0.string("text", evidence.text)
        }
    }
}

/// Writes JSON in order, indented by two.
struct JSONWriter {
    private(set) var text = ""
    private var depth = 0
    private var isFirst = true

    mutating func object(_ body: (inout JSONWriter) -> Void) { nest("{", "}", body) }

    mutating func key(_ name: String) {
        separate()
        text += JSONText.quoted(name) + ": "
        isFirst = true
    }

    mutating func string(_ name: String, _ value: String?) {
        guard let value else { return }
        separate()
        text += JSONText.quoted(name) + ": " + JSONText.quoted(value)
    }

    mutating func number(_ name: String, _ value: Int) {
        separate()
        text += JSONText.quoted(name) + ": \(value)"
    }

    mutating func value(_ value: String) { text += JSONText.quoted(value) }

    mutating func array<Element>(_ name: String, _ list: [Element], _ body: (inout JSONWriter, Element) -> Void) {
        separate()
        text += JSONText.quoted(name) + ": "
        guard !list.isEmpty else {
            text += "[]"
            return
        }
        nest("[", "]") { json in
            for element in list {
                json.separate()
                body(&json, element)
            }
        }
    }

    private mutating func nest(_ open: String, _ close: String, _ body: (inout JSONWriter) -> Void) {
        text += open
        depth += 1
        isFirst = true
        body(&self)
        depth -= 1
        if !isFirst { text += "\n" + String(repeating: "  ", count: depth) }
        text += close
        isFirst = false
    }

    fileprivate mutating func separate() {
        if !isFirst { text += "," }
        isFirst = false
        text += "\n" + String(repeating: "  ", count: depth)
    }
}
