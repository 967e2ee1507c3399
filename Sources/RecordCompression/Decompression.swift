import KafkaWire

/// Why a records section could not be unpacked.
public enum DecompressionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The bytes are not what the codec writes; what was wrong.
    case malformed(String)
    /// The records would be larger than the caller's limit, bytes.
    case tooLarge(limit: Int)

    static let endsTooEarly = DecompressionError.malformed("the bytes end too early")

    /// One line.
    public var description: String {
        switch self {
        case .malformed(let why): "compressed records are malformed: \(why)"
        case .tooLarge(let limit): "compressed records unpack to more than \(limit) bytes"
        }
    }
}

/// Unpacks the records section of a batch: gzip, snappy (raw or in Java's framing), lz4 and zstd, each by its library.
///
/// Written for bytes from a peer: nothing traps, and the result never exceeds the limit given.
public enum Decompression {
    /// The records that `bytes` hold, packed with `codec`.
    ///
    /// - Throws: ``DecompressionError``.
    public static func decompress(
        _ bytes: UnsafeRawBufferPointer, _ codec: Compression, limit: Int
    ) throws(DecompressionError) -> [UInt8] {
        switch codec {
        case .none: return Array(bytes)
        case .gzip: return try Gzip.decompress(bytes, limit: limit)
        case .snappy: return try Snappy.decompress(bytes, limit: limit)
        case .lz4: return try LZ4.decompress(bytes, limit: limit)
        case .zstd: return try Zstandard.decompress(bytes, limit: limit)
        }
    }

    /// Calls `body` with the unpacked records; without a copy when they are not packed.
    ///
    /// - Throws: ``DecompressionError``, and what `body` throws.
    public static func withRecords<Result>(
        _ bytes: UnsafeRawBufferPointer, _ codec: Compression, limit: Int = 512 << 20,
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        if codec == .none { return try body(bytes) }
        return try decompress(bytes, codec, limit: limit).withUnsafeBytes(body)
    }
}
