import CaptureSynthesis
import KafkaWire
import PacketWire

/// What carries an IPv4 packet: every tunnel that is followed.
enum Wrapping: CaseIterable {
    case vxlan, vxlanGPE, geneve, gre, erspan2, erspan3, ipInIP, mpls, gtpU, v4InV6, fragments

    private static func big(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    private static func ethernet(_ payload: [UInt8]) -> [UInt8] {
        [UInt8](repeating: 2, count: 12) + [0x81, 0, 0, 5, 8, 0] + payload
    }

    private static func ipv4(_ number: UInt8, _ payload: [UInt8], fragment: UInt16 = 0) -> [UInt8] {
        let start: [UInt8] = [0x45, 0] + big(UInt16(20 + payload.count)) + [0, 1] + big(fragment)
        return start + [64, number, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2] + payload
    }

    private static func udp(_ port: UInt16, _ payload: [UInt8]) -> [UInt8] {
        ipv4(17, [0xc0, 0] + big(port) + big(UInt16(8 + payload.count)) + [0, 0] + payload)
    }

    func wrap(_ packet: [UInt8]) -> [UInt8] {
        let frame = Self.ethernet(packet)
        switch self {
        case .vxlan: return Self.udp(4789, [8, 0, 0, 0, 0, 0, 1, 0] + frame)
        case .vxlanGPE: return Self.udp(4790, [12, 0, 0, 3, 0, 0, 1, 0] + frame)
        case .geneve: return Self.udp(6081, [1, 0, 0x65, 0x58, 0, 0, 1, 0, 0, 0, 1, 0] + frame)
        case .gre: return Self.ipv4(47, [0xb0, 0, 8, 0] + [UInt8](repeating: 1, count: 12) + packet)
        case .erspan2:
            return Self.ipv4(47, [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 1, 0, 1, 0, 0, 0, 0] + frame)
        case .erspan3:
            let header: [UInt8] = [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]
            return Self.ipv4(47, header + [UInt8](repeating: 0, count: 8) + frame)
        case .ipInIP: return Self.ipv4(4, packet)
        case .mpls: return Self.ipv4(137, [0, 1, 0x10, 64, 0, 1, 0x21, 64] + packet)
        case .gtpU:
            let length = Self.big(UInt16(packet.count + 8))
            return Self.udp(2152, [0x34, 0xff] + length + [0, 0, 0, 9, 0, 0, 0, 0x85, 1, 0, 0, 0] + packet)
        case .v4InV6:
            let length = Self.big(UInt16(packet.count))
            return [0x60, 0, 0, 0] + length + [4, 64] + [UInt8](repeating: 1, count: 32) + packet
        // A first part whose rest never comes; with damage to the flags, a whole packet.
        case .fragments: return Self.ipv4(4, packet, fragment: 0x2000)
        }
    }
}

extension Corpus {
    /// The packets of a capture, changed, in the same kind of file.
    static func rewritten(_ entry: Entry, from first: Int = 0, _ change: ([UInt8]) -> [UInt8]) -> Entry {
        build(
            packets(of: entry).dropFirst(first).map {
                Packet(timeNs: $0.timeNs, bytes: change($0.bytes), length: max($0.length, change($0.bytes).count))
            })
    }

    /// Every packet twice, with another address for the client.
    static func doubled(_ entry: Entry) -> Entry {
        build(
            packets(of: entry).flatMap { packet -> [Packet] in
                var other = packet
                other.timeNs += 10
                for place in [12, 16] where other.bytes.count > 20 && other.bytes[place + 2] == 0 {
                    other.bytes[place] = 203
                }
                return [packet, other]
            })
    }

    /// A connection with a PROXY header before its first request.
    static func proxied(isBinary: Bool) throws -> Entry {
        var bytes: [UInt8] = []
        let capture = SyntheticCapture { bytes += $0 }
        var connection = SyntheticConnection(
            capture, client: .init(0xC612_0001, 40_000), broker: .init(0xC612_0101, 9092))
        connection.open()
        let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]
        let header: [UInt8] =
            isBinary
            ? signature + [0x21, 0x11, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 0, 2]
            : Array("PROXY TCP4 203.0.113.7 203.0.113.8 51000 9092\r\n".utf8)
        connection.send(header, fromClient: true)
        connection.send(try SyntheticKafka.request([.init()], correlationID: 1), fromClient: true)
        connection.send(try SyntheticKafka.response([.init()], correlationID: 1), fromClient: false)
        capture.finish()
        return rewritten(Entry(bytes: bytes, payloads: [])) { $0 }
    }

    private struct Packet {
        var timeNs: Int64
        var bytes: [UInt8]
        var length: Int
    }

    private static func packets(of entry: Entry) -> [Packet] {
        var packets: [Packet] = []
        var parser = CaptureParser()
        var offset = 0
        entry.bytes.withUnsafeBytes { raw in
            while case .packet(let packet)? = try? parser.next(in: raw, at: &offset) {
                packets.append(
                    Packet(timeNs: packet.timeNs, bytes: Array(packet.bytes), length: packet.originalLength))
            }
        }
        return packets
    }

    /// All bytes of a packet are worth damaging: headers of tunnels stand in front.
    private static func build(_ packets: [Packet]) -> Entry {
        var bytes: [UInt8] = []
        var ranges: [Range<Int>] = []
        PcapngEncoder.section(into: &bytes)
        PcapngEncoder.interface(name: "tun0", linkType: .raw, into: &bytes)
        for packet in packets where !packet.bytes.isEmpty {
            ranges.append(bytes.count + 28..<bytes.count + 28 + packet.bytes.count)
            packet.bytes.withUnsafeBytes {
                PcapngEncoder.packet(
                    timeNs: packet.timeNs, bytes: $0, originalLength: packet.length, into: &bytes)
            }
        }
        return Entry(bytes: bytes, payloads: ranges)
    }
}
