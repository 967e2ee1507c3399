extension ScenarioValue {
    /// The text of a scalar. Numbers and booleans are text too, as they were written.
    /// - Throws: `ScenarioError` for a list, a mapping, or nothing.
    public func text() throws -> String {
        guard case .scalar(let scalar) = content, !isNull else {
            throw error("expected a text, found \(shown)")
        }
        return scalar.text
    }

    /// `true` or `false`, not in quotes.
    /// - Throws: `ScenarioError` for anything else, `yes` and `on` included.
    public func bool() throws -> Bool {
        if case .scalar(let scalar) = content, !scalar.quoted {
            switch scalar.text {
            case "true": return true
            case "false": return false
            default: break
            }
        }
        var meant: String?
        if case .scalar(let scalar) = content {
            switch scalar.text.lowercased() {
            case "true", "yes", "on", "y", "1": meant = "true"
            case "false", "no", "off", "n", "0": meant = "false"
            default: break
            }
        }
        throw error("\(shown) is not a boolean", allowed: "true, false", didYouMean: meant)
    }

    /// A whole number within a range.
    /// - Throws: `ScenarioError` for anything else, numbers in quotes and numbers with a fraction included.
    public func count(in range: ClosedRange<Int>) throws -> Int {
        let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .scalar(let scalar) = content, !scalar.quoted, let value = DecimalText.whole(scalar.text) else {
            throw error("\(shown) is not a whole number", allowed: allowed)
        }
        guard range.contains(value) else { throw error("\(shown) is out of range", allowed: allowed) }
        return value
    }

    /// A decimal number within a range.
    /// - Throws: `ScenarioError` for anything else, numbers in quotes, exponents, infinity and not-a-number included.
    public func number(in range: ClosedRange<Double>) throws -> Double {
        let allowed = "a number from \(DecimalText.shown(range.lowerBound)) to \(DecimalText.shown(range.upperBound))"
        guard case .scalar(let scalar) = content, !scalar.quoted, let value = DecimalText.number(scalar.text) else {
            throw error("\(shown) is not a number", allowed: allowed)
        }
        guard range.contains(value) else { throw error("\(shown) is out of range", allowed: allowed) }
        return value
    }

    /// One word of a fixed list.
    /// - Throws: `ScenarioError` with the list and the nearest word for anything else.
    public func choice(of words: [String]) throws -> String {
        let allowed = words.joined(separator: ", ")
        guard case .scalar(let scalar) = content, !isNull else {
            throw error("expected a word, found \(shown)", allowed: allowed)
        }
        guard words.contains(scalar.text) else {
            throw error(
                "\(shown) is unknown", allowed: allowed, didYouMean: Suggestion.nearest(to: scalar.text, among: words))
        }
        return scalar.text
    }
}

/// Decimal numbers as people write them in a scenario: digits, at most one point, perhaps a leading minus.
enum DecimalText {
    /// A whole number; nil for anything else, numbers beyond Int included.
    static func whole(_ text: String) -> Int? {
        isDecimal(text, pointAllowed: false) ? Int(text) : nil
    }

    /// A decimal number; nil for anything else.
    static func number(_ text: String) -> Double? {
        isDecimal(text, pointAllowed: true) ? Double(text) : nil
    }

    /// Splits `1.5Mbit/s` into its number and its unit; nil when it does not begin with a number.
    static func split(_ text: String) -> (number: Double, unit: String)? {
        let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." || $0 == "-" }
        guard let number = number(String(digits)) else { return nil }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        return (number, String(unit))
    }

    /// Shortest text of a number: `5`, `0.05`.
    static func shown(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }

    private static func isDecimal(_ text: String, pointAllowed: Bool) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : Substring(text)
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        // Twenty digits name every number that anyone means; longer ones only cost time.
        guard text.utf8.count <= 40, parts.count == 1 || (pointAllowed && parts.count == 2) else { return false }
        return parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
    }
}
