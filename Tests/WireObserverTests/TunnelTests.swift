import CaptureSynthesis
import EvidenceModel
import PacketWire
import Testing

@testable import WireObserver

/// The same conversation in every tunnel: what is inside is followed, or named.
struct TunnelTests {
    private static func conversation() throws -> [FilePacket] {
        try FilePacket.all(
            of: syntheticCapture { capture in
                var connection = syntheticConnection(capture)
                connection.open()
                for number: Int32 in 0..<5 {
                    try connection.exchange(batch(number), correlationID: number, baseOffset: Int64(number))
                }
            })
    }

    static let wrappings: [(name: String, wrap: @Sendable ([UInt8]) -> [UInt8])] = [
        ("VXLAN", { Wrapping.ipv4(17, Wrapping.udp(4789, [8, 0, 0, 0, 0, 0, 1, 0] + Wrapping.ethernet(0x0800, $0))) }),
        ("VXLAN", { Wrapping.ipv6(17, Wrapping.udp(8472, [8, 0, 0, 0, 0, 0, 1, 0] + Wrapping.ethernet(0x0800, $0))) }),
        ("VXLAN", { Wrapping.ipv4(17, Wrapping.udp(4790, [12, 0, 0, 1, 0, 0, 1, 0] + $0)) }),
        (
            "GENEVE",
            {
                Wrapping.ipv4(
                    17,
                    Wrapping.udp(
                        6081,
                        [2, 0, 0x65, 0x58, 0, 0, 1, 0] + [0, 1, 2, 1, 0, 0, 0, 0]
                            + Wrapping.ethernet(0x0800, $0)))
            }
        ),
        ("GRE", { Wrapping.ipv4(47, [0, 0, 8, 0] + $0) }),
        ("GRE", { Wrapping.ipv4(47, [0xb0, 0, 8, 0] + [UInt8](repeating: 1, count: 12) + $0) }),
        ("GRE and ERSPAN", { Wrapping.ipv4(47, [0, 0, 0x88, 0xbe] + Wrapping.ethernet(0x0800, $0)) }),
        (
            "GRE and ERSPAN",
            {
                Wrapping.ipv4(
                    47,
                    [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1] + [0x10, 1, 0, 1, 0, 0, 0, 0]
                        + Wrapping.ethernet(0x0800, $0))
            }
        ),
        (
            "GRE and ERSPAN",
            {
                Wrapping.ipv4(
                    47,
                    [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1] + [0x20, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]
                        + [UInt8](repeating: 0, count: 8) + Wrapping.ethernet(0x0800, $0))
            }
        ),
        ("IP in IP", { Wrapping.ipv4(4, $0) }),
        ("IPv6 in IPv4", { Wrapping.ipv4(41, Wrapping.asIPv6($0)) }),
        ("IPv4 in IPv6", { Wrapping.ipv6(4, $0) }),
        ("MPLS", { Wrapping.ipv4(137, [0, 1, 0x10, 64, 0, 1, 0x21, 64] + $0) }),
        (
            "GTP-U",
            {
                Wrapping.ipv4(
                    17, Wrapping.udp(2152, [0x30, 0xff] + Wrapping.big(UInt16($0.count)) + [0, 0, 0, 9] + $0))
            }
        ),
        (
            "GTP-U",
            {
                Wrapping.ipv4(
                    17,
                    Wrapping.udp(
                        2152,
                        [0x34, 0xff] + Wrapping.big(UInt16($0.count + 8)) + [0, 0, 0, 9]
                            + [0, 0, 0, 0x85, 1, 0, 0, 0] + $0))
            }
        ),
    ]

    @Test(arguments: [[], [0xff, 3]] as [[UInt8]])
    func pppWithAndWithoutItsAddress(_ address: [UInt8]) throws {
        let packets = try Self.conversation().map {
            FilePacket(timeNs: $0.timeNs, bytes: address + [0, 0x21] + $0.bytes)
        }
        let evidence = try analyse(FilePacket.pcap(packets, linkType: .ppp, nanoseconds: true)).evidence()
        #expect(evidence.captures.first?.answers == ["0": 5])
        #expect(evidence.findings.isEmpty)
    }

    @Test(arguments: wrappings.indices)
    func whatATunnelHoldsIsFollowed(_ index: Int) throws {
        let (name, wrap) = Self.wrappings[index]
        let packets = try Self.conversation().map { FilePacket(timeNs: $0.timeNs, bytes: wrap($0.bytes)) }
        for bytes in [FilePacket.pcapng(packets), FilePacket.pcap(packets, nanoseconds: true, bigEndian: true)] {
            let analysis = try analyse(bytes)
            let evidence = analysis.evidence()
            #expect(evidence.captures.first?.answers == ["0": 5])
            #expect(evidence.findings.isEmpty)
            #expect(analysis.summary().contains("\(packets.count) segments inside \(name)\n"))
        }
    }

