extension Diagnosis {
    /// The answer as one page without anything from elsewhere. `ladder` is the first batch's story, as text.
    public func html(ladder: String?) -> String {
        var body = "<h1>\(escaped(headline))</h1>\n"
        for found in undecided.isEmpty ? Array(causes.prefix(1)) : undecided { body += section(found) }
        if let measurement { body += "<h2>What decides</h2><pre>\(escaped(measurement))</pre>\n" }
        if causes.isEmpty { body += "<p>Nothing that was handed in speaks of a trouble of the producer.</p>\n" }
        if !diff.isEmpty {
            body += "<h2>The fix in your file</h2>\n<pre>\(escaped(diff.joined(separator: "\n")))</pre>\n"
        }
        if let ladder { body += "<h2>The batch, step by step</h2>\n<pre>\(escaped(ladder))</pre>\n" }
        if !lints.isEmpty {
            body += "<h2>Settings</h2>\n<ul>"
            for lint in lints {
                let places = lint.evidence.map { "\($0.place) \($0.text)" }.joined(separator: "; ")
                body +=
                    "<li><b>\(lint.severity.rawValue)</b> \(escaped(lint.says)) <code>\(escaped(places))</code></li>"
            }
            body += "</ul>\n"
        }
        body += "<h2>Inputs</h2>\n<ul>"
        for input in inputs {
            body += "<li><code>\(escaped(input.file))</code> \(input.kind.rawValue): \(escaped(input.understood))"
            if !input.passedOver.isEmpty { body += "; passed over: \(escaped(input.passedOver))" }
            body += "</li>"
        }
        return Self.head + body + "</ul>\n</body></html>\n"
    }

    private static let head = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>crosswind diagnose</title>
        <meta name="viewport" content="width=device-width,initial-scale=1">
        <style>body{font:15px/1.5 system-ui,sans-serif;max-width:70em;margin:2em auto;padding:0 1em}
        pre{background:#f4f4f4;padding:.8em;overflow-x:auto}code{background:#f4f4f4}
        @media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}pre,code{background:#262626}}</style>
        </head><body>

        """

    private func section(_ found: FoundCause) -> String {
        let cause = found.cause
        var body = "<h2>\(escaped(cause.id)) (\(found.confidence.rawValue))</h2>\n<p>\(escaped(cause.says))</p>\n<ul>"
        for (rule, evidence) in found.reasons {
            body += "<li>\(escaped(rule.says))"
            for piece in evidence.prefix(4) {
                body += "<br><code>\(escaped(piece.place))</code> <code>\(escaped(piece.text))</code>"
            }
            body += "</li>"
        }
        body += "</ul>\n<p>Effect on the data: <b>\(effect(of: cause).rawValue)</b>. \(escaped(cause.check))</p>\n"
        guard undecided.isEmpty else { return body }
        body += "<h3>Fix</h3>\n<ul>"
        for property in properties {
            let text = property.name + (property.value.map { "=\($0)" } ?? ": remove it")
            body += "<li><code>\(escaped(text))</code> \(escaped(property.why))</li>"
        }
        for step in cause.steps { body += "<li>\(escaped(step))</li>" }
        body += "</ul>\n<h3>What does not help</h3>\n<ul>"
        for folk in cause.folk { body += "<li><b>\(escaped(folk.advice))</b>: \(escaped(folk.why))</li>" }
        return body + "</ul>\n"
    }

    private func escaped(_ text: String) -> String {
        var out = ""
        for character in text {
            switch character {
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "&": out += "&amp;"
            case "\"": out += "&quot;"
            default: out.append(character)
            }
        }
        return out
    }
}
