import CLZ4
import CZlib
import CZstandard

/// How a capture file may be packed.
enum PackedFormat: Equatable {
    /// RFC 1952.
    case gzip
    /// RFC 8878.
    case zstd
    /// The frame format of lz4.
    case lz4

    /// The format that a file begins with; nil for one that is not packed.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 4 else { return nil }
        switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
        case (0x1f, 0x8b, _, _): self = .gzip
        case (0x28, 0xb5, 0x2f, 0xfd): self = .zstd
        case (0x04, 0x22, 0x4d, 0x18): self = .lz4
        default: return nil
        }
    }

    func unpacker() throws(UnpackError) -> any StreamUnpacker {
        switch self {
        case .gzip: try GzipUnpacker()
        case .zstd: try ZstandardUnpacker()
        case .lz4: try LZ4Unpacker()
        }
    }
}

/// Why packed bytes could not be unpacked, in the library's words.
struct UnpackError: Error, Equatable, CustomStringConvertible {
    let description: String
}

/// Unpacks streams that follow one another, piece by piece.
protocol StreamUnpacker: AnyObject {
    /// True where a stream has ended and none has begun.
    var isBetweenStreams: Bool { get }

    /// Unpacks some of `input`.
    ///
    /// - Returns: bytes taken of the input and bytes made.
    func unpack(_ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) throws(UnpackError) -> (
        taken: Int, made: Int
    )
}

/// gzip by zlib.
private final class GzipUnpacker: StreamUnpacker {
    /// 15 bits, the largest window, and 16 for gzip's header and trailer.
    private static let windowBits: Int32 = 15 + 16
    // zlib keeps the address of this structure, so it may not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private(set) var isBetweenStreams = true

    init() throws(UnpackError) {
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            throw UnpackError(description: "gzip: zlib has no memory")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func unpack(_ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) throws(UnpackError) -> (
        taken: Int, made: Int
    ) {
        if isBetweenStreams, input.isEmpty { return (0, 0) }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = room.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(room.count)
        let status = inflate(stream, Z_NO_FLUSH)
        let done = (input.count - Int(stream.pointee.avail_in), room.count - Int(stream.pointee.avail_out))
        switch status {
        case Z_OK, Z_BUF_ERROR: isBetweenStreams = false
        case Z_STREAM_END:
            isBetweenStreams = true
            inflateReset(stream)
        default:
            let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib's error \(status)"
            throw UnpackError(description: "gzip: \(reason)")
        }
        return done
    }
}

/// zstd by libzstd; its largest window is the library's default, 128 MiB.
private final class ZstandardUnpacker: StreamUnpacker {
    private let context: OpaquePointer
    private(set) var isBetweenStreams = true

    init() throws(UnpackError) {
        guard let context = ZSTD_createDCtx() else { throw UnpackError(description: "zstd: libzstd has no memory") }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    func unpack(_ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) throws(UnpackError) -> (
        taken: Int, made: Int
    ) {
        if isBetweenStreams, input.isEmpty { return (0, 0) }
        var from = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var into = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
        let wanted = ZSTD_decompressStream(context, &into, &from)
        guard ZSTD_isError(wanted) == 0 else {
            throw UnpackError(description: "zstd: \(String(cString: ZSTD_getErrorName(wanted)))")
        }
        isBetweenStreams = wanted == 0
        return (from.pos, into.pos)
    }
}

/// lz4 by liblz4.
private final class LZ4Unpacker: StreamUnpacker {
    private let context: OpaquePointer
    private(set) var isBetweenStreams = true

    init() throws(UnpackError) {
        var made: OpaquePointer?
        guard LZ4F_isError(LZ4F_createDecompressionContext(&made, UInt32(LZ4F_VERSION))) == 0, let made else {
            throw UnpackError(description: "lz4: liblz4 has no memory")
        }
        context = made
    }

    deinit { LZ4F_freeDecompressionContext(context) }

    func unpack(_ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) throws(UnpackError) -> (
        taken: Int, made: Int
    ) {
        if isBetweenStreams, input.isEmpty { return (0, 0) }
        var taken = input.count
        var made = room.count
        let wanted = LZ4F_decompress(context, room.baseAddress, &made, input.baseAddress, &taken, nil)
        guard LZ4F_isError(wanted) == 0 else {
            throw UnpackError(description: "lz4: \(String(cString: LZ4F_getErrorName(wanted)))")
        }
        isBetweenStreams = wanted == 0
        return (taken, made)
    }
}
