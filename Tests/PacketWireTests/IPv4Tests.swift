import PacketWire
import Testing

@Suite struct IPv4Tests {
    @Test func readsEveryField() throws {
        let bytes = PacketSamples.tcp(data: [1, 2, 3])
        try bytes.withUnsafeBytes {
            let packet = try IPv4Packet($0)
            #expect(packet.headerLength == 20)
            #expect(packet.totalLength == 43)
            #expect(packet.identification == 0x1234)
            #expect(packet.dontFragment)
            #expect(!packet.isFragment)
            #expect(packet.timeToLive == 64)
            #expect(packet.protocolNumber == IPv4Packet.ProtocolNumber.tcp)
            #expect(packet.source == IPv4Address(198, 18, 0, 1))
            #expect(packet.destination.description == "198.18.1.1")
            #expect(packet.payload.count == 23)
            #expect(packet.hasValidHeaderChecksum)
        }
    }

    @Test func everyPrefixThrowsAndNeverTraps() {
        let bytes = PacketSamples.tcp(data: [1, 2, 3])
        for length in 0..<bytes.count {
            bytes[0..<length].withUnsafeBytes { prefix in
                #expect(throws: IPv4Packet.Flaw.self, "length \(length)") { _ = try IPv4Packet(prefix) }
                return
            }
        }
    }

    @Test func namesEachFlaw() {
        func flaw(_ change: (inout [UInt8]) -> Void) -> IPv4Packet.Flaw? {
            var bytes = PacketSamples.tcp()
            change(&bytes)
            return bytes.withUnsafeBytes { buffer -> IPv4Packet.Flaw? in
                do throws(IPv4Packet.Flaw) {
                    _ = try IPv4Packet(buffer)
                    return nil
                } catch { return error }
            }
        }
        #expect(flaw { $0 = [0x60, 0, 0] } == .wrongVersion)
        #expect(flaw { $0[0] = 0x65 } == .wrongVersion)
        #expect(flaw { $0[0] = 0x44 } == .shortHeaderLength)
        #expect(flaw { $0[0] = 0x4F } == .truncatedHeader)
        #expect(flaw { $0[3] = 19 } == .wrongTotalLength)
        #expect(flaw { $0[3] = 41 } == .wrongTotalLength)
        #expect(flaw { $0[10] ^= 1 } == nil)
    }

    @Test func cutsPaddingAndAcceptsASnapLengthOnlyWhenTold() throws {
        let bytes = PacketSamples.tcp(data: [1, 2, 3])
        let padded = try (bytes + [0, 0, 0]).withUnsafeBytes { try IPv4Packet($0).bytes.count }
        #expect(padded == 43)
        let cut = try bytes[0..<41].withUnsafeBytes { try IPv4Packet($0, allowsTruncation: true).bytes.count }
        #expect(cut == 41)
    }

    @Test func seesFragments() throws {
        for (offset, value) in [(6, UInt8(0x20)), (7, UInt8(1))] {
            var bytes = PacketSamples.tcp()
            bytes[offset] |= value
            let isFragment = try bytes.withUnsafeBytes { try IPv4Packet($0).isFragment }
            #expect(isFragment)
        }
    }

    @Test(arguments: ["198.18.0.1", "0.0.0.0", "255.255.255.255"])
    func addressRoundTrip(_ text: String) throws {
        #expect(try #require(IPv4Address(text)).description == text)
    }

    @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1..2.3", "+1.2.3.4", "1.2.3.4 ", "0001.2.3.4"])
    func refusesWhatIsNoAddress(_ text: String) {
        #expect(IPv4Address(text) == nil)
    }
}
