import Glibc

/// Student's t distribution and the special functions that estimates of variance need. Pure; no tables.
enum StudentT {
    /// P(T > t) with so many degrees of freedom, which need not be whole; `infinity` gives the normal distribution.
    static func upperTail(_ t: Double, degreesOfFreedom: Double) -> Double {
        if t < 0 { return 1 - upperTail(-t, degreesOfFreedom: degreesOfFreedom) }
        guard degreesOfFreedom < 1e6 else { return erfc(t / 2.0.squareRoot()) / 2 }
        let x = degreesOfFreedom / (degreesOfFreedom + t * t)
        return incompleteBeta(x, degreesOfFreedom / 2, 0.5) / 2
    }

    /// The regularised incomplete beta function I_x(a, b), by its continued fraction (Abramowitz and Stegun 26.5.8)
    /// in Lentz's form.
    static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        // The fraction converges fast on one side of the mean; the other side follows by symmetry.
        if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
        let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
        let tiny = 1e-300
        func nonZero(_ value: Double) -> Double { value.magnitude < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / nonZero(1 - (a + b) * x / (a + 1))
        var fraction = d
        for i in 1...500 {
            let m = Double(i)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / nonZero(1 + even * d)
            c = nonZero(1 + even / c)
            fraction *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / nonZero(1 + odd * d)
            c = nonZero(1 + odd / c)
            let step = d * c
            fraction *= step
            if (step - 1).magnitude < 1e-14 { break }
        }
        return front * fraction
    }

    /// The derivative of log Γ, for x > 0: recurrence up to 10, then the asymptotic series.
    static func digamma(_ x: Double) -> Double {
        var x = x
        var sum = 0.0
        while x < 10 {
            sum -= 1 / x
            x += 1
        }
        let r = 1 / (x * x)
        return sum + log(x) - 0.5 / x - r * (1.0 / 12 - r * (1.0 / 120 - r * (1.0 / 252 - r / 240)))
    }

    /// The second derivative of log Γ, for x > 0.
    static func trigamma(_ x: Double) -> Double {
        var x = x
        var sum = 0.0
        while x < 10 {
            sum += 1 / (x * x)
            x += 1
        }
        let r = 1 / (x * x)
        return sum + 1 / x + r / 2 + r / x * (1.0 / 6 - r * (1.0 / 30 - r * (1.0 / 42 - r / 30)))
    }

    /// The x > 0 with `trigamma(x) == value`, by bisection on its logarithm: trigamma falls everywhere.
    static func inverseTrigamma(_ value: Double) -> Double {
        var low = log(1e-8)
        var high = log(1e8)
        for _ in 0..<80 {
            let middle = (low + high) / 2
            if trigamma(exp(middle)) > value { low = middle } else { high = middle }
        }
        return exp((low + high) / 2)
    }
}
