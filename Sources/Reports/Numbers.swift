/// How numbers are written in reports.
enum Numbers {
    /// With the digits that matter: `0.42`, `12.3`, `1234`.
    static func text(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        let magnitude = value.magnitude
        if value == value.rounded(), magnitude < 1e15 { return String(Int64(value)) }
        let decimals = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2
        return fixed(value, decimals)
    }

    /// A place on a drawing as a whole number, in bounds whatever a record says: 0 for what is no number.
    static func place(_ value: Double, in bounds: ClosedRange<Int>) -> Int {
        guard !value.isNaN else { return 0 }
        return Int(min(max(value, Double(bounds.lowerBound)), Double(bounds.upperBound)))
    }

    /// With exactly so many decimals.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled.isFinite, scaled < 1e18 else { return String(value) }
        let whole = Int64(scaled) / Int64(scale)
        let rest = String(Int64(scaled) % Int64(scale))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        if decimals == 0 { return "\(sign)\(whole)" }
        return "\(sign)\(whole)." + String(repeating: "0", count: decimals - rest.count) + rest
    }
}
