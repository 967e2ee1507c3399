/// Changes captures at random, the same way for the same seed.
struct Mutator {
    private static let interesting: [UInt8] = [0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x10]
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_f491_4f6c_dd1d
    }

    mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % max(bound, 1) }

    mutating func mutate(_ base: Corpus.Entry, of corpus: [Corpus.Entry], into output: inout [UInt8]) {
        output.removeAll(keepingCapacity: true)
        output.append(contentsOf: base.bytes)
        let inPayload = below(4) != 0 && !base.payloads.isEmpty
        for _ in 0...below(4) {
            guard !output.isEmpty else { return }
            var offset = below(output.count)
            if inPayload {
                let range = base.payloads[below(base.payloads.count)]
                offset = min(range.lowerBound + below(range.count), output.count - 1)
            }
            change(&output, at: offset, corpus)
        }
        if below(8) == 0 { output.removeLast(below(output.count)) }
    }

    private mutating func change(_ output: inout [UInt8], at offset: Int, _ corpus: [Corpus.Entry]) {
        switch below(7) {
        case 0: output[offset] ^= UInt8(1) << UInt8(below(8))
        case 1: output[offset] = UInt8(truncatingIfNeeded: next())
        case 2: output[offset] = Self.interesting[below(Self.interesting.count)]
        case 3:
            // A length or a count: four bytes at once.
            let value = UInt32(truncatingIfNeeded: next()) >> UInt32(below(32))
            for index in 0..<4 where offset + index < output.count {
                output[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * (3 - index)))
            }
        case 4:
            let count = min(below(64), output.count - offset)
            output.removeSubrange(offset..<offset + count)
        case 5:
            let count = min(below(64), output.count - offset)
            output.insert(contentsOf: Array(output[offset..<offset + count]), at: offset)
        default:
            let other = corpus[below(corpus.count)].bytes
            let start = below(other.count)
            for index in 0..<min(below(64), other.count - start, output.count - offset) {
                output[offset + index] = other[start + index]
            }
        }
    }
}
