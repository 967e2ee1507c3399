/// Bits read from the end of a buffer towards its start (RFC 8878, 4.1). Bits before the start are zeros; a negative
/// position tells that some were read.
struct BackwardBits {
    private let bytes: UnsafeRawBufferPointer
    /// Bits left.
    private(set) var position: Int

    /// Nil when the last byte holds no end mark.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let last = bytes.last, last != 0 else { return nil }
        self.bytes = bytes
        position = bytes.count * 8 - last.leadingZeroBitCount - 1
    }

    mutating func read(_ count: Int) -> Int {
        position -= count
        return peek(at: position, count)
    }

    /// The next `count` bits without taking them.
    func peek(_ count: Int) -> Int { peek(at: position - count, count) }

    mutating func skip(_ count: Int) { position -= count }

    private func peek(at start: Int, _ count: Int) -> Int {
        guard count > 0 else { return 0 }
        var value: UInt64 = 0
        let firstByte = start >> 3
        for index in stride(from: (start + count - 1) >> 3, through: firstByte, by: -1) {
            value = value << 8 | (index >= 0 && index < bytes.count ? UInt64(bytes[index]) : 0)
        }
        return Int(value >> UInt64(start & 7) & (1 << UInt64(count) - 1))
    }
}

/// A finite-state-entropy decoding table (RFC 8878, 4.1).
struct FiniteStateTable {
    private struct State {
        var symbol: UInt8
        var bits: UInt8
        var base: UInt16
    }

    let accuracy: Int
    private var states: [State]

    /// A table that always yields `symbol` and reads nothing.
    init(always symbol: UInt8) {
        accuracy = 0
        states = [State(symbol: symbol, bits: 0, base: 0)]
    }

    /// A table of these probabilities; -1 stands for "less than one".
    init(_ probabilities: [Int], accuracy: Int) throws(DecompressionError) {
        self.accuracy = accuracy
        let size = 1 << accuracy
        guard probabilities.reduce(0, { $0 + abs($1) }) == size else {
            throw .malformed("zstd probabilities do not add up")
        }
        var symbols = [UInt8](repeating: 0, count: size)
        var next = [Int](repeating: 0, count: probabilities.count)
        var high = size
        for (symbol, probability) in probabilities.enumerated() where probability == -1 {
            high -= 1
            symbols[high] = UInt8(truncatingIfNeeded: symbol)
            next[symbol] = 1
        }
        let step = size >> 1 + size >> 3 + 3
        var position = 0
        for (symbol, probability) in probabilities.enumerated() where probability > 0 {
            next[symbol] = probability
            for _ in 0..<probability {
                symbols[position] = UInt8(truncatingIfNeeded: symbol)
                repeat { position = (position + step) & (size - 1) } while position >= high
            }
        }
        states = symbols.map { symbol in
            let value = next[Int(symbol)]
            next[Int(symbol)] += 1
            let bits = accuracy - (Int.bitWidth - 1 - value.leadingZeroBitCount)
            return State(symbol: symbol, bits: UInt8(bits), base: UInt16(truncatingIfNeeded: value << bits - size))
        }
    }

    /// Reads the probabilities from the input (RFC 8878, 4.1.1).
    init(_ input: inout Input, largestAccuracy: Int) throws(DecompressionError) {
        var bit = input.position * 8
        let source = input.bytes
        func take(_ count: Int) throws(DecompressionError) -> Int {
            var value = 0
            for index in 0..<count {
                guard (bit + index) >> 3 < source.count else { throw .malformed("zstd probabilities end too early") }
                let byte = Int(source[(bit + index) >> 3])
                value |= ((byte >> ((bit + index) & 7)) & 1) << index
            }
            bit += count
            return value
        }
        let accuracy = try take(4) + 5
        guard accuracy <= largestAccuracy else { throw .malformed("zstd accuracy is too large") }
        var remaining = 1 << accuracy
        var probabilities: [Int] = []
        while remaining > 0 {
            guard probabilities.count < 256 else { throw .malformed("too many zstd symbols") }
            let bits = Int.bitWidth - (remaining + 1).leadingZeroBitCount
            var value = try take(bits)
            let half: Int = 1 << (bits - 1)
            let mask: Int = half - 1
            let threshold: Int = half + half - remaining - 2
            if value & mask < threshold {
                bit -= 1
                value &= mask
            } else if value > mask {
                value -= threshold
            }
            probabilities.append(value - 1)
            remaining -= abs(value - 1)
            guard value == 1 else { continue }
            while true {
                let zeros = try take(2)
                probabilities += Array(repeating: 0, count: zeros)
                if zeros != 3 { break }
                guard probabilities.count < 256 else { throw .malformed("too many zstd symbols") }
            }
        }
        guard remaining == 0, probabilities.count <= 256 else { throw .malformed("zstd probabilities do not add up") }
        input.position = (bit + 7) >> 3
        try self.init(probabilities, accuracy: accuracy)
    }

