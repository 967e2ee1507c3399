/// How an expectation compares a measure with a number.
public enum Comparison: String, Sendable, CaseIterable {
    /// Equal.
    case equal = "=="
    /// Not equal.
    case notEqual = "!="
    /// At most.
    case atMost = "<="
    /// At least.
    case atLeast = ">="
    /// Less.
    case less = "<"
    /// More.
    case more = ">"

    /// Whether `actual` stands in this relation to `value`.
    public func holds(_ actual: Double, _ value: Double) -> Bool {
        switch self {
        case .equal: actual == value
        case .notEqual: actual != value
        case .atMost: actual <= value
        case .atLeast: actual >= value
        case .less: actual < value
        case .more: actual > value
        }
    }

    /// Splits `<= 5`; a bare number means equal. Nil for anything else.
    static func parse(_ text: String) -> (Comparison, Double)? {
        // The two-letter signs stand first among the cases, so that `<=` is not taken for `<`.
        let sign = allCases.first { text.hasPrefix($0.rawValue) }
        let rest = text.dropFirst(sign?.rawValue.count ?? 0).drop { $0 == " " }
        return DecimalText.number(String(rest)).map { (sign ?? .equal, $0) }
    }
}
