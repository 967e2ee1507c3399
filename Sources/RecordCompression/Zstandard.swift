/// zstd (RFC 8878) without dictionaries. The content checksum is skipped: the batch's CRC covers the bytes already.
enum Zstandard {
    static func decompress(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(DecompressionError) -> [UInt8] {
        var input = Input(bytes)
        var output = Output(limit: limit, expected: bytes.count * 4)
        while input.remaining > 0 {
            let magic = try input.little(4)
            if magic & 0xffff_fff0 == 0x184d_2a50 {
                _ = try input.slice(Int(try input.little(4)))
                continue
            }
            guard magic == 0xfd2f_b528 else { throw .malformed("no zstd frame") }
            try frame(&input, &output)
        }
        return output.bytes
    }

    private static func frame(_ input: inout Input, _ output: inout Output) throws(DecompressionError) {
        let descriptor = try input.byte()
        let isSingleSegment = descriptor & 0x20 != 0
        if !isSingleSegment { _ = try input.byte() }
        let dictionary = try input.little([0, 1, 2, 4][Int(descriptor & 3)])
        guard dictionary == 0 else { throw .malformed("zstd with a dictionary") }
        _ = try input.little([isSingleSegment ? 1 : 0, 2, 4, 8][Int(descriptor >> 6)])
        var decoder = ZstandardBlocks(floor: output.bytes.count)
        while true {
            let header = Int(try input.little(3))
            let size = header >> 3
            switch (header >> 1) & 3 {
            case 0: try output.append(try input.slice(size))
            case 1: try output.fill(try input.byte(), size)
            case 2: try decoder.block(Input(try input.slice(size)), &output)
            default: throw .malformed("reserved zstd block")
            }
            if header & 1 == 1 { break }
        }
        if descriptor & 4 != 0 { _ = try input.slice(4) }
    }
}

/// What one zstd frame carries from block to block: the Huffman code, the three sequence codes, the repeated offsets.
private struct ZstandardBlocks {
    private let floor: Int
    private var huffman: ZstandardHuffman?
    private var literalLengths: FiniteStateTable?
    private var offsets: FiniteStateTable?
    private var matchLengths: FiniteStateTable?
    private var repeated = [1, 4, 8]

    init(floor: Int) { self.floor = floor }

    private static let lengthBase: [Int] =
        Array(0..<16) + [16, 18, 20, 22, 24, 28, 32, 40, 48, 64] + (7...16).map { 1 << $0 }
    private static let lengthBits: [Int] =
        Array(repeating: 0, count: 16) + [1, 1, 1, 1, 2, 2, 3, 3, 4, 6] + Array(7...16)
    private static let matchBase: [Int] =
        Array(3..<35) + [35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99] + (7...16).map { (1 << $0) + 3 }
    private static let matchBits: [Int] =
        Array(repeating: 0, count: 32) + [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5] + Array(7...16)
    private static let lengthDefault = [
        4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1,
    ]
    private static let matchDefault =
        [1, 4, 3, 2, 2, 2, 2, 2, 2] + Array(repeating: 1, count: 37) + Array(repeating: -1, count: 7)
    private static let offsetDefault =
        [1, 1, 1, 1, 1, 1, 2, 2, 2] + Array(repeating: 1, count: 15) + Array(repeating: -1, count: 5)

    mutating func block(_ start: Input, _ output: inout Output) throws(DecompressionError) {
        var input = start
        let literals = try literalsSection(&input)
        var count = Int(try input.byte())
        if count >= 128 {
            count =
                count < 255
                ? (count - 128) << 8 + Int(try input.byte()) : Int(try input.little(2)) + 0x7f00
        }
        guard count > 0 else { return try append(literals[...], to: &output) }
        let modes = try input.byte()
        literalLengths = try table(modes >> 6, &input, literalLengths, Self.lengthDefault, 6, 9)
        offsets = try table(modes >> 4 & 3, &input, offsets, Self.offsetDefault, 5, 8)
        matchLengths = try table(modes >> 2 & 3, &input, matchLengths, Self.matchDefault, 6, 9)
        let rest = try input.slice(input.remaining)
        try sequences(count, BackwardBits(rest), literals, &output)
    }

    private func append(_ bytes: ArraySlice<UInt8>, to output: inout Output) throws(DecompressionError) {
        guard bytes.count <= output.limit - output.bytes.count else { throw .tooLarge(limit: output.limit) }
        for byte in bytes { try output.append(byte) }
    }

