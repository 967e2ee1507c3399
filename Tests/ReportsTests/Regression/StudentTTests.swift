import Foundation
import Testing

@testable import Reports

@Suite struct StudentTTests {
    /// One-sided quantiles from tables of the distribution.
    @Test(arguments: [
        (6.3138, 1.0, 0.05), (2.1318, 4.0, 0.05), (3.7469, 4.0, 0.01), (8.6103, 4.0, 0.0005), (1.8125, 10.0, 0.05),
        (4.5869, 10.0, 0.0005), (1.6449, .infinity, 0.05), (3.0902, .infinity, 0.001), (0, 7.0, 0.5),
    ])
    func tailsAreThoseOfTheTables(t: Double, degrees: Double, chance: Double) {
        #expect((StudentT.upperTail(t, degreesOfFreedom: degrees) - chance).magnitude < 2e-5)
        #expect((StudentT.upperTail(-t, degreesOfFreedom: degrees) - (1 - chance)).magnitude < 2e-5)
    }

    @Test func derivativesOfTheLogarithmOfGamma() {
        #expect((StudentT.digamma(1) + 0.577_215_664_901_532_9).magnitude < 1e-9)
        #expect((StudentT.digamma(0.5) + 1.963_510_026_021_423).magnitude < 1e-9)
        #expect((StudentT.trigamma(1) - .pi * .pi / 6).magnitude < 1e-9)
        #expect((StudentT.trigamma(0.5) - .pi * .pi / 2).magnitude < 1e-9)
        for x in [0.01, 0.3, 1, 4, 50] {
            #expect((StudentT.inverseTrigamma(StudentT.trigamma(x)) / x - 1).magnitude < 1e-6)
        }
    }
}

@Suite struct VarianceModelTests {
    /// Sample variances of `degrees` degrees of freedom, the true ones s0² d0 / chi²(d0).
    private func samples(_ count: Int, prior: Double, priorDegrees: Int, degrees: Int) -> [(Double, Int)] {
        var random = SplitMix(state: 42)
        func chiSquared(_ n: Int) -> Double { (0..<n).reduce(0) { sum, _ in sum + pow(random.normal(), 2) } }
        return (0..<count).map { _ in
            let truth = prior * Double(priorDegrees) / chiSquared(priorDegrees)
            return (truth * chiSquared(degrees) / Double(degrees), degrees)
        }
    }

    @Test func thePriorIsFoundAgain() {
        let model = VarianceModel(samples(5000, prior: 0.04, priorDegrees: 6, degrees: 4))
        #expect((model.priorVariance / 0.04 - 1).magnitude < 0.1)
        #expect((model.priorDegrees / 6 - 1).magnitude < 0.2)
        let put = model.variance(own: 0.4, degrees: 4)
        #expect(put.map { $0.variance > 0.1 && $0.variance < 0.25 && $0.degrees > 8 } == true)
    }

    @Test func thoseThatScatterAlikeAreOne() {
        let model = VarianceModel((0..<50).map { _ in (variance: 0.01, degrees: 4) })
        #expect(model.priorDegrees == .infinity)
        #expect(model.variance(own: 0.03, degrees: 4)?.variance == model.priorVariance)
        #expect(model.variance(own: 5, degrees: 4)?.variance == 5, "it is not one of them")
    }

    @Test func whatNobodyKnowsIsNotMadeUp() {
        let model = VarianceModel([(0, 0), (0, 0)])
        #expect(model.variance(own: 0, degrees: 0) == nil)
        #expect(model.variance(own: 0.02, degrees: 4).map { $0.variance } == 0.02, "its own, when there is no other")
        #expect(model.variance(own: 0, degrees: 4).map { $0.variance } == VarianceModel.leastVariance)
    }
}
