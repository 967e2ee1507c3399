extension Diagnosis {
    /// The answer for a terminal.
    public func text() -> String {
        var out = Lines()
        out.add(headline)
        out.add("")
        switch verdict {
        case .cause: if let first = causes.first { describe(first, &out) }
        case .undecided: undecidedText(&out)
        case .none: out.add(healthyText)
        case .unreadable:
            out.add("Hand in a configuration, a log or a capture; each input below says why it was not used.")
        }
        let rest = causes.dropFirst(max(1, undecided.count))
        if !rest.isEmpty {
            out.add("Also there:")
            for found in rest {
                out.add("  \(found.cause.id) (\(found.confidence.rawValue)): \(found.cause.says)", indent: 4)
                for evidence in found.evidence.prefix(2) {
                    out.add("    \(evidence.place)  \(evidence.text)", indent: 6)
                }
            }
            out.add("")
        }
        lintText(&out)
        out.add("Inputs:")
        for input in inputs {
            out.add("  \(input.file)  \(input.kind.rawValue): \(input.understood)", indent: 4)
            if !input.passedOver.isEmpty { out.add("    passed over: \(input.passedOver)", indent: 6) }
        }
        return out.text
    }

    /// The first line: client, brokers and the word of the answer.
    var headline: String {
        let who = client.map { $0.rawValue + (clientRelease.map { " \($0)" } ?? "") } ?? "a client that nothing names"
        let brokers = brokerRelease.map { ", brokers \($0)" } ?? ""
        let word =
            switch verdict {
            case .cause: causes.first.map { "\($0.cause.id) (\($0.confidence.rawValue))" } ?? ""
            case .none: "nothing is wrong"
            case .undecided:
                undecided.isEmpty
                    ? "not decidable" : "not decidable: " + undecided.map(\.cause.id).joined(separator: " or ")
            case .unreadable: "nothing could be read"
            }
        return "\(word)  [\(who)\(brokers)]"
    }

    private var healthyText: String {
        "Nothing that was handed in speaks of a trouble of the producer: no record was given up, written twice or refused, and "
            + "what was sent again was recognised.\n"
    }

    private func describe(_ found: FoundCause, _ out: inout Lines) {
        let cause = found.cause
        out.add(cause.says)
        out.add("")
        out.add("Why:")
        for (rule, evidence) in found.reasons {
            out.add("  \(rule.says)", indent: 4)
            for piece in evidence.prefix(4) { out.add("    \(piece.place)  \(piece.text)", indent: 6) }
        }
        out.add("")
        out.add("What it did to the data: \(effect(of: cause).rawValue). \(cause.check)", indent: 2)
        out.add("")
        out.add("Fix:")
        for property in properties {
            out.add(
                "  \(property.name)" + (property.value.map { "=\($0)" } ?? ": remove it") + "  (\(property.why))",
                indent: 4)
        }
        for step in cause.steps { out.add("  \(step)", indent: 4) }
        if !cause.cost.isEmpty { out.add("  Cost: \(cause.cost)", indent: 4) }
        if !diff.isEmpty {
            out.add("")
            for line in diff { out.addExactly("    " + line) }
        }
        out.add("")
        out.add("What does not help:")
        for folk in cause.folk { out.add("  \(folk.advice): \(folk.why)", indent: 4) }
        out.add("")
        out.add("Concerns \(cause.releases).", indent: 2)
        if case .scenario(let path) = cause.proof { out.add("Shown by: crosswind run \(path)", indent: 2) }
        out.add("")
    }

    private func undecidedText(_ out: inout Lines) {
        guard !undecided.isEmpty else {
            out.add("To be handed in: \(measurement ?? "")", indent: 2)
            out.add("")
            return
        }
        out.add("The inputs do not tell these apart:")
        for found in undecided {
            out.add("  \(found.cause.id): \(found.cause.says)", indent: 4)
            for evidence in found.evidence.prefix(3) { out.add("    \(evidence.place)  \(evidence.text)", indent: 6) }
        }
        out.add("")
        if let measurement { out.add("What decides: \(measurement)", indent: 2) }
        out.add("Change no setting before that.")
        out.add("")
        out.add("What does not help in any of them:")
        for folk in commonFolk { out.add("  \(folk.advice): \(folk.why)", indent: 4) }
        out.add("")
    }

    /// The one measurement that tells the candidates apart; nil where the case is decided.
    public var measurement: String? {
        if verdict == .undecided, undecided.isEmpty {
            return
                "the producer's configuration, its client's log from WARN on, or a capture (tcpdump -i any -s 200 -w "
                + "incident.pcap port 9092): nothing that was handed in is about a producer"
        }
        return undecided.map(\.cause.decidedBy).first { !$0.isEmpty }
    }

    /// Advice that helps in none of the candidates.
    var commonFolk: [FolkFix] {
        guard let first = undecided.first else { return causes.first?.cause.folk ?? [] }
        return first.cause.folk.filter { folk in
            undecided.allSatisfy { $0.cause.folk.contains { $0.advice == folk.advice } }
        }
    }

    private func lintText(_ out: inout Lines) {
        guard !lints.isEmpty else { return }
        out.add("Settings:")
        for lint in lints {
            let places = lint.evidence.map { "\($0.place) \($0.text)" }.joined(separator: "; ")
            out.add("  \(lint.severity.rawValue): \(lint.says)  (\(places))", indent: 4)
            if !lint.scenario.isEmpty { out.add("    shown by \(lint.scenario)", indent: 6) }
        }
        out.add("")
    }
}

/// Lines of at most 120 columns.
private struct Lines {
    var text = ""

    /// Adds a line, broken at blanks; what goes on begins at `indent`. Runs of blanks inside become one.
    mutating func add(_ line: String, indent: Int = 0) {
        var current = String(line.prefix { $0 == " " })
        var isEmpty = true
        for word in line.split(separator: " ") {
            if !isEmpty, current.utf8.count + word.utf8.count + 1 > 120 {
                text += current + "\n"
                current = String(repeating: " ", count: indent)
                isEmpty = true
            }
            if !isEmpty { current += " " }
            current += word
            isEmpty = false
        }
        text += current + "\n"
    }

    mutating func addExactly(_ line: String) { text += line + "\n" }
}
