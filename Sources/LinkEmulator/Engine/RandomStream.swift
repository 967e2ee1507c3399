/// Counter-based randomness: every draw is a hash of who asks and for which packet, so that no impairment can shift the
/// draws of another, and a decision depends on the seed and on the packet's index alone.
struct RandomStream: BitwiseCopyable {
    /// Hash of (seed, node, direction, fault).
    let key: UInt64

    /// - Parameter fault: what the fault is called: `PlannedFault.drawNames`; draws change with it.
    init(seed: UInt64, node: Int, direction: Int, fault: String) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in fault.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        let path = UInt64(node) << 1 | UInt64(direction)
        key = Self.mix(Self.mix(seed ^ 0x9E37_79B9_7F4A_7C15) ^ Self.mix(Self.mix(hash) &+ path))
    }

    /// 64 uniform bits for one decision.
    ///
    /// - Parameters:
    ///   - index: index of the packet in its node and direction.
    ///   - purpose: which decision; `RandomPurpose`, plus the copy's number for duplicates.
    @inline(__always)
    func bits(index: UInt64, purpose: UInt64) -> UInt64 {
        Self.mix(key ^ Self.mix(index &* 0xD1B5_4A32_D192_ED03 ^ purpose &* 0xABC9_8388_FB8F_AC03))
    }

    /// A uniform number in 0..<1.
    @inline(__always)
    func uniform(index: UInt64, purpose: UInt64) -> Double {
        Double(bits(index: index, purpose: purpose) >> 11) * 0x1p-53
    }

    /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit flips every output bit half the time.
    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
