/// Random decisions that are the same for the same input number, on every machine.
public struct FuzzRandom: RandomNumberGenerator {
    private var state: UInt64

    /// The decisions of one input.
    public init(input: UInt64) { state = input &* 0x9e37_79b9_7f4a_7c15 | 1 }

    /// The next 64 bits (xorshift64*).
    public mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_f491_4f6c_dd1d
    }

    /// A number from 0 to `bound` - 1; 0 for a bound below 1.
    public mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % max(bound, 1) }
}
