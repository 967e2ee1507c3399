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

    private static func unpack(_ bytes: [UInt8], _ codec: Compression, limit: Int = 1 << 20) throws -> [UInt8] {
        try bytes.withUnsafeBytes { try Decompression.decompress($0, codec, limit: limit) }
    }

    /// Every place to cut is refused; nothing at all is no record for the two whose frames are counted by their bytes.
    @Test(arguments: vectors) func whatIsCutIsRefused(name: String, codec: Compression) throws {
        let packed = try Self.vector(name)
        for count in 1..<packed.count {
            #expect(throws: DecompressionError.self) { try Self.unpack(Array(packed[..<count]), codec) }
        }
        if codec == .lz4 || codec == .zstd {
            #expect(try Self.unpack([], codec) == [])
        } else {
            #expect(throws: DecompressionError.self) { try Self.unpack([], codec) }
        }
    }

    @Test(arguments: [("gzip", Compression.gzip), ("lz4", .lz4), ("zstd", .zstd)])
    func framesFollowEachOther(name: String, codec: Compression) throws {
        let packed = try Self.vector(name)
        let plain = try Self.vector("plain")
        #expect(try Self.unpack(packed + packed, codec) == plain + plain)
        #expect(throws: DecompressionError.self) { try Self.unpack(packed + [1, 2, 3, 4, 5, 6, 7, 8], codec) }
        // A frame to skip, of 3 bytes.
        if codec != .gzip {
            let skipped: [UInt8] = [0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9]
            #expect(try Self.unpack(skipped + packed, codec) == plain)
        }
    }

    /// Java clients wrote a wrong checksum of lz4's header before 0.10, and brokers take it (KAFKA-3160).
    @Test func wrongChecksumOfTheLZ4HeaderIsTaken() throws {
        var packed = try Self.vector("lz4")
        let end = 6 + (packed[4] & 0x08 != 0 ? 8 : 0)
        packed[end] ^= 0xff
        #expect(try Self.unpack(packed, .lz4) == Self.vector("plain"))
    }

    /// A length that no block of so few bytes can have takes no memory: 64 MiB of 8 bytes.
    @Test func impossibleLengthOfSnappyIsRefused() {
        let bytes: [UInt8] = [0x80, 0x80, 0x80, 0x20, 0, 1, 2, 3]
        #expect(throws: DecompressionError.malformed("a snappy length that they cannot have")) {
            try Self.unpack(bytes, .snappy, limit: 512 << 20)
        }
        #expect(throws: DecompressionError.tooLarge(limit: 1000)) { try Self.unpack(bytes, .snappy, limit: 1000) }
    }

    /// The format of zstd 0.7, which a library may read.
    @Test func zstdFromBeforeTheFirstReleaseIsRefused() {
        #expect(throws: DecompressionError.malformed("no zstd frame")) {
            try Self.unpack([0x27, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0], .zstd)
        }
    }
}
