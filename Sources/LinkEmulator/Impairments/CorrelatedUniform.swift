import Glibc

/// Uniform numbers of which each resembles the one before: a Gaussian first-order autoregression mapped back to
/// 0..<1, so that the numbers stay uniform at every correlation (netem's own blend narrows them).
///
/// A packet that an earlier fault dropped still takes its step, so that adding a fault shifts nothing.
struct CorrelatedUniform: BitwiseCopyable {
    private let correlation: Double
    private let innovation: Double
    private let purpose: UInt64
    private var last = 0.0
    private var nextIndex: UInt64 = 0
    private var hasLast = false

    /// - Parameter correlation: between neighbours, 0..<1.
    init(correlation: Double, purpose: UInt64) {
        self.correlation = correlation
        innovation = (1 - correlation * correlation).squareRoot()
        self.purpose = purpose
    }

    /// Forgets the past: the packet with this index is the first.
    mutating func restart(at index: UInt64) {
        hasLast = false
        nextIndex = index
    }

    /// The number for a packet. Copies draw on their own.
    @inline(__always)
    mutating func next(_ packet: PacketInTransit) -> Double {
        if correlation == 0 || packet.copy > 0 { return packet.uniform(purpose) }
        return step(to: packet.index, stream: packet.stream)
    }

    private mutating func step(to index: UInt64, stream: RandomStream) -> Double {
        while nextIndex <= index {
            let fresh = Self.normal(stream, index: nextIndex, purpose: purpose)
            last = hasLast ? correlation * last + innovation * fresh : fresh
            hasLast = true
            nextIndex &+= 1
        }
        return min(0.5 * erfc(-last / 2.0.squareRoot()), 1 - 0x1p-53)
    }

    /// A standard normal number (Box and Muller 1958).
    @inline(__always)
    static func normal(_ stream: RandomStream, index: UInt64, purpose: UInt64) -> Double {
        let u = 1 - stream.uniform(index: index, purpose: purpose)
        let v = stream.uniform(index: index, purpose: purpose &+ (1 << 16))
        return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
    }
}