    /// Labels, tags and sessions straight above Ethernet.
    @Test(
        arguments: [
            [0x88, 0x47, 0, 1, 0x11, 64], [0x88, 0xa8, 0, 1, 0x81, 0, 0, 2, 0x08, 0],
            [0x88, 0x64, 0x11, 0, 0, 1, 0, 0, 0, 0x21],
            [0x81, 0, 0, 5, 0x88, 0x64, 0x11, 0, 0, 1, 0, 0, 0, 0x21],
        ] as [[UInt8]])
    func whatStandsAboveEthernetIsFollowed(_ header: [UInt8]) throws {
        let packets = try Self.conversation().map {
            FilePacket(timeNs: $0.timeNs, bytes: [UInt8](repeating: 2, count: 12) + header + $0.bytes)
        }
        let evidence = try analyse(FilePacket.pcapng(packets, linkType: .ethernet)).evidence()
        #expect(evidence.captures.first?.answers == ["0": 5])
    }

    /// Tunnels inside one another, up to a bound that is told.
    @Test func tunnelsInTunnels() throws {
        func wrapped(_ times: Int) throws -> [UInt8] {
            FilePacket.pcapng(
                try Self.conversation().map { packet in
                    FilePacket(
                        timeNs: packet.timeNs,
                        bytes: (0..<times).reduce(packet.bytes) { bytes, _ in Wrapping.ipv4(4, bytes) })
                })
        }
        #expect(try analyse(wrapped(6)).evidence().captures.first?.answers == ["0": 5])
        let deep = try analyse(wrapped(7)).evidence()
        #expect(deep.findings.map(\.kind) == ["not_looked_into"])
        #expect(deep.findings.first?.detail.contains("18 packets") == true)
    }

    @Test(
        arguments: [
            ("WireGuard", [4, 0, 0, 0] + [UInt8](repeating: 7, count: 60), 17),
            ("ESP", [UInt8](repeating: 7, count: 64), 50),
            ("L2TP", [UInt8](repeating: 7, count: 64), 115),
        ] as [(String, [UInt8], UInt8)])
    func whatIsEncryptedIsNamed(_ name: String, _ content: [UInt8], _ number: UInt8) throws {
        let bytes = Wrapping.ipv4(number, number == 17 ? Wrapping.udp(51_820, content) : content)
        let packets = (0..<60).map { FilePacket(timeNs: Int64($0) * 1000, bytes: bytes) }
        let analysis = try analyse(FilePacket.pcapng(packets))
        #expect(analysis.evidence().findings.map(\.kind) == ["not_looked_into"])
        #expect(analysis.evidence().findings.first?.detail.contains(name) == true)
        #expect(analysis.summary().contains("60 packets: \(name)") || analysis.summary().contains("IPsec \(name)"))
    }

    /// Parts of a packet in any order, with one twice; and a datagram of a tunnel, which needs its own length again.
    @Test(arguments: [false, true], [[0, 1, 2], [2, 0, 1], [1, 1, 2, 0]])
    func fragmentsArePutTogether(_ isTunnel: Bool, _ order: [Int]) throws {
        var packets: [FilePacket] = []
        for (number, packet) in try Self.conversation().enumerated() {
            let inner = Wrapping.ethernet(0x0800, packet.bytes)
            let vxlan = Wrapping.udp(4789, [8, 0, 0, 0, 0, 0, 1, 0] + inner)
            let payload = isTunnel ? vxlan : Array(packet.bytes[20...])
            let parts = [0..<8, 8..<16, 16..<payload.count]
            for part in order {
                let more: UInt16 = part < 2 ? 0x2000 : 0
                var bytes = Wrapping.ipv4(
                    isTunnel ? 17 : 6, Array(payload[parts[part]]), identification: UInt16(number),
                    fragment: more | UInt16(parts[part].lowerBound / 8))
                if !isTunnel { bytes.replaceSubrange(12..<20, with: packet.bytes[12..<20]) }
                packets.append(FilePacket(timeNs: packet.timeNs, bytes: bytes))
            }
        }
        let evidence = try analyse(FilePacket.pcapng(packets)).evidence()
        #expect(evidence.captures.first?.answers == ["0": 5])
        #expect(!evidence.findings.contains { $0.kind == "not_looked_into" })
    }

    @Test func fragmentsWithoutTheirOthersAreTold() throws {
        let packets = (0..<9).map {
            FilePacket(
                timeNs: Int64($0),
                bytes: Wrapping.ipv4(6, [1, 2, 3, 4, 5, 6, 7, 8], identification: UInt16($0), fragment: 0x2000))
        }
        let found = try analyse(FilePacket.pcapng(packets)).evidence().findings
        #expect(found.map(\.kind) == ["ip_fragments"])
        #expect(found.first?.detail.hasPrefix("9 of 9 ") == true)
    }
}
