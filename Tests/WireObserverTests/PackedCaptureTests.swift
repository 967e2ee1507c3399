import CLZ4
import CZstandard
import CaptureSynthesis
import EvidenceModel
import KafkaWire
import PacketWire
import RecordCompression
import Testing

@testable import WireObserver

/// Capture files that are packed with gzip, zstd or lz4.
struct PackedCaptureTests {
    private func capture() throws -> [UInt8] {
        try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            for number: Int32 in 0..<4000 {
                try connection.exchange(batch(number), correlationID: number, baseOffset: Int64(number))
            }
        }
    }

    private static func pack(_ bytes: [UInt8], _ format: PackedFormat) throws -> [UInt8] {
        switch format {
        case .gzip: try #require(Compressor.compress(bytes, .gzip))
        case .zstd:
            [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { room, count in
                count = ZSTD_compress(room.baseAddress, room.count, bytes, bytes.count, 3)
            }
        case .lz4:
            [UInt8](unsafeUninitializedCapacity: LZ4F_compressFrameBound(bytes.count, nil)) { room, count in
                count = LZ4F_compressFrame(room.baseAddress, room.count, bytes, bytes.count, nil)
            }
        }
    }

    private func evidence(_ bytes: [UInt8]) throws -> WireEvidence {
        try WireAnalysis.evidence(of: [CaptureSource(files: [try temporaryFile(bytes)], side: nil)])
    }

    @Test(arguments: [PackedFormat.gzip, .zstd, .lz4])
    func aPackedFileIsReadAsItIs(_ format: PackedFormat) throws {
        let plain = try capture()
        let packed = try Self.pack(plain, format)
        #expect(packed.count < plain.count / 2 && plain.count > 1 << 20)
        let evidence = try evidence(packed)
        #expect(evidence.captures.first?.answers == ["0": 4000])
        #expect(evidence.findings.isEmpty)
    }

    /// As `cat a.gz b.gz` makes them: streams one after the other are one file.
    @Test(arguments: [PackedFormat.gzip, .zstd, .lz4])
    func streamsThatFollowOneAnotherAreOneFile(_ format: PackedFormat) throws {
        let plain = try capture()
        let middle = plain.count / 2 + 3
        let packed = try Self.pack(Array(plain[..<middle]), format) + Self.pack(Array(plain[middle...]), format)
        #expect(try evidence(packed).captures.first?.answers == ["0": 4000])
    }

    @Test(arguments: [PackedFormat.gzip, .zstd, .lz4])
    func aFileThatWasCutIsReadAsFarAsItGoesAndToldToBeCut(_ format: PackedFormat) throws {
        let packed = try Self.pack(capture(), format)
        let evidence = try evidence(Array(packed[..<(packed.count * 3 / 4)]))
        let answers = try #require(evidence.captures.first?.answers["0"])
        #expect(answers > 1000 && answers < 4000)
        #expect(evidence.findings.contains { $0.kind == "capture_truncated" })
    }

    /// Only gzip always has a checksum; the others have one where their writer wanted it.
    @Test func damageIsToldInTheLibrarysWords() throws {
        var packed = try Self.pack(capture(), .gzip)
        for index in 2000..<2200 { packed[index] = ~packed[index] }
        #expect {
            _ = try evidence(packed)
        } throws: { error in
            "\(error)".contains("gzip: ")
        }
    }
}
