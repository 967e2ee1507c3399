import Glibc

/// Numbers with one unit between two ends, as a scenario writes them: `500/s` to `20000/s`.
public struct SweepRange: Sendable, Equatable {
    /// The smaller end.
    public var low: Double
    /// The larger end.
    public var high: Double
    /// The unit of both; may be empty.
    public var unit: String
    /// True when equal steps are equal ratios.
    public var isLogarithmic: Bool
    /// True for values without a fraction, such as a property in milliseconds.
    public var isWhole: Bool

    /// Makes a range.
    public init(low: Double, high: Double, unit: String, isLogarithmic: Bool, isWhole: Bool) {
        self.low = low
        self.high = high
        self.unit = unit
        self.isLogarithmic = isLogarithmic
        self.isWhole = isWhole
    }

    static let scales = ["log", "linear"]

    /// Reads `from`, `to` and `scale` of a mapping.
    /// - Throws: `ScenarioError` for ends that are no numbers, differ in unit, or are in the wrong order.
    init(_ value: ScenarioValue) throws {
        let from = try Self.end(value.required("from"))
        let toValue = try value.required("to")
        let to = try Self.end(toValue)
        guard from.unit == to.unit else {
            throw toValue.error("\(toValue.shown) has another unit than 'from'", allowed: "a number in '\(from.unit)'")
        }
        guard from.number < to.number else {
            throw toValue.error("\(toValue.shown) is not above 'from'", allowed: "more than \(from.number)")
        }
        let scale = try value["scale"]?.choice(of: Self.scales)
        if scale == "log", from.number <= 0 {
            throw toValue.error("a logarithmic scale begins above 0", allowed: "linear, or a larger 'from'")
        }
        let isWide = from.number > 0 && to.number / from.number >= 4
        self.init(
            low: from.number, high: to.number, unit: from.unit,
            isLogarithmic: scale.map { $0 == "log" } ?? isWide,
            isWhole: ["", "B"].contains(from.unit) && from.number == from.number.rounded()
                && to.number == to.number.rounded())
    }

    private static func end(_ value: ScenarioValue) throws -> (number: Double, unit: String) {
        guard case .scalar(let scalar) = value.content, let end = DecimalText.split(scalar.text) else {
            throw value.error("\(value.shown) is not a number", allowed: "a number with its unit, for example 500/s")
        }
        return end
    }

    /// The value half way between two others.
    public func middle(_ a: Double, _ b: Double) -> Double {
        rounded(isLogarithmic && a > 0 && b > 0 ? (a * b).squareRoot() : (a + b) / 2)
    }

    /// `count` values from end to end, evenly spread on the scale; neighbours that round to one are one.
    public func steps(_ count: Int) -> [Double] {
        guard count > 1 else { return [low] }
        var values: [Double] = []
        for index in 0..<count {
            let share = Double(index) / Double(count - 1)
            let exact = isLogarithmic ? low * pow(high / low, share) : low + (high - low) * share
            let value = index == 0 ? low : index == count - 1 ? high : rounded(exact)
            if values.last != value { values.append(value) }
        }
        return values
    }

    /// A number as the scenario writes it.
    public func text(_ value: Double) -> String {
        var decimals = 0
        var scaled = value
        while scaled != scaled.rounded(), decimals < 9 {
            decimals += 1
            scaled = (value * pow(10, Double(decimals)) * 1e3).rounded() / 1e3
        }
        return DecimalText.fixed(value, decimals) + unit
    }

    /// The number of a text in this range's unit; nil for anything else.
    public func number(_ text: String) -> Double? {
        DecimalText.split(text).flatMap { $0.unit == unit ? $0.number : nil }
    }

    /// Four digits say more than any measurement can.
    private func rounded(_ value: Double) -> Double {
        if isWhole { return value.rounded() }
        guard value != 0, value.isFinite else { return value }
        let scale = pow(10, 3 - log10(value.magnitude).rounded(.down))
        return (value * scale).rounded() / scale
    }
}

extension DecimalText {
    /// Digits without an exponent, and no more decimals than asked for.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard decimals > 0 else { return shown(value) }
        let scale = pow(10, Double(decimals))
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 1e15 else { return shown(value.rounded()) }
        let whole = Int(scaled) / Int(scale)
        let rest = String(Int(scaled) % Int(scale))
        return (value < 0 ? "-" : "") + "\(whole)." + String(repeating: "0", count: decimals - rest.count) + rest
    }
}
