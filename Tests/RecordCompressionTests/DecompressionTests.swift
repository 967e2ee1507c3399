import Foundation
import KafkaWire
import RecordCompression
import Testing

/// Vectors made by the codecs' own libraries from one text.
struct DecompressionTests {
    private static func vector(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors")
        return Array(try Data(contentsOf: folder.appending(path: name + ".bin")))
    }

    private static let vectors: [(String, Compression)] = [
        ("gzip", .gzip), ("snappy", .snappy), ("lz4", .lz4), ("zstd", .zstd), ("zstd19", .zstd),
    ]

    @Test(arguments: vectors) func unpacksWhatTheLibraryPacked(name: String, codec: Compression) throws {
        let packed = try Self.vector(name)
        let plain = try packed.withUnsafeBytes { try Decompression.decompress($0, codec, limit: 1 << 20) }
        #expect(plain == (try Self.vector("plain")))
    }

    @Test(arguments: vectors) func holdsTheLimit(name: String, codec: Compression) throws {
        let packed = try Self.vector(name)
        #expect(throws: DecompressionError.tooLarge(limit: 1000)) {
            try packed.withUnsafeBytes { _ = try Decompression.decompress($0, codec, limit: 1000) }
        }
    }

    /// No damage traps, and none yields more than the limit.
    @Test(arguments: vectors) func damagedBytesNeverTrap(name: String, codec: Compression) throws {
        let packed = try Self.vector(name)
        var random = SystemRandomNumberGenerator()
        for round in 0..<3000 {
            var damaged = packed
            if round % 3 == 0 { damaged.removeLast(Int.random(in: 1..<packed.count, using: &random)) }
            for _ in 0...(round % 4) {
                let index = Int.random(in: 0..<min(damaged.count, round % 2 == 0 ? 200 : damaged.count), using: &random)
                damaged[index] = UInt8.random(in: .min ... .max, using: &random)
            }
            let result = damaged.withUnsafeBytes { try? Decompression.decompress($0, codec, limit: 100_000) }
            #expect((result?.count ?? 0) <= 100_000)
        }
    }

    @Test func javaFramingOfSnappy() throws {
        let raw = try Self.vector("snappy")
        var framed: [UInt8] = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]
        withUnsafeBytes(of: UInt32(raw.count).bigEndian) { framed += $0 }
        framed += raw
        let plain = try framed.withUnsafeBytes { try Decompression.decompress($0, .snappy, limit: 1 << 20) }
        #expect(plain == (try Self.vector("plain")))
    }

    @Test(arguments: [0, 1, 65535, 65536, 200_000]) func storedGzipIsGzip(size: Int) throws {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let packed = GzipStored.compress(bytes)
        let plain = try packed.withUnsafeBytes { try Decompression.decompress($0, .gzip, limit: 1 << 20) }
        #expect(plain == bytes)
    }
}
