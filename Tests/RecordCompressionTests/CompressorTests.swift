import Foundation
import KafkaWire
import RecordCompression
import Testing

struct CompressorTests {
    private static let inputs: [[UInt8]] = [
        [], [7], Array("value-0 value-1 value-2 value-3 value-3 value-3".utf8), [UInt8](repeating: 0, count: 70_000),
        (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) },
        (0..<66_000).map { UInt8(truncatingIfNeeded: $0 / 300) },
    ]

    @Test(arguments: [Compression.none, .gzip, .snappy, .lz4]) func comesBackAsItWas(codec: Compression) throws {
        for input in Self.inputs {
            let packed = try #require(Compressor.compress(input, codec))
            let plain = try packed.withUnsafeBytes { try Decompression.decompress($0, codec, limit: 1 << 20) }
            #expect(plain == input, "\(input.count) bytes")
        }
    }

    @Test(arguments: [Compression.gzip, .snappy, .lz4]) func repetitionBecomesSmall(codec: Compression) throws {
        let packed = try #require(Compressor.compress([UInt8](repeating: 65, count: 100_000), codec))
        #expect(packed.count < 5000)
    }

    /// Blocks of 64 KiB that stand alone: Java's reader takes no others.
    @Test func lz4IsWhatJavaReads() throws {
        for input in Self.inputs {
            let packed = try #require(Compressor.compress(input, .lz4))
            #expect(packed.prefix(7) == [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82])
        }
    }

    @Test func zstdIsNotWritten() { #expect(Compressor.compress([1], .zstd) == nil) }

    /// Another implementation reads it too.
    @Test func gzipReadsIt() throws {
        for input in Self.inputs {
            let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).gz")
            try Data(try #require(Compressor.compress(input, .gzip))).write(to: path)
            defer { try? FileManager.default.removeItem(at: path) }
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["gzip", "-dc", path.path]
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let plain = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0 && Array(plain) == input)
        }
    }
}
