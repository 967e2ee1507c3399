import Glibc

/// How far repeats of one measure scatter, learned from every configuration of the suite at once.
///
/// Three repeats say little about their own spread: by chance they agree far too well in one of many configurations,
/// and whatever comes next looks like a change. So each configuration's variance is drawn towards that of its fellows,
/// as strongly as they are alike (Smyth, "Linear models and empirical Bayes methods", 2004): the variance of a
/// configuration with d degrees of freedom becomes the mean of its own and the prior's, weighted d to d0, and has
/// d + d0 degrees of freedom. One that scatters far more than its fellows is not one of them (a load without a limit among
/// loads at a rate), and keeps its own (Phipson et al., "Robust hyperparameter estimation protects against hypervariable
/// genes", 2016, in spirit).
struct VarianceModel {
    /// Variance that a configuration of this suite has before anything is known of it.
    let priorVariance: Double
    /// What that knowledge weighs, in degrees of freedom: 0 when there is none, infinite when all scatter alike.
    let priorDegrees: Double

    /// No measure is believed to be steadier than 1 %: values that repeat exactly are cut off by the clock, not steady.
    static let leastVariance = 1e-4

    /// Learns from the variances of repeats and their degrees of freedom. Those without degrees are left out.
    init(_ samples: [(variance: Double, degrees: Int)]) {
        let known = samples.filter { $0.degrees > 0 && $0.variance.isFinite }
        guard known.count >= 3 else {
            priorVariance = Self.leastVariance
            priorDegrees = 0
            return
        }
        // A sample variance is s0² F(d, d0); the mean and the variance of its logarithm give s0² and d0.
        let logs = known.map { sample in
            let half = Double(sample.degrees) / 2
            return log(max(sample.variance, Self.leastVariance)) - StudentT.digamma(half) + log(half)
        }
        let mean = logs.reduce(0, +) / Double(logs.count)
        let spread = logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(logs.count - 1)
        let sampling = known.reduce(0) { $0 + StudentT.trigamma(Double($1.degrees) / 2) } / Double(known.count)
        if spread > sampling {
            let half = StudentT.inverseTrigamma(spread - sampling)
            priorDegrees = 2 * half
            priorVariance = max(exp(mean + StudentT.digamma(half) - log(half)), Self.leastVariance)
        } else {
            priorDegrees = .infinity
            priorVariance = max(exp(mean), Self.leastVariance)
        }
    }

    /// The variance of a configuration, its own repeats and its fellows' put together; nil when nobody knows any.
    func variance(own: Double, degrees: Int) -> (variance: Double, degrees: Double)? {
        let d = Double(degrees)
        let sum = d + priorDegrees
        guard sum > 0 else { return nil }
        if d > 0, own > priorVariance, chance(of: own / priorVariance, degrees: d) < Self.outlier { return (own, d) }
        guard sum.isFinite else { return (priorVariance, sum) }
        return (max((priorDegrees * priorVariance + d * own) / sum, Self.leastVariance), sum)
    }

    /// A variance so unlikely beside its fellows is of another kind.
    private static let outlier = 0.001

    /// P(F(d, d0) > ratio): how likely a variance so many times the prior's is, in a configuration like its fellows.
    private func chance(of ratio: Double, degrees d: Double) -> Double {
        // With a million degrees of freedom the prior is as good as known.
        let d0 = min(priorDegrees, 1e6)
        return StudentT.incompleteBeta(d0 / (d0 + d * ratio), d0 / 2, d / 2)
    }
}
