import EvidenceModel
import Glibc

/// One measure of one configuration on both sides, ready to be tested.
struct MeasureTest {
    /// What a measure is compared by.
    struct Scale {
        /// Added before the logarithm: differences well below it do not matter to anyone.
        let offset: Double
        /// The least ratio of medians, offset included, that matters to anyone.
        let leastRatio: Double
        /// True for counts, which scatter by chance alone even when nothing else does.
        let isCount: Bool
        /// Measures with the same family scatter alike.
        let family: String
    }

    let name: String
    let worse: Measure.Worse
    let before: Spread
    let after: Spread
    let scale: Scale

    /// What came of it.
    struct Result {
        /// True when the new values are worse.
        let isWorse: Bool
        /// Probability of a difference as large by chance; nil when no spread is known.
        let chance: Double?
    }

    /// The scale of a measure; nil for one that is no better either way.
    static func scale(_ name: String, _ worse: Measure.Worse) -> Scale? {
        switch worse {
        case .neither: nil
        case .moreIsBroken: Scale(offset: 1, leastRatio: 1.5, isCount: true, family: "counts")
        case .lower: Scale(offset: 1, leastRatio: 1.1, isCount: false, family: name)
        case .higher where name.hasPrefix("recovery"):
            Scale(offset: 100, leastRatio: 1.5, isCount: false, family: name)
        case .higher: Scale(offset: 10, leastRatio: 1.5, isCount: false, family: name)
        }
    }

    /// Variance of the repeats' logarithms around the mean of their side, and its degrees of freedom.
    var own: (variance: Double, degrees: Int) {
        let degrees = before.repeats + after.repeats - 2
        guard degrees > 0 else { return (0, 0) }
        return ((Self.squares(logs(before)) + Self.squares(logs(after))) / Double(degrees), degrees)
    }

    /// Tests for a difference of means in either direction, given how measures of this family scatter.
    func result(_ model: VarianceModel) -> Result {
        let difference = Self.mean(logs(after)) - Self.mean(logs(before))
        let isWorse = (difference > 0) == (worse != .lower)
        let (ownVariance, degrees) = own
        guard var (variance, sum) = model.variance(own: ownVariance, degrees: degrees) else {
            return Result(isWorse: isWorse, chance: nil)
        }
        if scale.isCount {
            // A Poisson count of mean m has this variance at least, once its logarithm is taken.
            let mean = (Self.mean(before.values) + Self.mean(after.values)) / 2
            let poisson = mean / ((mean + 1) * (mean + 1))
            if poisson > variance { (variance, sum) = (poisson, .infinity) }
        }
        let error = (variance * (1 / Double(before.repeats) + 1 / Double(after.repeats))).squareRoot()
        return Result(isWorse: isWorse, chance: StudentT.upperTail(difference.magnitude / error, degreesOfFreedom: sum))
    }

    /// True when the difference would matter to anyone, and no repeat of one side lies among the other's: a mean
    /// alone follows a single stray repeat.
    var matters: Bool {
        guard after.least > before.most || after.most < before.least else { return false }
        return ratio >= scale.leastRatio
    }

    /// The ratio of the medians, from 1 upwards.
    var ratio: Double {
        let ratio = (after.median + scale.offset) / (before.median + scale.offset)
        return max(ratio, 1 / ratio)
    }

    private func logs(_ spread: Spread) -> [Double] { spread.values.map { log(max($0, 0) + scale.offset) } }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private static func squares(_ values: [Double]) -> Double {
        let mean = mean(values)
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
}
