/// Repeats of a measurement: where they lie, and the interval in which they were seen.
public struct Spread: Sendable, Equatable {
    /// The values, ascending.
    public let values: [Double]
    /// Median; of an even number of values the mean of the middle two.
    public let median: Double
    /// End of the interval. With fewer than 6 values it is the smallest; with more, the order statistic that bounds
    /// the median with 95 % confidence, which needs no assumption about the distribution.
    public let low: Double
    /// The same at the other end.
    public let high: Double
    /// The smallest value.
    let least: Double
    /// The largest value.
    let most: Double
    /// Number of values.
    public var repeats: Int { values.count }

    /// The spread of `values`; nil when there are none.
    public init?(_ values: [Double]) {
        let sorted = values.filter(\.isFinite).sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        let middle = sorted.count / 2
        median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        self.values = sorted
        least = first
        most = last
        let rank = Self.rank(sorted.count)
        low = rank > 0 ? sorted[rank - 1] : first
        high = rank > 0 ? sorted[sorted.count - rank] : last
    }

    /// The largest rank r for which P(the median lies below the r-th of n values) is at most 2.5 %; 0 for none.
    private static func rank(_ n: Int) -> Int {
        guard n >= 6, n <= 500 else { return n > 500 ? n / 2 - Int(0.98 * Double(n).squareRoot()) : 0 }
        var probability = 1.0
        for _ in 0..<n { probability /= 2 }
        var sum = 0.0
        var rank = 0
        for k in 0..<n {
            sum += probability
            if sum > 0.025 { return rank }
            rank = k + 1
            probability *= Double(n - k) / Double(k + 1)
        }
        return rank
    }
}

extension Spread: Codable {
    /// A spread is written as the list of its values.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let spread = Spread(try container.decode([Double].self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a measure without a value")
        }
        self = spread
    }

    /// Writes the list of values.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
}
