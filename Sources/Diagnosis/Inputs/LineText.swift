/// A line as bytes, with what the readers of logs and configurations ask of it. No regular expressions: a hostile line
/// costs no more than its length.
struct LineText {
    /// The bytes, without the line's end.
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }
    init(_ text: String) { bytes = Array(text.utf8) }

    /// The line as text, broken UTF-8 replaced, cut at `limit` bytes.
    func text(_ limit: Int = 240) -> String {
        let cut = bytes.count > limit
        var text = String(decoding: bytes.prefix(limit), as: UTF8.self)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return cut ? text + "…" : text
    }

    /// Where `needle` begins, at `from` or later.
    func find(_ needle: String, from: Int = 0) -> Int? {
        var needle = needle
        return needle.withUTF8 { wanted in
            guard let first = wanted.first, bytes.count - from >= wanted.count else { return nil }
            var at = from
            while at <= bytes.count - wanted.count {
                if bytes[at] == first, matches(wanted, at) { return at }
                at += 1
            }
            return nil
        }
    }

    private func matches(_ wanted: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        for index in 0..<wanted.count where bytes[at + index] != wanted[index] { return false }
        return true
    }

    func contains(_ needle: String) -> Bool { find(needle) != nil }

    /// The number that follows `needle`: `request timeout: 3000ms` after `request timeout: ` is 3000.
    func number(after needle: String) -> Double? {
        guard let found = find(needle) else { return nil }
        return number(at: found + needle.utf8.count)
    }

    /// The number at a place, blanks before it passed over.
    func number(at start: Int) -> Double? {
        var at = start
        while at < bytes.count, bytes[at] == 0x20 { at += 1 }
        let negative = at < bytes.count && bytes[at] == UInt8(ascii: "-")
        if negative { at += 1 }
        var value = 0.0
        var digits = 0
        while at < bytes.count, digits < 18, Self.isDigit(bytes[at]) {
            value = value * 10 + Double(bytes[at] - 0x30)
            at += 1
            digits += 1
        }
        guard digits > 0 else { return nil }
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
            at += 1
            var unit = 0.1
            while at < bytes.count, Self.isDigit(bytes[at]) {
                value += Double(bytes[at] - 0x30) * unit
                unit /= 10
                at += 1
            }
        }
        return negative ? -value : value
    }

    /// The number that stands before `needle`: `5000 published, 0 failed` before ` failed` is 0.
    func number(before needle: String) -> Double? {
        guard let found = find(needle) else { return nil }
        var at = found
        while at > 0, Self.isDigit(bytes[at - 1]), found - at < 18 { at -= 1 }
        return at < found ? number(at: at) : nil
    }

    /// The word that follows `needle`, up to a blank or one of `,;:)]}'"`, at most 120 bytes.
    func word(after needle: String) -> String? {
        guard let found = find(needle) else { return nil }
        var at = found + needle.utf8.count
        let start = at
        while at < bytes.count, at - start < 120, !Self.endsWord(bytes[at]) { at += 1 }
        return at > start ? String(decoding: bytes[start..<at], as: UTF8.self) : nil
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: ":")
            || byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}")
            || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"")
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