    private func table(
        _ mode: UInt8, _ input: inout Input, _ previous: FiniteStateTable?, _ standard: [Int], _ accuracy: Int,
        _ largest: Int
    ) throws(DecompressionError) -> FiniteStateTable {
        switch mode {
        case 0: return try FiniteStateTable(standard, accuracy: accuracy)
        case 1: return FiniteStateTable(always: try input.byte())
        case 2: return try FiniteStateTable(&input, largestAccuracy: largest)
        default:
            guard let previous else { throw .malformed("a zstd code is repeated before it was given") }
            return previous
        }
    }

    private mutating func sequences(
        _ count: Int, _ start: BackwardBits?, _ literals: [UInt8], _ output: inout Output
    ) throws(DecompressionError) {
        guard var bits = start, let lengths = literalLengths, let distances = offsets, let matches = matchLengths else {
            throw .malformed("zstd sequences without an end mark")
        }
        var lengthState = bits.read(lengths.accuracy)
        var offsetState = bits.read(distances.accuracy)
        var matchState = bits.read(matches.accuracy)
        var used = 0
        for index in 0..<count {
            let offsetCode = Int(distances.symbol(offsetState))
            let matchCode = Int(matches.symbol(matchState))
            let lengthCode = Int(lengths.symbol(lengthState))
            guard offsetCode < 32, matchCode < Self.matchBase.count, lengthCode < Self.lengthBase.count else {
                throw .malformed("undefined zstd sequence code")
            }
            let value = 1 << offsetCode + bits.read(offsetCode)
            let match = Self.matchBase[matchCode] + bits.read(Self.matchBits[matchCode])
            let length = Self.lengthBase[lengthCode] + bits.read(Self.lengthBits[lengthCode])
            guard length <= literals.count - used else { throw .malformed("zstd sequence beyond its literals") }
            try append(literals[used..<used + length], to: &output)
            used += length
            try output.copy(distance: try distance(value, afterNoLiterals: length == 0), count: match, floor: floor)
            if index + 1 < count {
                lengthState = lengths.next(lengthState, &bits)
                matchState = matches.next(matchState, &bits)
                offsetState = distances.next(offsetState, &bits)
            }
            guard bits.position >= 0 else { throw .malformed("zstd sequences end too early") }
        }
        try append(literals[used...], to: &output)
    }

    private mutating func distance(_ value: Int, afterNoLiterals: Bool) throws(DecompressionError) -> Int {
        if value > 3 {
            repeated = [value - 3, repeated[0], repeated[1]]
            return value - 3
        }
        let index = value - 1 + (afterNoLiterals ? 1 : 0)
        let distance = index == 3 ? repeated[0] - 1 : repeated[index]
        guard distance > 0 else { throw .malformed("zstd offset of zero") }
        if index > 0 {
            repeated = index == 1 ? [distance, repeated[0], repeated[2]] : [distance, repeated[0], repeated[1]]
        }
        return distance
    }

    private mutating func literalsSection(_ input: inout Input) throws(DecompressionError) -> [UInt8] {
        let first = try input.byte()
        input.position -= 1
        let format = Int(first >> 2 & 3)
        let largest = 128 << 10
        if first & 3 < 2 {
            let bytes = [1, 2, 1, 3][format]
            let size = Int(try input.little(bytes)) >> (bytes == 1 ? 3 : 4)
            guard size <= largest else { throw .malformed("zstd literals are too large") }
            return first & 3 == 0
                ? Array(try input.slice(size)) : Array(repeating: try input.byte(), count: size)
        }
        let width = [10, 10, 14, 18][format]
        let header = try input.little([3, 3, 4, 5][format])
        let size = Int(header >> 4) & (1 << width - 1)
        let packed = Int(header >> UInt64(4 + width)) & (1 << width - 1)
        guard size <= largest else { throw .malformed("zstd literals are too large") }
        var data = Input(try input.slice(packed))
        if first & 3 == 2 { huffman = try ZstandardHuffman(&data) }
        guard let huffman else { throw .malformed("a zstd Huffman code is repeated before it was given") }
        var literals: [UInt8] = []
        literals.reserveCapacity(size)
        if format == 0 {
            try huffman.decode(try data.slice(data.remaining), count: size, into: &literals)
            return literals
        }
        let sizes = [Int(try data.little(2)), Int(try data.little(2)), Int(try data.little(2))]
        let each = (size + 3) / 4
        for part in sizes { try huffman.decode(try data.slice(part), count: each, into: &literals) }
        guard size >= 3 * each else { throw .malformed("zstd literals in four streams are too short") }
        try huffman.decode(try data.slice(data.remaining), count: size - 3 * each, into: &literals)
        return literals
    }
}
