import CSnappy

/// snappy: the raw format by libsnappy, and around it the framing of snappy-java that Java clients write: 16 bytes of
/// header, then blocks, each behind its length in four bytes, big-endian.
enum Snappy {
    private static let javaMagic: [UInt8] = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]
    private static let javaHeaderSize = 16
    /// What snappy-java packs at a time.
    private static let javaBlockSize = 32 << 10
    /// No element of the format makes more of fewer bytes than a copy of 64 bytes in 3.
    private static let largestExpansion = 22

    /// The blocks of a framed stream, or the one block that `bytes` are.
    static func decompress(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(DecompressionError) -> [UInt8] {
        var result: [UInt8] = []
        guard bytes.count >= javaHeaderSize, bytes.prefix(javaMagic.count).elementsEqual(javaMagic) else {
            try block(bytes, limit: limit, into: &result)
            return result
        }
        var position = javaHeaderSize
        while position < bytes.count {
            guard bytes.count - position >= 4 else { throw .endsTooEarly }
            let size = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
            position += 4
            guard size <= bytes.count - position else { throw .endsTooEarly }
            let packed = UnsafeRawBufferPointer(rebasing: bytes[position..<position + size])
            try block(packed, limit: limit, into: &result)
            position += size
        }
        return result
    }

    private static func block(
        _ bytes: UnsafeRawBufferPointer, limit: Int, into result: inout [UInt8]
    ) throws(DecompressionError) {
        let packed = bytes.bindMemory(to: CChar.self).baseAddress
        var size = 0
        guard let packed, snappy_uncompressed_length(packed, bytes.count, &size) == SNAPPY_OK else {
            throw .malformed("no snappy length")
        }
        guard size <= limit - result.count else { throw .tooLarge(limit: limit) }
        // Before memory is taken for it.
        guard size <= bytes.count * largestExpansion else { throw .malformed("a snappy length that they cannot have") }
        var status = SNAPPY_OK
        let plain = [UInt8](unsafeUninitializedCapacity: max(size, 1)) { buffer, count in
            status = buffer.withMemoryRebound(to: CChar.self) {
                snappy_uncompress(packed, bytes.count, $0.baseAddress, &size)
            }
            count = status == SNAPPY_OK ? size : 0
        }
        guard status == SNAPPY_OK else { throw .malformed("a snappy block is damaged") }
        if result.isEmpty { result = plain } else { result += plain }
    }

    /// `bytes` in snappy-java's framing.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        var result = javaMagic + [0, 0, 0, 1, 0, 0, 0, 1]
        for start in stride(from: 0, to: bytes.count, by: javaBlockSize) {
            guard let block = block(bytes[start..<min(start + javaBlockSize, bytes.count)]) else { return nil }
            withUnsafeBytes(of: UInt32(block.count).bigEndian) { result += $0 }
            result += block
        }
        return result
    }

    private static func block(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var size = snappy_max_compressed_length(bytes.count)
        var status = SNAPPY_OK
        let packed = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            status = bytes.withUnsafeBytes { input in
                buffer.withMemoryRebound(to: CChar.self) {
                    snappy_compress(
                        input.bindMemory(to: CChar.self).baseAddress, input.count, $0.baseAddress, &size)
                }
            }
            count = status == SNAPPY_OK ? size : 0
        }
        return status == SNAPPY_OK ? packed : nil
    }
}
