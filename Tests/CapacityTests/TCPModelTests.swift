import Testing

@testable import Capacity

struct TCPModelTests {
    /// 1448 B, 100 ms, 0.1 %: 1448 / 0.1 * 1.2247 / 0.0316 = 560.8 kB/s.
    @Test func mathisGivesTheTextbookNumber() {
        let value = TCPModel.mathis(roundTripS: 0.1, loss: 0.001)
        #expect((value - 560_807).magnitude < 10)
    }

    /// Without time-outs both are one formula but for the delayed acknowledgements: a factor of the square root of two.
    @Test func padhyeIsMathisWithDelayedAcksWhenLossIsSmall() {
        let ratio = TCPModel.mathis(roundTripS: 0.1, loss: 1e-6) / TCPModel.padhye(roundTripS: 0.1, loss: 1e-6)
        #expect((ratio - (2 as Double).squareRoot()).magnitude < 0.01)
    }

    @Test func timeOutsCostMoreTheMoreIsLost() {
        func ratio(_ loss: Double) -> Double {
            TCPModel.padhye(roundTripS: 0.05, loss: loss) / TCPModel.mathis(roundTripS: 0.05, loss: loss)
        }
        #expect(ratio(0.001) > ratio(0.01))
        #expect(ratio(0.01) > ratio(0.1))
        #expect(ratio(0.1) < 0.4)
    }

    @Test func theModelFitsTheLoss() {
        #expect(TCPModel.ceiling(roundTripS: 0.05, loss: 0.009).name == "Mathis")
        #expect(TCPModel.ceiling(roundTripS: 0.05, loss: 0.011).name == "Padhye")
        #expect(TCPModel.mathis(roundTripS: 0.05, loss: 0) == .infinity)
    }
}
