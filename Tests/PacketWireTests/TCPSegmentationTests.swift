import Testing

@testable import PacketWire

@Suite struct TCPSegmentationTests {
    /// A TCP packet over IPv4 with options and a checksum that holds the pseudo-header only.
    private func packet(data: Int, flags: TCPSegment.Flags, options: Int = 12, identification: UInt16 = 65_534)
        -> [UInt8]
    {
        let headers = 40 + options
        var bytes = [UInt8](repeating: 1, count: headers) + (0..<data).map { UInt8(truncatingIfNeeded: $0 * 7) }
        bytes.replaceSubrange(0..<20, with: [0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0, 198, 18, 0, 1, 198, 18, 1, 1])
        bytes[4] = UInt8(identification >> 8)
        bytes[5] = UInt8(identification & 255)
        bytes.replaceSubrange(
            20..<40, with: [156, 64, 35, 132, 255, 255, 255, 0, 0, 0, 0, 9] + [0, 0, 1, 0, 0, 0, 0, 0])
        bytes[32] = UInt8((20 + options) / 4) << 4
        bytes[33] = flags.rawValue
        let total = bytes.count
        bytes[2] = UInt8(truncatingIfNeeded: total >> 8)
        bytes[3] = UInt8(truncatingIfNeeded: total)
        return bytes
    }

    /// All pieces of a packet, their checksums completed.
    private func pieces(_ bytes: [UInt8], mtu: Int) throws -> [[UInt8]] {
        let cut = try #require(bytes.withUnsafeBytes { TCPSegmentation(headers: $0, length: bytes.count, mtu: mtu) })
        return (0..<cut.count).map { index in
            let from = cut.headerLength + index * cut.segmentSize
            var piece =
                [UInt8](repeating: 0, count: cut.headerLength) + bytes[from..<(from + cut.dataLength(ofPiece: index))]
            bytes.withUnsafeBytes { headers in
                piece.withUnsafeMutableBytes { cut.writeHeaders(ofPiece: index, from: headers, to: $0) }
            }
            return piece
        }
    }

    private func completed(_ bytes: [UInt8]) -> [UInt8] {
        // What a device does: the sum from the TCP header on, over the partial one.
        var bytes = bytes
        let sum = bytes.withUnsafeBytes { InternetChecksum.of(UnsafeRawBufferPointer(rebasing: $0[20...])) }
        bytes[36] = UInt8(sum >> 8)
        bytes[37] = UInt8(sum & 255)
        return bytes
    }

    @Test(arguments: [1, 100, 1448, 1449, 2896, 65_483], [576, 1500, 9000])
    func thePiecesHoldTheDataInOrderAndAreRightAsTheyStand(data: Int, mtu: Int) throws {
        let bytes = packet(data: data, flags: [.ack, .psh, .fin, .cwr])
        let pieces = try pieces(bytes, mtu: mtu)
        var joined: [UInt8] = []
        for (index, piece) in pieces.enumerated() {
            #expect(piece.count <= mtu)
            #expect(index == pieces.count - 1 || piece.count == mtu)
            try completed(piece).withUnsafeBytes {
                let packet = try IPv4Packet($0)
                let segment = try TCPSegment(packet.payload)
                #expect(packet.bytes.count == piece.count)
                #expect(packet.hasValidHeaderChecksum)
                #expect(segment.hasValidChecksum(in: packet))
                #expect(segment.sequence == 0xFFFF_FF00 &+ UInt32(joined.count), "across the wrap too")
                #expect(packet.identification == 65_534 &+ UInt16(index))
                #expect(segment.flags.contains(.fin) == (index == pieces.count - 1))
                #expect(segment.flags.contains(.psh) == (index == pieces.count - 1))
                #expect(segment.flags.contains(.cwr) == (index == 0))
                #expect(Array(segment.options) == Array(bytes[40..<52]))
                joined += segment.payload
            }
        }
        #expect(joined == Array(bytes[52...]))
    }

    @Test func joinedPiecesAreThePacketAgain() throws {
        let bytes = packet(data: 5000, flags: [.ack, .psh])
        let pieces = try pieces(bytes, mtu: 1500)
        var joined = pieces[0] + pieces[1...].flatMap { $0[52...] }
        let length = joined.count
        let last = TCPSegment.Flags(rawValue: try #require(pieces.last)[33])
        joined.withUnsafeMutableBytes { TCPSegmentation.join($0, length: length, lastFlags: last) }
        try completed(joined).withUnsafeBytes {
            let packet = try IPv4Packet($0)
            let segment = try TCPSegment(packet.payload)
            #expect(packet.hasValidHeaderChecksum)
            #expect(segment.hasValidChecksum(in: packet))
            #expect(segment.flags == [.ack, .psh])
            #expect(Array(segment.payload) == Array(bytes[52...]))
            #expect(segment.sequence == 0xFFFF_FF00)
        }
    }

    @Test func whatIsNoTCPPacketIsNotCut() {
        let good = packet(data: 3000, flags: [.ack])
        func isCut(_ length: Int? = nil, mtu: Int = 1500, change: (inout [UInt8]) -> Void = { _ in }) -> Bool {
            var bytes = good
            change(&bytes)
            return bytes.withUnsafeBytes { TCPSegmentation(headers: $0, length: length ?? $0.count, mtu: mtu) } != nil
        }
        #expect(isCut())
        #expect(!isCut { $0[0] = 0x65 })
        #expect(!isCut { $0[0] = 0x44 })
        #expect(!isCut { $0[9] = 17 })
        #expect(!isCut { $0[7] = 1 }, "a fragment")
        #expect(!isCut { $0[32] = 0x40 })
        #expect(!isCut { $0 = Array($0[..<39]) })
        #expect(!isCut(52), "no data")
        #expect(!isCut(65_536))
        #expect(!isCut(mtu: 52))
    }

    @Test func noHeadersTrap() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...120, using: &generator)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            if count > 9, Bool.random(using: &generator) {
                bytes.replaceSubrange(0..<10, with: [0x45, 0, 0, 0, 0, 0, 0, 0, 9, 6])
            }
            let cut = bytes.withUnsafeBytes {
                TCPSegmentation(headers: $0, length: Int.random(in: 0...70_000), mtu: 1500)
            }
            guard let cut else { continue }
            #expect(cut.headerLength <= count)
            #expect((cut.count - 1) * cut.segmentSize < cut.dataLength)
        }
    }
}