    func symbol(_ state: Int) -> UInt8 { states[state].symbol }

    func next(_ state: Int, _ bits: inout BackwardBits) -> Int {
        Int(states[state].base) + bits.read(Int(states[state].bits))
    }
}

/// A Huffman code for literals (RFC 8878, 4.2).
struct ZstandardHuffman {
    private let maxBits: Int
    private var table: [(symbol: UInt8, bits: UInt8)]

    init(_ input: inout Input) throws(DecompressionError) {
        let header = Int(try input.byte())
        var weights: [Int] = []
        if header >= 128 {
            let count = header - 127
            let packed = try input.slice((count + 1) / 2)
            for index in 0..<count {
                let pair = Int(packed[index / 2])
                weights.append(index % 2 == 0 ? pair >> 4 : pair & 15)
            }
        } else {
            weights = try Self.weights(try input.slice(header))
        }
        var sum = 0
        for weight in weights where (1...12).contains(weight) { sum += 1 << (weight - 1) }
        guard sum > 0, weights.count < 256, weights.allSatisfy({ $0 <= 12 }) else {
            throw .malformed("zstd Huffman weights are wrong")
        }
        let maxBits = Int.bitWidth - sum.leadingZeroBitCount
        let left = 1 << maxBits - sum
        guard maxBits <= 12, left.nonzeroBitCount == 1 else { throw .malformed("zstd Huffman weights are wrong") }
        weights.append(left.trailingZeroBitCount + 1)
        self.maxBits = maxBits
        table = []
        table.reserveCapacity(1 << maxBits)
        for weight in 1...maxBits {
            for (symbol, own) in weights.enumerated() where own == weight {
                let entry = (symbol: UInt8(symbol), bits: UInt8(maxBits + 1 - weight))
                for _ in 0..<(1 << (weight - 1)) { table.append(entry) }
            }
        }
        guard table.count == 1 << maxBits else { throw .malformed("zstd Huffman weights are wrong") }
    }

    private static func weights(_ bytes: UnsafeRawBufferPointer) throws(DecompressionError) -> [Int] {
        var input = Input(bytes)
        let table = try FiniteStateTable(&input, largestAccuracy: 6)
        guard var bits = BackwardBits(try input.slice(input.remaining)) else {
            throw .malformed("zstd Huffman weights without an end mark")
        }
        var weights: [Int] = []
        var states = [bits.read(table.accuracy), bits.read(table.accuracy)]
        var turn = 0
        while weights.count < 255 {
            weights.append(Int(table.symbol(states[turn])))
            states[turn] = table.next(states[turn], &bits)
            turn = 1 - turn
            if bits.position < 0 {
                weights.append(Int(table.symbol(states[turn])))
                return weights
            }
        }
        throw .malformed("too many zstd Huffman weights")
    }

    func decode(_ bytes: UnsafeRawBufferPointer, count: Int, into literals: inout [UInt8]) throws(DecompressionError) {
        guard var bits = BackwardBits(bytes) else { throw .malformed("zstd literals without an end mark") }
        for _ in 0..<count {
            let entry = table[bits.peek(maxBits)]
            bits.skip(Int(entry.bits))
            literals.append(entry.symbol)
        }
        guard bits.position == 0 else { throw .malformed("zstd literals of another size than declared") }
    }
}
