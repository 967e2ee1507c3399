/// Throughput of one TCP connection that loses packets, by the models of the congestion control that ran: Mathis and Padhye
/// for Reno's way of halving the window, RFC 9438's for CUBIC, which is Reno's at the short windows of a lossy link and more
/// at long ones. BBR does not slow down by single losses, and nothing here says what it carries.
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

    /// CUBIC, RFC 9438: equation 6 for the mean window of its own growth with C 0.4 and a decrease to 0.7, equation 7 with
    /// the same decrease for Reno's, whichever is more (section 4.3).
    public static func cubic(roundTripS: Double, loss: Double, segmentBytes: Double = segmentBytes) -> Double {
        guard roundTripS > 0, loss > 0 else { return .infinity }
        // (C * (3 + 0.7) / (4 * (1 - 0.7)))^(1/4) is 1.054.
        let fourth = (roundTripS / loss).squareRoot().squareRoot()
        let own = 1.054 * fourth * fourth * fourth
        return max(
            own * segmentBytes / roundTripS, mathis(roundTripS: roundTripS, loss: loss, segmentBytes: segmentBytes))
    }

    /// The model that fits the congestion control and the loss: above 1 % time-outs decide, and Padhye has them; below
    /// CUBIC's own or, for Reno, Mathis.
    ///
    /// - Parameter congestion: the kernel's name; nil: not known, as in records that are older.
    /// - Returns: nil for one that no model here describes.
    public static func ceiling(
        roundTripS: Double, loss: Double, congestion: String? = nil
    ) -> (name: String, bytesPerS: Double)? {
        guard ["cubic", "reno", nil].contains(congestion) else { return nil }
        if congestion == "cubic", loss < 0.01 {
            return ("CUBIC (RFC 9438)", cubic(roundTripS: roundTripS, loss: loss))
        }
        return loss < 0.01
            ? ("Mathis", mathis(roundTripS: roundTripS, loss: loss))
            : ("Padhye", padhye(roundTripS: roundTripS, loss: loss))
    }
}
