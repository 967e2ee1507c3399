import Testing

@testable import PacketWire

@Suite struct CapturedChecksumTests {
    /// A TCP packet with right checksums.
    private static func packet(data: Int = 100) -> [UInt8] {
        var bytes: [UInt8] = [0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, 6, 0, 0, 198, 18, 0, 1, 198, 18, 1, 1]
        bytes += [156, 64, 35, 132, 0, 0, 0, 7, 0, 0, 0, 9, 0x50, 0x18, 1, 0, 0, 0, 0, 0]
        bytes += (0..<data).map { UInt8(truncatingIfNeeded: $0) }
        let total = bytes.count
        bytes.withUnsafeMutableBytes { IPv4Mutation.setTotalLength(total, $0) }
        return bytes
    }

    private static func verdict(_ bytes: [UInt8], original: Int? = nil, link: LinkType = .raw) -> CapturedChecksum {
        bytes.withUnsafeBytes {
            CapturedChecksum.of(
                CapturedPacket(timeNs: 0, bytes: $0, originalLength: original ?? $0.count, linkType: link))
        }
    }

    @Test func everyFlippedBitIsSeen() {
        let good = Self.packet()
        #expect(Self.verdict(good) == .right)
        for bit in 8..<(good.count * 8) {
            var bytes = good
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            let verdict = Self.verdict(bytes)
            // The first byte tells whether it is IPv4 at all.
            #expect(verdict == (bit < 160 ? .wrongHeader : .wrong), "bit \(bit): \(verdict)")
        }
    }

    @Test func aPseudoHeadersSumIsUnfinished() {
        var bytes = Self.packet()
        let packet = bytes.withUnsafeBytes { raw -> UInt16 in
            (try? IPv4Packet(raw).pseudoHeader(length: raw.count - 20).folded) ?? 0
        }
        bytes[36] = UInt8(packet >> 8)
        bytes[37] = UInt8(packet & 255)
        #expect(Self.verdict(bytes) == .unfinished)
    }

    @Test func whatCannotBeCheckedIsUnknown() {
        let good = Self.packet()
        #expect(Self.verdict(Array(good[..<60]), original: good.count) == .unknown, "cut by the snap length")
        #expect(Self.verdict(Self.packet(data: 3000)) == .unknown, "joined by the device")
        #expect(Self.verdict([UInt8](repeating: 2, count: 12) + [8, 0] + good, link: .ethernet) == .right)
        #expect(Self.verdict([]) == .unknown)
        var offloaded = good
        offloaded[10] = 0
        offloaded[11] = 0
        #expect(Self.verdict(offloaded) == .unknown, "some systems leave the IP checksum to the device")
    }
}
