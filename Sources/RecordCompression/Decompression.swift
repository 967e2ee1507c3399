import KafkaWire

/// Why a records section could not be unpacked.
public enum DecompressionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The bytes are not what the codec writes; what was wrong.
    case malformed(String)
    /// The records would be larger than the caller's limit, bytes.
    case tooLarge(limit: Int)

    /// One line.
    public var description: String {
        switch self {
        case .malformed(let why): "compressed records are malformed: \(why)"
        case .tooLarge(let limit): "compressed records unpack to more than \(limit) bytes"
        }
    }
}

/// Unpacks the records section of a batch: gzip, snappy (raw or in Java's framing), lz4 and zstd.
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

/// A bounds-checked cursor that the decoders share.
struct Input {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var remaining: Int { bytes.count - position }

    mutating func byte() throws(DecompressionError) -> UInt8 {
        guard position < bytes.count else { throw .malformed("the bytes end too early") }
        position += 1
        return bytes[position - 1]
    }

    mutating func slice(_ count: Int) throws(DecompressionError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw .malformed("the bytes end too early") }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    mutating func little(_ count: Int) throws(DecompressionError) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(try byte()) << UInt64(8 * index) }
        return value
    }

    mutating func big32() throws(DecompressionError) -> UInt32 {
        UInt32(truncatingIfNeeded: try little(4)).byteSwapped
    }
}

/// The output of a decoder: grows up to a limit and can copy from itself.
struct Output {
    private(set) var bytes: [UInt8] = []
    let limit: Int

    init(limit: Int, expected: Int) {
        self.limit = limit
        bytes.reserveCapacity(min(max(expected, 0), limit, 16 << 20))
    }

    mutating func append(_ byte: UInt8) throws(DecompressionError) {
        guard bytes.count < limit else { throw .tooLarge(limit: limit) }
        bytes.append(byte)
    }

    mutating func append(_ more: UnsafeRawBufferPointer) throws(DecompressionError) {
        guard more.count <= limit - bytes.count else { throw .tooLarge(limit: limit) }
        bytes.append(contentsOf: more)
    }

    mutating func fill(_ byte: UInt8, _ count: Int) throws(DecompressionError) {
        guard count <= limit - bytes.count else { throw .tooLarge(limit: limit) }
        bytes.append(contentsOf: repeatElement(byte, count: count))
    }

    /// Copies `count` bytes from `distance` back; they may overlap what is being written.
    mutating func copy(distance: Int, count: Int, floor: Int = 0) throws(DecompressionError) {
        guard distance > 0, distance <= bytes.count - floor else { throw .malformed("a copy reaches before the start") }
        guard count <= limit - bytes.count else { throw .tooLarge(limit: limit) }
        var from = bytes.count - distance
        if distance >= count {
            bytes.append(contentsOf: bytes[from..<from + count])
            return
        }
        for _ in 0..<count {
            bytes.append(bytes[from])
            from += 1
        }
    }
}
