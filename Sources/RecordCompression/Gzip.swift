import CZlib

/// gzip (RFC 1952) by zlib.
enum Gzip {
    /// zlib's way to say "a gzip header and trailer, the largest window": 15 bits, and 16 for gzip.
    private static let gzipWindowBits: Int32 = 15 + 16

    /// All members of `bytes`, one after the other.
    static func decompress(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(DecompressionError) -> [UInt8] {
        guard let count = UInt32(exactly: bytes.count) else { throw .malformed("4 GiB or more") }
        let output = Output(limit: limit, expected: bytes.count * 3)
        // zlib keeps the address of this structure, so it may not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        defer { stream.deallocate() }
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, gzipWindowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .malformed("zlib has no memory for them")
        }
        defer { inflateEnd(stream) }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = count
        while true {
            stream.pointee.next_out = output.chunk.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_out = UInt32(output.chunk.count)
            let status = inflate(stream, Z_NO_FLUSH)
            try output.takeChunk(output.chunk.count - Int(stream.pointee.avail_out))
            switch status {
            case Z_OK: continue
            case Z_STREAM_END:
                if stream.pointee.avail_in == 0 { return output.bytes }
                inflateReset(stream)
            case Z_BUF_ERROR: throw .endsTooEarly
            default: throw .malformed(stream.pointee.msg.map { String(cString: $0) } ?? "zlib's error \(status)")
            }
        }
    }

    /// One member that holds `bytes`; nil when there is no memory for it.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        guard let count = UInt32(exactly: bytes.count) else { return nil }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        defer { stream.deallocate() }
        stream.initialize(to: z_stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        guard
            deflateInit2_(
                stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzipWindowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
                == Z_OK
        else { return nil }
        defer { deflateEnd(stream) }
        let room = Int(deflateBound(stream, UInt(count)))
        return bytes.withUnsafeBufferPointer { input in
            var status = Z_OK
            let packed = [UInt8](unsafeUninitializedCapacity: room) { buffer, written in
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = count
                stream.pointee.next_out = buffer.baseAddress
                stream.pointee.avail_out = UInt32(room)
                status = deflate(stream, Z_FINISH)
                written = room - Int(stream.pointee.avail_out)
            }
            return status == Z_STREAM_END ? packed : nil
        }
    }
}
