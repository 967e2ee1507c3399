/// One property of a configuration, where it stands.
public struct Setting: Sendable, Equatable {
    /// The canonical name: dotted, aliases resolved, for example `delivery.timeout.ms` for `message.timeout.ms`.
    public var name: String
    /// The name as it is written.
    public var written: String
    /// The value, without quotes.
    public var value: String
    /// The input.
    public var file: String
    /// Its line, from 1.
    public var line: Int
    /// Where the value stands in the line, in bytes, quotes included; nil where it does not stand in one piece.
    public var valueBytes: Range<Int>?

    /// A property at a place.
    public init(
        name: String, written: String, value: String, file: String, line: Int, valueBytes: Range<Int>? = nil
    ) {
        self.name = name
        self.written = written
        self.value = value
        self.file = file
        self.line = line
        self.valueBytes = valueBytes
    }

    /// The setting as something that was seen.
    public var evidence: Evidence { Evidence(source: file, line: line, text: "\(written) = \(value)") }

    /// The value as a whole number: `5`, `16KB`, `5s`, `5_000`; nil for anything else.
    public var number: Int? { Self.number(value) }

    /// True for true, yes, on, 1; false for false, no, off, 0; nil for anything else.
    public var truth: Bool? {
        switch value.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    static func number(_ text: String) -> Int? {
        var digits = ""
        var unit = ""
        for character in text.lowercased() where character != "_" {
            if character == "-" && digits.isEmpty || character.isASCII && character.isNumber && unit.isEmpty {
                digits.append(character)
            } else {
                unit.append(character)
            }
        }
        guard digits.count < 18, let value = Int(digits) else { return nil }
        switch unit {
        case "", "ms", "b", "l": return value
        case "kb", "k": return value.multipliedReportingOverflow(by: 1024).partialValue
        case "mb", "m": return value.multipliedReportingOverflow(by: 1 << 20).partialValue
        case "s": return value.multipliedReportingOverflow(by: 1000).partialValue
        default: return nil
        }
    }
}
