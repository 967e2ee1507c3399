/// Throughput of one TCP connection that loses packets, by the two models that are quoted most. Both are for Reno's way
/// of halving the window; Linux's CUBIC is close to it at the short windows of a lossy link and faster at long ones.
public enum TCPModel {
    /// Bytes of a segment's payload on Ethernet with timestamps.
    public static let segmentBytes = 1448.0
    /// Linux waits at least so long before it sends again for want of an answer (RTO, RFC 6298; `tcp_rto_min`).
    public static let minimumTimeoutS = 0.2

    /// Mathis, Semke, Mahdavi, Ott (1997): `MSS / RTT * sqrt(3/2) / sqrt(p)` bytes per second.
    ///
    /// It leaves time-outs out, so it holds for a loss below about 1 %.
    ///
    /// - Parameters:
    ///   - roundTripS: round trip in seconds, above 0.
    ///   - loss: share of packets that are lost, above 0.
    public static func mathis(roundTripS: Double, loss: Double, segmentBytes: Double = segmentBytes) -> Double {
        guard roundTripS > 0, loss > 0 else { return .infinity }
        return segmentBytes / roundTripS * (1.5 as Double).squareRoot() / loss.squareRoot()
    }

    /// Padhye, Firoiu, Towsley, Kurose (1998), equation 30 with one acknowledgement for each two segments: the same
    /// with time-outs, which decide above a loss of 1 %.
    public static func padhye(
        roundTripS: Double, loss: Double, timeoutS: Double? = nil, segmentBytes: Double = segmentBytes
    ) -> Double {
        guard roundTripS > 0, loss > 0 else { return .infinity }
        let timeout = timeoutS ?? max(minimumTimeoutS, 2 * roundTripS)
        let b = 2.0
        let halving = roundTripS * (2 * b * loss / 3).squareRoot()
        let waiting = timeout * min(1, 3 * (3 * b * loss / 8).squareRoot()) * loss * (1 + 32 * loss * loss)
        return segmentBytes / (halving + waiting)
    }

    /// The model that fits the loss: Mathis below 1 %, Padhye above.
    public static func ceiling(
        roundTripS: Double, loss: Double
    ) -> (name: String, bytesPerS: Double) {
        loss < 0.01
            ? ("Mathis", mathis(roundTripS: roundTripS, loss: loss))
            : ("Padhye", padhye(roundTripS: roundTripS, loss: loss))
    }
}
