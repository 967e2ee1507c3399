/// What a decoder has unpacked, chunk by chunk, up to a limit.
final class Output {
    /// Where the decoder writes next.
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    /// What has been unpacked.
    private(set) var bytes: [UInt8] = []
    private let limit: Int

    /// - Parameter expected: how large the whole may become, for the first memory taken: at most 16 MiB.
    init(limit: Int, expected: Int) {
        self.limit = limit
        bytes.reserveCapacity(min(max(expected, 0), limit, 16 << 20))
    }

    deinit { chunk.deallocate() }

    /// Takes the first `count` bytes of the chunk.
    func takeChunk(_ count: Int) throws(DecompressionError) {
        guard count <= limit - bytes.count else { throw .tooLarge(limit: limit) }
        bytes.append(contentsOf: chunk[..<count])
    }
}
