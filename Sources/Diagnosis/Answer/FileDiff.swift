/// A fix as a diff of the user's own file, in its own syntax.
enum FileDiff {
    /// Lines of a diff without context: `-` what stands there, `+` what should; empty where there is no file to change.
    static func of(_ changes: [Change], _ file: CaseFile) -> [String] {
        guard !changes.isEmpty,
            let configuration = file.configurations.first(where: { !$0.settings.isEmpty && !$0.lines.isEmpty })
        else { return [] }
        var lines = ["--- \(configuration.file)", "+++ \(configuration.file)"]
        var added: [String] = []
        for change in changes {
            if let setting = configuration.setting(change.property) {
                let old = configuration.lines[setting.line - 1]
                if let value = change.value {
                    let new = replaced(old, setting, text(value, setting, configuration))
                    guard new != old else { continue }
                    lines += ["@@ line \(setting.line) @@", "-" + old, "+" + new]
                } else {
                    lines += ["@@ line \(setting.line) @@", "-" + old]
                }
            } else if let value = change.value {
                added.append(newLine(change.property, value, configuration, file.client))
            }
        }
        if !added.isEmpty, let after = configuration.settings.map(\.line).max() {
            lines.append("@@ after line \(after) @@")
            lines += added.map { "+" + $0 }
        }
        return lines.count > 2 ? lines : []
    }

    private static func replaced(_ line: String, _ setting: Setting, _ value: String) -> String {
        guard let range = setting.valueBytes else { return line }
        var bytes = Array(line.utf8)
        guard range.upperBound <= bytes.count else { return line }
        bytes.replaceSubrange(range, with: value.utf8)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A value as the syntax writes it, in quotes where the one beside it has them.
    private static func text(_ value: String, _ setting: Setting, _ configuration: Configuration) -> String {
        let line = Array(configuration.lines[setting.line - 1].utf8)
        let isQuoted = setting.valueBytes.map { line[$0.lowerBound] == UInt8(ascii: "\"") } ?? false
        switch configuration.syntax {
        case .python: return python(value)
        case .json: return isQuoted || !isBare(value) ? "\"\(value)\"" : value
        default: return isQuoted ? "\"\(value)\"" : value
        }
    }

    private static func isBare(_ value: String) -> Bool { Int(value) != nil || value == "true" || value == "false" }

    private static func python(_ value: String) -> String {
        switch value {
        case "true": "True"
        case "false": "False"
        default: Int(value) == nil ? "\"\(value)\"" : value
        }
    }

    private static func newLine(
        _ property: String, _ value: String, _ configuration: Configuration, _ client: ClientFamily?
    ) -> String {
        let last = configuration.settings.max { $0.line < $1.line }
        let neighbour = last.map { configuration.lines[$0.line - 1] } ?? ""
        let indent = String(neighbour.prefix { $0 == " " || $0 == "\t" })
        if let written = last?.written, written == written.uppercased(), written.contains("_") {
            let prefix = written.hasPrefix("PRODUCER_") ? "PRODUCER_" : "KAFKA_"
            let name = prefix + String(property.uppercased().map { $0 == "." ? "_" : $0 })
            return neighbour.contains("=")
                ? "\(indent)\(neighbour.contains("- ") ? "- " : "")\(name)=\(value)" : "\(indent)\(name): \"\(value)\""
        }
        let isSpring = last?.written.hasPrefix("spring.kafka.") ?? false
        let name = (isSpring ? "spring.kafka.producer.properties." : "") + PropertyName.spelling(property, client)
        switch configuration.syntax {
        case .yaml: return "\(indent)\(name): \(value)"
        case .json: return "\(indent)\"\(name)\": \(isBare(value) ? value : "\"\(value)\""),"
        case .python:
            let isDictionary = neighbour.trimmedBlanks.hasPrefix("\"") || neighbour.trimmedBlanks.hasPrefix("'")
            return isDictionary
                ? "\(indent)\"\(name)\": \(python(value))," : "\(indent)\(name)=\(python(value)),"
        case .properties, .logBlock: return "\(indent)\(name)=\(value)"
        }
    }
}
