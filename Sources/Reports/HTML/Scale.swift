import Glibc

/// A scale from numbers to the fraction of a chart's height or width, with its marks.
struct Scale {
    /// Values and labels of the marks.
    private(set) var marks: [(value: Double, label: String)] = []
    private let low: Double
    private let high: Double
    private let isLogarithmic: Bool

    /// The fraction of the length for a value, within 0 and 1.
    func place(_ value: Double) -> Double {
        let fraction =
            isLogarithmic
            ? (Self.logarithm(value) - Self.logarithm(low)) / (Self.logarithm(high) - Self.logarithm(low))
            : (value - low) / (high - low)
        return fraction.isFinite ? min(max(fraction, 0), 1) : 0
    }

    private static func logarithm(_ value: Double) -> Double { log10(max(value, 1e-9)) }

    /// From 0 to a round number not below `high`, with about `count` marks; at whole numbers only, when asked.
    static func linear(from low: Double = 0, to high: Double, count: Int, unit: String = "", whole: Bool = false)
        -> Scale
    {
        let span = max(high - low, 1e-9)
        let step = max(niceStep(span / Double(max(count, 1))), whole ? 1 : 0)
        let top = low == 0 && count <= 4 ? (high / step).rounded(.up) * step : high
        var scale = Scale(low: low, high: max(top, low + 1e-9), isLogarithmic: false)
        var value = (low / step).rounded(.up) * step
        while value <= top + step * 1e-6, scale.marks.count < 20 {
            scale.marks.append((value, short(value, step) + unit))
            value += step
        }
        return scale
    }

    /// Over whole decades of milliseconds, with a mark at each.
    static func decadesOfMs(from low: Double, to high: Double) -> Scale {
        var first = 1e-3
        while first * 10 <= low, first < 1e6 { first *= 10 }
        var last = first * 10
        while last < high, last < 1e8 { last *= 10 }
        var scale = Scale(low: first, high: last, isLogarithmic: true)
        var value = first
        while value <= last * 1.001 {
            let label =
                value >= 1000 ? "\(Numbers.text((value / 1000).rounded())) s" : "\(Numbers.text(value.rounded())) ms"
            scale.marks.append((value, value < 0.9 ? "\(Numbers.text((value * 1000).rounded())) µs" : label))
            value *= 10
        }
        return scale
    }

    /// Logarithmic from `low` to `high`, both above 0, with marks at 1, 2 and 5 of each decade; of more than three
    /// decades only at 1.
    static func logarithmic(from low: Double, to high: Double, unit: String = "") -> Scale {
        var scale = Scale(low: low, high: max(high, low * 1.01), isLogarithmic: true)
        var power = 1e-9
        let factors: [Double] = high / low > 1000 ? [1] : [1, 2, 5]
        while power <= high {
            for factor in factors where (low * 0.999...high * 1.001).contains(power * factor) {
                scale.marks.append((power * factor, short(power * factor, power * factor) + unit))
            }
            power *= 10
        }
        if scale.marks.count < 2 { scale.marks = [low, high].map { ($0, short($0, $0) + unit) } }
        return scale
    }

    private init(low: Double, high: Double, isLogarithmic: Bool) {
        self.low = low
        self.high = high
        self.isLogarithmic = isLogarithmic
    }

    /// 1, 2 or 5 times a power of ten, not below `step`.
    private static func niceStep(_ step: Double) -> Double {
        var power = 1.0
        while power * 10 <= step { power *= 10 }
        while power > step { power /= 10 }
        for factor in [1.0, 2, 5, 10] where power * factor >= step * 0.999 { return power * factor }
        return power * 10
    }

    private static func short(_ value: Double, _ step: Double) -> String {
        if value.magnitude >= 1e6 { return Numbers.text((value / 1e5).rounded() / 10) + "M" }
        if value.magnitude >= 10000 { return Numbers.text((value / 100).rounded() / 10) + "k" }
        var decimals = 0
        var digit = step
        while digit < 0.999, decimals < 6 {
            digit *= 10
            decimals += 1
        }
        return Numbers.fixed(value, decimals)
    }
}
