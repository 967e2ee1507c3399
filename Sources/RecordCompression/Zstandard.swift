import CZstandard

/// zstd (RFC 8878) by libzstd, without dictionaries. Its largest window is the library's default, 128 MiB, as a broker's.
enum Zstandard {
    private static let frameMagic: UInt32 = 0xfd2f_b528
    /// The magics of frames to skip differ in their last four bits.
    private static let skippedMagic: UInt32 = 0x184d_2a50

    /// All frames of `bytes`, one after the other.
    static func decompress(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(DecompressionError) -> [UInt8] {
        let output = Output(limit: limit, expected: bytes.count * 4)
        guard let context = ZSTD_createDCtx() else { throw .malformed("libzstd has no memory for them") }
        defer { ZSTD_freeDCtx(context) }
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        while input.pos < input.size {
            try expectFrame(bytes, at: input.pos)
            var isWhole = false
            while !isWhole {
                var room = ZSTD_outBuffer(dst: output.chunk.baseAddress, size: output.chunk.count, pos: 0)
                let wanted = ZSTD_decompressStream(context, &room, &input)
                guard ZSTD_isError(wanted) == 0 else { throw .malformed(String(cString: ZSTD_getErrorName(wanted))) }
                try output.takeChunk(room.pos)
                isWhole = wanted == 0
                if !isWhole, input.pos == input.size, room.pos < room.size { throw .endsTooEarly }
            }
        }
        return output.bytes
    }

    /// libzstd may be built to read the formats from before the first release, which nobody sends.
    private static func expectFrame(_ bytes: UnsafeRawBufferPointer, at position: Int) throws(DecompressionError) {
        guard bytes.count - position >= 4 else { throw .endsTooEarly }
        let magic = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
        guard magic == frameMagic || magic & ~0xf == skippedMagic else { throw .malformed("no zstd frame") }
    }
}
