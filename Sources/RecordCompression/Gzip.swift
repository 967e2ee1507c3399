import KafkaWire

/// gzip (RFC 1952) over deflate (RFC 1951).
enum Gzip {
    static func decompress(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(DecompressionError) -> [UInt8] {
        var input = Input(bytes)
        var output = Output(limit: limit, expected: bytes.count * 3)
        repeat {
            try header(&input)
            let start = output.bytes.count
            var inflater = Inflater(input)
            try inflater.inflate(into: &output)
            input = inflater.rest
            let crc = UInt32(truncatingIfNeeded: try input.little(4))
            let size = UInt32(truncatingIfNeeded: try input.little(4))
            let actual = output.bytes.withUnsafeBytes {
                CRC32.checksum(UnsafeRawBufferPointer(rebasing: $0[start...]))
            }
            guard crc == actual else { throw .malformed("the gzip checksum does not match") }
            guard size == UInt32(truncatingIfNeeded: output.bytes.count - start) else {
                throw .malformed("the gzip size does not match")
            }
        } while input.remaining > 0
        return output.bytes
    }

    private static func header(_ input: inout Input) throws(DecompressionError) {
        guard try input.byte() == 0x1f, try input.byte() == 0x8b else { throw .malformed("no gzip header") }
        guard try input.byte() == 8 else { throw .malformed("gzip without deflate") }
        let flags = try input.byte()
        _ = try input.slice(6)
        if flags & 4 != 0 { _ = try input.slice(Int(try input.little(2))) }
        if flags & 8 != 0 { while try input.byte() != 0 {} }
        if flags & 16 != 0 { while try input.byte() != 0 {} }
        if flags & 2 != 0 { _ = try input.slice(2) }
    }
}

/// A deflate stream.
private struct Inflater {
    private var input: Input
    private var bits: UInt64 = 0
    private var bitCount = 0

    init(_ input: Input) { self.input = input }

    /// The input behind the stream; whole bytes that were read ahead are given back.
    var rest: Input {
        var copy = input
        copy.position -= bitCount / 8
        return copy
    }

    private mutating func take(_ count: Int) throws(DecompressionError) -> Int {
        while bitCount < count {
            bits |= UInt64(try input.byte()) << UInt64(bitCount)
            bitCount += 8
        }
        let value = Int(bits & ((1 << UInt64(count)) - 1))
        bits >>= UInt64(count)
        bitCount -= count
        return value
    }

    mutating func inflate(into output: inout Output) throws(DecompressionError) {
        var isLast = false
        while !isLast {
            isLast = try take(1) == 1
            switch try take(2) {
            case 0: try stored(&output)
            case 1: try compressed(&output, Self.fixedLiterals, Self.fixedDistances)
            case 2:
                let (literals, distances) = try dynamicCodes()
                try compressed(&output, literals, distances)
            default: throw .malformed("undefined deflate block")
            }
        }
    }

    private mutating func stored(_ output: inout Output) throws(DecompressionError) {
        _ = try take(bitCount % 8)
        let length = try take(16)
        let complement = try take(16)
        guard length ^ 0xffff == complement else { throw .malformed("stored deflate block with a wrong length") }
        input.position -= bitCount / 8
        bits = 0
        bitCount = 0
        try output.append(try input.slice(length))
    }

    private static let lengthBase = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthExtra = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBase = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12289, 16385, 24577,
    ]
    private static let distanceExtra = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]
    private static let fixedLiterals = HuffmanCode(
        Array(repeating: 8, count: 144) + Array(repeating: 9, count: 112) + Array(repeating: 7, count: 24)
            + Array(repeating: 8, count: 8))
    private static let fixedDistances = HuffmanCode(Array(repeating: 5, count: 30))
    private static let codeOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    private mutating func symbol(_ code: HuffmanCode) throws(DecompressionError) -> Int {
        var value = 0
        var first = 0
        var index = 0
        for length in 1...15 {
            value |= try take(1)
            let count = code.counts[length]
            if value - count < first { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw .malformed("undefined deflate code")
    }

    private mutating func compressed(
        _ output: inout Output, _ literals: HuffmanCode, _ distances: HuffmanCode
    ) throws(DecompressionError) {
        while true {
            let literal = try symbol(literals)
            if literal < 256 {
                try output.append(UInt8(literal))
                continue
            }
            if literal == 256 { return }
            guard literal - 257 < Self.lengthBase.count else { throw .malformed("undefined deflate length") }
            let length = Self.lengthBase[literal - 257] + (try take(Self.lengthExtra[literal - 257]))
            let code = try symbol(distances)
            guard code < Self.distanceBase.count else { throw .malformed("undefined deflate distance") }
            let distance = Self.distanceBase[code] + (try take(Self.distanceExtra[code]))
            try output.copy(distance: distance, count: length)
        }
    }

    private mutating func dynamicCodes() throws(DecompressionError) -> (HuffmanCode, HuffmanCode) {
        let literalCount = try take(5) + 257
        let distanceCount = try take(5) + 1
        let codeCount = try take(4) + 4
        var lengths = [Int](repeating: 0, count: 19)
        for index in 0..<codeCount { lengths[Self.codeOrder[index]] = try take(3) }
        let code = HuffmanCode(lengths)
        var all: [Int] = []
        while all.count < literalCount + distanceCount {
            let value = try symbol(code)
            switch value {
            case 0..<16: all.append(value)
            case 16:
                guard let last = all.last else { throw .malformed("a repeated code length without a first") }
                all += Array(repeating: last, count: 3 + (try take(2)))
            case 17: all += Array(repeating: 0, count: 3 + (try take(3)))
            default: all += Array(repeating: 0, count: 11 + (try take(7)))
            }
        }
        guard all.count == literalCount + distanceCount else { throw .malformed("too many code lengths") }
        return (HuffmanCode(Array(all[..<literalCount])), HuffmanCode(Array(all[literalCount...])))
    }
}

/// A canonical Huffman code by its code lengths (RFC 1951, 3.2.2).
private struct HuffmanCode {
    /// Codes of each length.
    private(set) var counts = [Int](repeating: 0, count: 16)
    /// Symbols in the order of their codes.
    private(set) var symbols: [Int]

    init(_ lengths: [Int]) {
        for length in lengths where length > 0 { counts[length] += 1 }
        var offsets = [Int](repeating: 0, count: 17)
        for length in 1...15 { offsets[length + 1] = offsets[length] + counts[length] }
        // As many as there are lengths: an incomplete code then reads a defined symbol instead of out of bounds.
        symbols = [Int](repeating: 0, count: max(lengths.count, 1))
        for (symbol, length) in lengths.enumerated() where length > 0 {
            symbols[offsets[length]] = symbol
            offsets[length] += 1
        }
    }
}
