import Testing

@testable import Capacity

struct TCPModelTests {
    /// 1448 B, 100 ms, 0.1 %: 1448 / 0.1 * 1.2247 / 0.0316 = 560.8 kB/s.
    @Test func mathisGivesTheTextbookNumber() {
        let value = TCPModel.mathis(roundTripS: 0.1, loss: 0.001)
        #expect((value - 560_807).magnitude < 10)
    }

    /// RFC 9438, section 5.1: equation 6 at 100 ms with C 0.4, or Reno's window where that is more.
    @Test func cubicHasItsOwnFormula() {
        func window(_ loss: Double) -> Double {
            TCPModel.cubic(roundTripS: 0.1, loss: loss) * 0.1 / TCPModel.segmentBytes
        }
        // 1.054 * (0.1 / 1e-6)^(3/4) segments; at 1 % Reno's 1.2247 / 0.1 is more than CUBIC's own 5.9.
        #expect((window(1e-6) - 5927).magnitude < 5)
        #expect((window(0.01) - 12.25).magnitude < 0.01)
        #expect(TCPModel.cubic(roundTripS: 0.1, loss: 0) == .infinity)
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
        #expect(TCPModel.ceiling(roundTripS: 0.05, loss: 0.009)?.name == "Mathis")
        #expect(TCPModel.ceiling(roundTripS: 0.05, loss: 0.011)?.name == "Padhye")
        #expect(TCPModel.ceiling(roundTripS: 0.05, loss: 0.009, congestion: "reno")?.name == "Mathis")
        #expect(TCPModel.ceiling(roundTripS: 0.05, loss: 0.009, congestion: "cubic")?.name == "CUBIC (RFC 9438)")
        #expect(TCPModel.ceiling(roundTripS: 0.05, loss: 0.011, congestion: "cubic")?.name == "Padhye")
        #expect(TCPModel.ceiling(roundTripS: 0.05, loss: 0.009, congestion: "bbr") == nil)
        #expect(TCPModel.mathis(roundTripS: 0.05, loss: 0) == .infinity)
    }
}
