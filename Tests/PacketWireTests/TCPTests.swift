import PacketWire
import Testing

@Suite struct TCPTests {
    @Test func readsEveryField() throws {
        let bytes = PacketSamples.tcp(
            sequence: 0xFFFF_FFF0, acknowledgement: 7, flags: 0x19, data: [1, 2, 3], options: [1, 1, 1, 0])
        try bytes.withUnsafeBytes {
            let packet = try IPv4Packet($0)
            let segment = try TCPSegment(packet.payload)
            #expect(segment.sourcePort == 40_000)
            #expect(segment.destinationPort == 9092)
            #expect(segment.sequence == 0xFFFF_FFF0)
            #expect(segment.acknowledgement == 7)
            #expect(segment.headerLength == 24)
            #expect(segment.flags == [.fin, .psh, .ack])
            #expect(segment.window == 502)
            #expect(Array(segment.options) == [1, 1, 1, 0])
            #expect(Array(segment.payload) == [1, 2, 3])
            #expect(segment.sequenceLength == 4)
            #expect(segment.hasValidChecksum(in: packet))
        }
    }

    @Test func everyShortHeaderThrows() {
        let segment = Array(PacketSamples.tcp(options: [1, 1, 1, 0])[20...])
        for length in 0..<segment.count {
            segment[0..<length].withUnsafeBytes { prefix in
                #expect(throws: TCPSegment.Flaw.truncatedHeader) { _ = try TCPSegment(prefix) }
                return
            }
        }
        var short = segment
        short[12] = 0x40
        short.withUnsafeBytes { bytes in
            #expect(throws: TCPSegment.Flaw.shortDataOffset) { _ = try TCPSegment(bytes) }
            return
        }
    }

    @Test func aChangedByteBreaksTheChecksum() throws {
        var bytes = PacketSamples.tcp(data: [1, 2, 3])
        bytes[41] ^= 0x10
        try bytes.withUnsafeBytes {
            let packet = try IPv4Packet($0)
            let segment = try TCPSegment(packet.payload)
            #expect(!segment.hasValidChecksum(in: packet))
        }
    }

    @Test func sequenceComparisonWraps() {
        #expect(TCPSequence.isBefore(0xFFFF_FFFF, 0))
        #expect(!TCPSequence.isBefore(0, 0xFFFF_FFFF))
        #expect(!TCPSequence.isBefore(5, 5))
        #expect(TCPSequence.distance(2, from: 0xFFFF_FFFE) == 4)
    }

    @Test func resetHasRightChecksumsAndNumbers() throws {
        var bytes = [UInt8](repeating: 0xAA, count: 64)
        bytes.withUnsafeMutableBytes {
            TCPReset.write(
                into: $0, source: IPv4Address(198, 18, 1, 1), sourcePort: 9092,
                destination: IPv4Address(198, 18, 0, 1), destinationPort: 40_000, sequence: 1, acknowledgement: 99)
            TCPReset.setNumbers(sequence: 0xDEAD_BEEF, acknowledgement: nil, in: $0)
        }
        try bytes.withUnsafeBytes {
            let packet = try IPv4Packet($0)
            let segment = try TCPSegment(packet.payload)
            #expect(packet.totalLength == TCPReset.length)
            #expect(packet.hasValidHeaderChecksum)
            #expect(segment.hasValidChecksum(in: packet))
            #expect(segment.flags == .rst)
            #expect(segment.sequence == 0xDEAD_BEEF)
            #expect(segment.acknowledgement == 0)
            #expect(packet.source.description == "198.18.1.1")
            #expect(segment.destinationPort == 40_000)
        }
    }

    @Test func trimKeepsEveryRangeOfTheData() throws {
        let data: [UInt8] = [10, 11, 12, 13, 14, 15, 16]
        let bytes = PacketSamples.tcp(sequence: 0xFFFF_FFFE, flags: 0x19, data: data, options: [1, 1, 1, 0])
        for lower in 0...data.count {
            for upper in lower...data.count {
                var output = [UInt8](repeating: 0, count: 100)
                let length = bytes.withUnsafeBytes { packet in
                    output.withUnsafeMutableBytes { TCPTrim.copy(packet, keeping: lower..<upper, into: $0) }
                }
                try output[0..<length].withUnsafeBytes {
                    let packet = try IPv4Packet($0)
                    let segment = try TCPSegment(packet.payload)
                    #expect(packet.totalLength == length)
                    #expect(Array(segment.payload) == Array(data[lower..<upper]))
                    #expect(segment.sequence == 0xFFFF_FFFE &+ UInt32(lower))
                    #expect(segment.flags.contains(.fin) == (upper == data.count))
                    #expect(segment.options.count == 4)
                    #expect(packet.hasValidHeaderChecksum)
                    #expect(segment.hasValidChecksum(in: packet))
                }
            }
        }
    }
}
