import KafkaWire

/// Packs bytes with a codec, in the framing that Java clients use, for a broker that must store or hand on records in
/// another format with the codec that the producer chose.
///
/// gzip shrinks (RFC 1951, one block of fixed codes); snappy and lz4 are framed and left as literals, which every reader
/// takes. zstd is not written: no format that is converted to knows it.
public enum Compressor {
    /// `bytes` packed with `codec`; nil for zstd.
    public static func compress(_ bytes: [UInt8], _ codec: Compression) -> [UInt8]? {
        switch codec {
        case .none: bytes
        case .gzip: gzip(bytes)
        case .snappy: snappy(bytes)
        case .lz4: lz4(bytes)
        case .zstd: nil
        }
    }

    private static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
        result += Deflate.compress(bytes)
        let crc = bytes.withUnsafeBytes { CRC32.checksum($0) }
        for value in [crc, UInt32(truncatingIfNeeded: bytes.count)] { append(value.littleEndian, to: &result) }
        return result
    }

    /// Blocks of literals in snappy-java's stream framing.
    private static func snappy(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]
        var start = 0
        while start < bytes.count {
            let count = min(bytes.count - start, 32 << 10)
            var block: [UInt8] = []
            var length = count
            while length >= 0x80 {
                block.append(UInt8(length & 0x7f) | 0x80)
                length >>= 7
            }
            block.append(UInt8(length))
            // A literal whose length, less one, follows in two bytes.
            block += [61 << 2, UInt8((count - 1) & 0xff), UInt8((count - 1) >> 8)]
            block += bytes[start..<start + count]
            append(UInt32(block.count).bigEndian, to: &result)
            result += block
            start += count
        }
        return result
    }

    /// A frame of blocks that are not compressed (lz4 frame format 1.6.1).
    private static func lz4(_ bytes: [UInt8]) -> [UInt8] {
        let descriptor: [UInt8] = [0x60, 0x40]
        var result: [UInt8] = [0x04, 0x22, 0x4d, 0x18] + descriptor
        result.append(UInt8(truncatingIfNeeded: shortXXH32(descriptor) >> 8))
        var start = 0
        while start < bytes.count {
            let count = min(bytes.count - start, 64 << 10)
            append((UInt32(count) | 0x8000_0000).littleEndian, to: &result)
            result += bytes[start..<start + count]
            start += count
        }
        append(UInt32(0), to: &result)
        return result
    }

    /// xxHash-32 with seed 0 of fewer than four bytes, which is all that the descriptor has.
    private static func shortXXH32(_ bytes: [UInt8]) -> UInt32 {
        var hash: UInt32 = 374_761_393 &+ UInt32(bytes.count)
        for byte in bytes {
            hash = hash &+ UInt32(byte) &* 374_761_393
            hash = (hash << 11 | hash >> 21) &* 2_654_435_761
        }
        hash = (hash ^ hash >> 15) &* 2_246_822_519
        hash = (hash ^ hash >> 13) &* 3_266_489_917
        return hash ^ hash >> 16
    }

    private static func append(_ value: UInt32, to result: inout [UInt8]) {
        withUnsafeBytes(of: value) { result.append(contentsOf: $0) }
    }
}

/// A compressor that writes one block of fixed Huffman codes (RFC 1951, 3.2.6) with greedy matches.
private struct Deflate {
    private var bits: UInt64 = 0
    private var bitCount: UInt64 = 0
    private var bytes: [UInt8] = []

    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145, 8193, 12289, 16385, 24577,
    ]

    static func compress(_ input: [UInt8]) -> [UInt8] {
        var writer = Deflate()
        writer.put(0b011, 3)
        var latest: [UInt32: Int] = [:]
        var position = 0
        while position < input.count {
            var length = 0
            var distance = 0
            if position + 3 <= input.count {
                let key = UInt32(input[position]) | UInt32(input[position + 1]) << 8 | UInt32(input[position + 2]) << 16
                if let seen = latest[key], position - seen <= 32768 {
                    while length < 258, position + length < input.count,
                        input[seen + length] == input[position + length]
                    { length += 1 }
                    distance = position - seen
                }
                latest[key] = position
            }
            if length >= 3 {
                writer.match(length, distance)
                position += length
            } else {
                writer.symbol(Int(input[position]))
                position += 1
            }
        }
        writer.symbol(256)
        if writer.bitCount > 0 { writer.put(0, (8 - writer.bitCount % 8) % 8) }
        return writer.bytes
    }

    private mutating func put(_ value: Int, _ count: UInt64) {
        bits |= UInt64(value) << bitCount
        bitCount += count
        while bitCount >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bits >>= 8
            bitCount -= 8
        }
    }

    /// A Huffman code: its most significant bit comes first.
    private mutating func code(_ value: Int, _ count: Int) {
        var reversed = 0
        for bit in 0..<count where value & 1 << bit != 0 { reversed |= 1 << (count - 1 - bit) }
        put(reversed, UInt64(count))
    }

    private mutating func symbol(_ value: Int) {
        switch value {
        case ..<144: code(0x30 + value, 8)
        case ..<256: code(0x190 + value - 144, 9)
        case ..<280: code(value - 256, 7)
        default: code(0xc0 + value - 280, 8)
        }
    }

    private mutating func match(_ length: Int, _ distance: Int) {
        let lengthIndex = Self.lengthBases.lastIndex { $0 <= length }!
        symbol(257 + lengthIndex)
        let lengthBits = lengthIndex < 8 || lengthIndex == 28 ? 0 : (lengthIndex - 4) / 4
        put(length - Self.lengthBases[lengthIndex], UInt64(lengthBits))
        let distanceIndex = Self.distanceBases.lastIndex { $0 <= distance }!
        code(distanceIndex, 5)
        let distanceBits = distanceIndex < 4 ? 0 : distanceIndex / 2 - 1
        put(distance - Self.distanceBases[distanceIndex], UInt64(distanceBits))
    }
}
