import Testing

@testable import PacketWire

struct CapturedSegmentTests {
    private static func big16(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }

    private static let tcp: [UInt8] =
        big16(40_000) + big16(9092) + [0, 0, 0, 7, 0, 0, 0, 9] + [0x50, 0x18] + [UInt8](repeating: 0, count: 6)

    private static func ipv4(_ payload: [UInt8], total: Int? = nil, fragment: Int = 0) -> [UInt8] {
        [0x45, 0] + big16(total ?? 20 + payload.count) + [0, 1] + big16(fragment) + [63, 6, 0, 0]
            + [198, 18, 0, 1, 198, 18, 1, 1] + payload
    }

    private static func ipv6(_ next: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [0x60, 0, 0, 0] + big16(payload.count) + [next, 64]
            + [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
            + [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2] + payload
    }

    /// The parts of a segment that can outlive the packet.
    private struct Kept: Equatable {
        var source: String
        var destination: String
        var ports: [UInt16]
        var payload: [UInt8]
        var length: Int
    }

    private static func decode(_ bytes: [UInt8], _ linkType: LinkType, original: Int? = nil) -> Kept? {
        bytes.withUnsafeBytes { raw in
            let packet = CapturedPacket(
                timeNs: 0, bytes: raw, originalLength: original ?? raw.count, linkType: linkType)
            guard case .segment(let segment) = CapturedSegment.decode(packet) else { return nil }
            return Kept(
                source: "\(segment.source)", destination: "\(segment.destination)",
                ports: [segment.sourcePort, segment.destinationPort], payload: Array(segment.payload),
                length: segment.payloadLength)
        }
    }

    private static let expected = Kept(
        source: "198.18.0.1", destination: "198.18.1.1", ports: [40_000, 9092], payload: [1, 2, 3], length: 3)

    /// One packet behind every kind of link-layer header.
    @Test func decodesEveryLinkType() {
        let ip = Self.ipv4(Self.tcp + [1, 2, 3])
        let mac = [UInt8](repeating: 2, count: 12)
        let framed: [(LinkType, [UInt8])] = [
            (.raw, ip), (.ipv4, ip), (.ethernet, mac + [8, 0] + ip),
            (.ethernet, mac + [0x81, 0, 0, 5, 8, 0] + ip),
            (.ethernet, mac + [0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0] + ip),
            (.ethernet, mac + [0x88, 0x64, 0x11, 0, 0, 1, 0, 45, 0, 0x21] + ip),
            (.linuxSLL, [0, 0, 0, 1, 0, 6] + [UInt8](repeating: 0, count: 8) + [8, 0] + ip),
            (.linuxSLL2, [8, 0] + [UInt8](repeating: 0, count: 18) + ip),
            (.null, [2, 0, 0, 0] + ip), (.loop, [0, 0, 0, 2] + ip), (LinkType(rawValue: 12), ip),
        ]
        for (linkType, bytes) in framed { #expect(Self.decode(bytes, linkType) == Self.expected) }
        #expect(LinkType.fromDLT(12) == .raw)
    }

    @Test func paddingOfShortFramesIsNotPayload() {
        let frame = [UInt8](repeating: 2, count: 12) + [8, 0] + Self.ipv4(Self.tcp + [1, 2, 3])
        #expect(Self.decode(frame + [0, 0, 0, 0, 0, 0], .ethernet) == Self.expected)
    }

    @Test func aCutPacketKeepsItsLength() {
        let whole = Self.ipv4(Self.tcp + [1, 2, 3, 4, 5])
        let cut = Self.decode(Array(whole.dropLast(2)), .raw, original: whole.count)
        #expect(cut?.payload == [1, 2, 3])
        #expect(cut?.length == 5)
        let headerOnly = Self.decode(Array(whole.prefix(40)), .raw, original: whole.count)
        #expect(headerOnly?.payload == [])
        #expect(headerOnly?.length == 5)
    }

    @Test func aTotalLengthOfZeroMeansTheFrame() {
        #expect(Self.decode(Self.ipv4(Self.tcp + [1, 2, 3], total: 0), .raw) == Self.expected)
    }

    @Test func followsExtensionHeadersOfIPv6() {
        let hopByHop: [UInt8] = [60, 0, 0, 0, 0, 0, 0, 0]
        let destination: [UInt8] = [6, 1] + [UInt8](repeating: 0, count: 14)
        let decoded = Self.decode(Self.ipv6(0, hopByHop + destination + Self.tcp + [9]), .raw)
        #expect(decoded?.source == "fd00::1")
        #expect(decoded?.destination == "fd00::2")
        #expect(decoded?.payload == [9])
    }

    @Test func fragmentsAndOtherProtocolsAreNoSegments() {
        func outcome(_ bytes: [UInt8]) -> String {
            bytes.withUnsafeBytes { raw in
                let packet = CapturedPacket(timeNs: 0, bytes: raw, originalLength: raw.count, linkType: .raw)
                return switch CapturedSegment.decode(packet) {
                case .segment: "segment"
                case .passedOver(let kind): "\(kind)"
                case .fragment: "fragment"
                case .malformed: "malformed"
                }
            }
        }
        #expect(outcome(Self.ipv4(Self.tcp, fragment: 0x2000)) == "fragment")
        #expect(outcome(Self.ipv4(Self.tcp, fragment: 100)) == "fragment")
        #expect(outcome(Self.ipv6(44, [6, 0, 0, 1, 0, 0, 0, 0] + Self.tcp)) == "fragment")
        var udp = Self.ipv4(Self.tcp)
        udp[9] = 17
        #expect(outcome(udp) == "udp")
        #expect(outcome(Self.ipv4([1, 2, 3])) == "malformed")
        #expect(outcome([0x45]) == "malformed")
    }

    @Test func everyPrefixOfAPacketIsSafe() {
        let frames = [
            (LinkType.ethernet, [UInt8](repeating: 2, count: 12) + [0x81, 0, 0, 5, 8, 0] + Self.ipv4(Self.tcp + [1])),
            (LinkType.raw, Self.ipv6(0, [6, 0, 0, 0, 0, 0, 0, 0] + Self.tcp + [9])),
        ]
        for (linkType, bytes) in frames {
            for length in 0..<bytes.count {
                _ = Self.decode(Array(bytes.prefix(length)), linkType, original: bytes.count)
            }
        }
    }

    @Test func addressesAreWrittenAsRFC5952Says() {
        #expect("\(IPAddress(v4: 0xC612_0001))" == "198.18.0.1")
        #expect("\(IPAddress(high: 0x2001_0db8_0000_0000, low: 1))" == "2001:db8::1")
        #expect("\(IPAddress(high: 0x2001_0db8_0000_0001, low: 0x0001_0001_0001_0001))" == "2001:db8:0:1:1:1:1:1")
        #expect("\(IPAddress(high: 0, low: 0))" == "::")
    }
}
