extension ConfigurationReader {
    /// A name and a value of one line.
    struct Found {
        var written: String
        var value: String
        var valueBytes: Range<Int>?
    }

    /// The setting that a line holds, when its name is one that a client, or a broker, knows.
    static func setting(in line: String) -> Found? {
        guard let found = pair(in: line) else { return nil }
        return isKnown(found.written) ? found : nil
    }

    /// A name and a value that nobody knows, in a line that looks like a setting.
    static func unknown(in line: String) -> Found? {
        guard let found = pair(in: line), !found.value.isEmpty, !isKnown(found.written) else { return nil }
        return found.written.contains(".") || found.written == "image" || found.written == "value" ? found : nil
    }

    private static func isKnown(_ written: String) -> Bool {
        let name = withoutPrefix(written)
        if PropertyName.isKnown(PropertyName.canonical(name)) || PropertyName.brokerProperty(written) != nil {
            return true
        }
        guard written.contains("_"), written == written.uppercased() else { return false }
        for prefix in ["KAFKA_", "PRODUCER_", "SPRING_KAFKA_", "CONNECT_PRODUCER_", "RDKAFKA_"]
        where written.hasPrefix(prefix) {
            return true
        }
        return false
    }

    /// `name = value` in any dress: quotes, a dash before it, `put(`, a comma after it.
    private static func pair(in line: String) -> Found? {
        let bytes = Array(line.utf8.prefix(4096))
        var at = skipBlanks(bytes, 0)
        if at < bytes.count, bytes[at] == UInt8(ascii: "#") || bytes[at] == UInt8(ascii: "!") { return nil }
        if bytes[at...].starts(with: "//".utf8) { return nil }
        if bytes[at...].starts(with: "- ".utf8) { at = skipBlanks(bytes, at + 2) }
        for word in ["export ", "ENV ", "-X ", "set "] where bytes[at...].starts(with: word.utf8) {
            at = skipBlanks(bytes, at + word.utf8.count)
        }
        if let put = LineText(bytes).find("put(") ?? LineText(bytes).find("setProperty(") {
            at = (bytes[put...].firstIndex(of: UInt8(ascii: "(")) ?? put) + 1
        }
        let opening = at < bytes.count && (bytes[at] == UInt8(ascii: "\"") || bytes[at] == UInt8(ascii: "'"))
        if opening { at += 1 }
        let start = at
        while at < bytes.count, isNameByte(bytes[at]) { at += 1 }
        guard at > start, at - start <= 80 else { return nil }
        let name = String(decoding: bytes[start..<at], as: UTF8.self)
        if opening { at += 1 }
        at = skipBlanks(bytes, at)
        guard at < bytes.count, [0x3D, 0x3A, 0x2C].contains(bytes[at]), bytes[at] != 0x2C || opening else { return nil }
        at = skipBlanks(bytes, at + 1)
        guard let range = valueRange(bytes, at) else { return Found(written: name, value: "", valueBytes: nil) }
        return Found(written: name, value: unquoted(bytes[range]), valueBytes: range)
    }

    /// The value: up to a remark, or the comma, bracket or semicolon at the end.
    private static func valueRange(_ bytes: [UInt8], _ start: Int) -> Range<Int>? {
        guard start < bytes.count else { return nil }
        var end = bytes.count
        let quote = bytes[start]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            guard let close = bytes[(start + 1)...].firstIndex(of: quote) else { return start..<end }
            return start..<close + 1
        }
        if let remark = LineText(bytes).find(" #", from: start) { end = remark }
        while end > start, bytes[end - 1] <= 0x20 || [0x2C, 0x3B, 0x29, 0x7D].contains(bytes[end - 1]) {
            // A closing bracket belongs to the value where one was opened in it.
            if bytes[end - 1] == 0x7D, bytes[start..<end].contains(0x7B) { break }
            end -= 1
        }
        return end > start ? start..<end : nil
    }

    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> String {
        var text = String(decoding: bytes, as: UTF8.self)
        if let first = text.first, first == "\"" || first == "'" { text.removeFirst() }
        if let last = text.last, last == "\"" || last == "'" { text.removeLast() }
        // ${NAME:default} of Spring and shells.
        if text.hasPrefix("${"), text.hasSuffix("}"), let colon = text.firstIndex(of: ":") {
            var inner = text[text.index(after: colon)...].dropLast()
            if inner.first == "-" { inner = inner.dropFirst() }
            return String(inner)
        }
        return text
    }

    private static func skipBlanks(_ bytes: [UInt8], _ start: Int) -> Int {
        var at = start
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
        return at
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39 || byte >= 0x41 && byte <= 0x5A || byte >= 0x61 && byte <= 0x7A
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    /// How a text is written, from its first settings.
    static func syntax(of lines: [String]) -> ConfigurationSyntax {
        var colons = 0
        var equals = 0
        for line in lines.prefix(400) {
            let trimmed = line.trimmedBlanks
            if trimmed.hasPrefix("#") || trimmed.isEmpty { continue }
            if trimmed.hasPrefix("from ") || trimmed.hasPrefix("import ") || trimmed.hasPrefix("def ")
                || trimmed.contains("Producer(") || trimmed.hasSuffix("= {") || trimmed.contains("dict(")
            {
                return .python
            }
            guard pair(in: line) != nil else { continue }
            let separator = trimmed.first { $0 == "=" || $0 == ":" }
            if separator == "=" { equals += 1 } else { colons += 1 }
        }
        if let first = lines.first(where: { !$0.trimmedBlanks.isEmpty }), first.trimmedBlanks.hasPrefix("{") {
            return .json
        }
        return colons > equals ? .yaml : .properties
    }
}

/// Where a line of YAML stands: the keys above it, by their indentation.
struct YAMLPath {
    private var keys: [(indent: Int, name: String)] = []

    mutating func take(_ line: String) {
        let trimmed = line.trimmedBlanks
        guard !trimmed.isEmpty, !trimmed.hasPrefix("#") else { return }
        let indent = line.prefix { $0 == " " }.count
        while let last = keys.last, last.indent >= indent { keys.removeLast() }
        if trimmed.hasSuffix(":"), keys.count < 32 { keys.append((indent, String(trimmed.dropLast()))) }
    }

    /// True below `kafka:` of Spring.
    var isSpring: Bool { keys.first?.name == "spring" && keys.contains { $0.name == "kafka" } }

    /// True below a key whose settings are somebody else's.
    var isForeign: Bool {
        if keys.first?.name == "spring" { return !keys.contains { $0.name == "kafka" } }
        return keys.contains { $0.name == "consumer" || $0.name == "datasource" || $0.name == "management" }
    }
}
