import CLZ4

/// lz4 in its frame format, by liblz4.
///
/// The checksum of a frame's header is ours: Java clients wrote a wrong one before 0.10, which brokers take (KAFKA-3160)
/// and liblz4 refuses. It is put right before liblz4 sees it.
enum LZ4 {
    private static let frameMagic: UInt32 = 0x184d_2204

    /// All frames of `bytes`, one after the other.
    static func decompress(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(DecompressionError) -> [UInt8] {
        let output = Output(limit: limit, expected: bytes.count * 3)
        var context: OpaquePointer?
        guard LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0, let context else {
            throw .malformed("liblz4 has no memory for them")
        }
        defer { LZ4F_freeDecompressionContext(context) }
        var position = 0
        while position < bytes.count {
            let header = try header(UnsafeRawBufferPointer(rebasing: bytes[position...]))
            var isWhole = false
            guard try feed(header, header.count, to: context, output, &isWhole) == header.count else {
                throw .malformed("a damaged lz4 header")
            }
            position += header.count
            while !isWhole {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
                position += try feed(rest.baseAddress, rest.count, to: context, output, &isWhole)
            }
        }
        return output.bytes
    }

    /// Gives liblz4 what it takes of the input and says how much that was.
    private static func feed(
        _ input: UnsafeRawPointer?, _ count: Int, to context: OpaquePointer, _ output: Output, _ isWhole: inout Bool
    ) throws(DecompressionError) -> Int {
        var taken = count
        var made = output.chunk.count
        let wanted = LZ4F_decompress(context, output.chunk.baseAddress, &made, input, &taken, nil)
        guard LZ4F_isError(wanted) == 0 else { throw .malformed(String(cString: LZ4F_getErrorName(wanted))) }
        try output.takeChunk(made)
        isWhole = wanted == 0
        if !isWhole, taken == 0, made == 0 { throw .endsTooEarly }
        return taken
    }

    /// The header of the frame that `bytes` begin with, its checksum right; the magic alone of a frame to skip.
    private static func header(_ bytes: UnsafeRawBufferPointer) throws(DecompressionError) -> [UInt8] {
        guard bytes.count >= 6 else { throw .endsTooEarly }
        let magic = UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self))
        guard magic == frameMagic else { return Array(bytes.prefix(4)) }
        // FLG and BD, the content's size in 8 bytes and the dictionary's id in 4 where FLG says so, the checksum.
        let end = 6 + (bytes[4] & 0x08 != 0 ? 8 : 0) + (bytes[4] & 0x01 != 0 ? 4 : 0)
        guard end < bytes.count else { throw .endsTooEarly }
        let descriptor = Array(bytes[4..<end])
        return Array(bytes[..<4]) + descriptor + [UInt8(truncatingIfNeeded: xxHash32(descriptor) >> 8)]
    }

    /// xxHash-32 with seed 0 of fewer than 16 bytes, which is all that a header has.
    private static func xxHash32(_ bytes: [UInt8]) -> UInt32 {
        var hash: UInt32 = 374_761_393 &+ UInt32(bytes.count)
        var rest = bytes[...]
        while rest.count >= 4 {
            let word = rest.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            hash = hash &+ word &* 3_266_489_917
            hash = (hash << 17 | hash >> 15) &* 668_265_263
            rest = rest.dropFirst(4)
        }
        for byte in rest {
            hash = hash &+ UInt32(byte) &* 374_761_393
            hash = (hash << 11 | hash >> 21) &* 2_654_435_761
        }
        hash = (hash ^ hash >> 15) &* 2_246_822_519
        hash = (hash ^ hash >> 13) &* 3_266_489_917
        return hash ^ hash >> 16
    }

    /// One frame that holds `bytes`: blocks of 64 KiB that stand alone, which are the only ones that Java's reader takes.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        var preferences = LZ4F_preferences_t()
        preferences.frameInfo.blockSizeID = LZ4F_max64KB
        preferences.frameInfo.blockMode = LZ4F_blockIndependent
        let room = LZ4F_compressFrameBound(bytes.count, &preferences)
        var size = 0
        let packed = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            size = bytes.withUnsafeBytes {
                LZ4F_compressFrame(buffer.baseAddress, room, $0.baseAddress, $0.count, &preferences)
            }
            count = LZ4F_isError(size) == 0 ? size : 0
        }
        return LZ4F_isError(size) == 0 ? packed : nil
    }
}
