import Testing

@testable import PacketWire

/// A packet with its bytes copied out.
struct KeptPacket: Equatable {
    var timeNs: Int64
    var bytes: [UInt8]
    var originalLength: Int
    var linkType: LinkType
}

/// Reads everything from `bytes`, handing the parser at most `step` more bytes each time it asks.
func readAll(_ bytes: [UInt8], step: Int = .max) throws(CaptureFormatError) -> [KeptPacket] {
    var parser = CaptureParser()
    return try readAll(bytes, step: step, &parser)
}

func readAll(
    _ bytes: [UInt8], step: Int = .max, _ parser: inout CaptureParser
) throws(CaptureFormatError) -> [KeptPacket] {
    var packets: [KeptPacket] = []
    var visible = min(step, bytes.count)
    var offset = 0
    while true {
        var found: KeptPacket?
        var isAtEnd = false
        let result: Result<Void, CaptureFormatError> = bytes.withUnsafeBytes { all in
            do throws(CaptureFormatError) {
                switch try parser.next(in: UnsafeRawBufferPointer(rebasing: all[..<visible]), at: &offset) {
                case .packet(let packet):
                    found = KeptPacket(
                        timeNs: packet.timeNs, bytes: Array(packet.bytes), originalLength: packet.originalLength,
                        linkType: packet.linkType)
                case .needMore: isAtEnd = visible == bytes.count
                }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
        if let found {
            packets.append(found)
        } else {
            visible = step < bytes.count ? min(visible + step, bytes.count) : bytes.count
        }
        if isAtEnd { return packets }
    }
}

struct CaptureParserTests {
    private static func words(_ values: [UInt32], bigEndian: Bool) -> [UInt8] {
        values.flatMap { value in withUnsafeBytes(of: bigEndian ? value.bigEndian : value.littleEndian) { Array($0) } }
    }

    private static func pcap(magic: UInt32, bigEndian: Bool, linkType: UInt32 = 1) -> [UInt8] {
        words([magic, bigEndian ? 0x0002_0004 : 0x0004_0002, 0, 0, 65_535, linkType], bigEndian: bigEndian)
            + words([100, 7, 3, 5], bigEndian: bigEndian) + [1, 2, 3] + words([101, 8, 0, 0], bigEndian: bigEndian)
    }

    @Test(arguments: [true, false])
    func readsPcapInBothByteOrdersAndResolutions(_ bigEndian: Bool) throws {
        let micro = try readAll(Self.pcap(magic: 0xa1b2_c3d4, bigEndian: bigEndian))
        #expect(
            micro == [
                KeptPacket(timeNs: 100_000_007_000, bytes: [1, 2, 3], originalLength: 5, linkType: .ethernet),
                KeptPacket(timeNs: 101_000_008_000, bytes: [], originalLength: 0, linkType: .ethernet),
            ])
        let nano = try readAll(Self.pcap(magic: 0xa1b2_3c4d, bigEndian: bigEndian))
        #expect(nano.map(\.timeNs) == [100_000_000_007, 101_000_000_008])
    }

    @Test func linkTypeOfAPcapFileMayCarryTheLengthOfAChecksum() throws {
        let packets = try readAll(Self.pcap(magic: 0xa1b2_c3d4, bigEndian: true, linkType: 0x5400_0001))
        #expect(packets.first?.linkType == .ethernet)
    }

    private static func written() -> [UInt8] {
        var bytes: [UInt8] = []
        PcapngEncoder.section(into: &bytes)
        PcapngEncoder.interface(name: "tun0", linkType: .raw, into: &bytes)
        PcapngEncoder.interface(name: "eth0", linkType: .ethernet, into: &bytes)
        [UInt8](0..<5).withUnsafeBytes {
            PcapngEncoder.packet(timeNs: 1_795_550_000_123_456_789, bytes: $0, originalLength: 9, into: &bytes)
            PcapngEncoder.packet(
                interface: 1, timeNs: 1_795_550_000_123_456_790, bytes: $0, originalLength: 5, into: &bytes)
        }
        PcapngEncoder.statistics(timeNs: 1, received: 7, droppedByInterface: 2, droppedByKernel: 3, into: &bytes)
        return bytes
    }

    @Test func readsBackWhatItWrites() throws {
        var parser = CaptureParser()
        let packets = try readAll(Self.written(), &parser)
        #expect(
            packets == [
                KeptPacket(
                    timeNs: 1_795_550_000_123_456_789, bytes: [0, 1, 2, 3, 4], originalLength: 9, linkType: .raw),
                KeptPacket(
                    timeNs: 1_795_550_000_123_456_790, bytes: [0, 1, 2, 3, 4], originalLength: 5, linkType: .ethernet),
            ])
        #expect(parser.droppedByKernel == 5)
    }

    @Test(arguments: [1, 2, 3, 7, 13, 64])
    func readsTheSameFromSmallPieces(_ step: Int) throws {
        #expect(try readAll(Self.written(), step: step) == readAll(Self.written()))
    }

    /// A writer that was killed leaves any prefix.
    @Test func everyPrefixGivesTheWholePacketsInIt() throws {
        let bytes = Self.written()
        let all = try readAll(bytes)
        for length in 0..<bytes.count {
            let packets = try readAll(Array(bytes.prefix(length)))
            #expect(packets == Array(all.prefix(packets.count)))
        }
    }

    @Test func readsPcapngOfTheOtherByteOrderWithItsOwnResolution() throws {
        func block(_ type: UInt32, _ body: [UInt32]) -> [UInt32] {
            [type, UInt32(12 + 4 * body.count)] + body + [UInt32(12 + 4 * body.count)]
        }
        // if_tsresol 0x83: eighths of a second; if_tsoffset 10 s; then the end of options.
        let options: [UInt32] = [0x0009_0001, 0x8300_0000, 0x000e_0008, 0, 10, 0]
        var words = block(0x0a0d_0d0a, [0x1a2b_3c4d, 0x0001_0000, 0xffff_ffff, 0xffff_ffff])
        words += block(1, [0x0001_0000, 0] + options)
        words += block(0xbad, [1, 2, 3])
        words += block(6, [0, 0, 20, 4, 4, 0xaabb_ccdd])
        words += block(3, [4, 0x1122_3344])
        let packets = try readAll(Self.words(words, bigEndian: true))
        #expect(packets.map(\.timeNs) == [12_500_000_000, 0])
        #expect(packets.map(\.bytes) == [[0xaa, 0xbb, 0xcc, 0xdd], [0x11, 0x22, 0x33, 0x44]])
    }

    @Test func namesWhatIsNoCapture() {
        let text = Array("root:x:0:0:root:/root:/bin/bash".utf8)
        #expect(throws: CaptureFormatError.notACapture(compression: nil)) { try readAll(text) }
        #expect(throws: CaptureFormatError.notACapture(compression: "gzip")) {
            try readAll([0x1f, 0x8b, 8, 0] + [UInt8](repeating: 0, count: 40))
        }
    }

    @Test func saysWhereAFileIsDamaged() {
        var bytes = Self.written()
        let damaged = bytes.count
        bytes += Self.words([6, 4, 0, 0], bigEndian: false)
        #expect(throws: CaptureFormatError.damaged(atByte: damaged)) { try readAll(bytes) }
    }

    @Test func aTimeOutOfRangeIsMovedIntoIt() throws {
        var bytes: [UInt8] = []
        PcapngEncoder.section(into: &bytes)
        PcapngEncoder.interface(name: "x", linkType: .raw, into: &bytes)
        for time in [Int64.max, -5] {
            [UInt8(1)].withUnsafeBytes {
                PcapngEncoder.packet(timeNs: time, bytes: $0, originalLength: 1, into: &bytes)
            }
        }
        #expect(try readAll(bytes).map(\.timeNs) == [CapturedPacket.latestNs, 0])
    }
}
