import CaptureSynthesis
import PacketWire

/// One packet of a capture in memory.
struct FilePacket {
    var timeNs: Int64
    var bytes: [UInt8]
    var interface = 0

    /// The packets of a capture.
    static func all(of capture: [UInt8]) throws -> [FilePacket] {
        var packets: [FilePacket] = []
        var parser = CaptureParser()
        var offset = 0
        try capture.withUnsafeBytes { raw in
            while case .packet(let packet) = try parser.next(in: raw, at: &offset) {
                packets.append(
                    FilePacket(timeNs: packet.timeNs, bytes: Array(packet.bytes), interface: packet.interface))
            }
        }
        return packets
    }

    /// A pcapng capture of packets.
    static func pcapng(
        _ packets: [FilePacket], linkType: LinkType = .raw, interfaces: [String] = ["eth0"], snapLength: Int = .max
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        PcapngEncoder.section(into: &bytes)
        for name in interfaces { PcapngEncoder.interface(name: name, linkType: linkType, into: &bytes) }
        for packet in packets {
            Array(packet.bytes.prefix(snapLength)).withUnsafeBytes {
                PcapngEncoder.packet(
                    interface: UInt32(packet.interface), timeNs: packet.timeNs, bytes: $0,
                    originalLength: packet.bytes.count, into: &bytes)
            }
        }
        return bytes
    }

    /// A classic file with microseconds or nanoseconds, in either byte order.
    static func pcap(
        _ packets: [FilePacket], linkType: LinkType = .raw, nanoseconds: Bool = false, bigEndian: Bool = false
    ) -> [UInt8] {
        func word(_ value: UInt32) -> [UInt8] {
            withUnsafeBytes(of: bigEndian ? value.bigEndian : value.littleEndian) { Array($0) }
        }
        func half(_ value: UInt16) -> [UInt8] {
            withUnsafeBytes(of: bigEndian ? value.bigEndian : value.littleEndian) { Array($0) }
        }
        var bytes = word(nanoseconds ? 0xa1b2_3c4d : 0xa1b2_c3d4) + half(2) + half(4) + word(0) + word(0)
        bytes += word(262_144) + word(linkType.rawValue)
        for packet in packets {
            let length = UInt32(packet.bytes.count)
            let fraction = packet.timeNs % 1_000_000_000 / (nanoseconds ? 1 : 1000)
            bytes += word(UInt32(packet.timeNs / 1_000_000_000)) + word(UInt32(fraction)) + word(length) + word(length)
            bytes += packet.bytes
        }
        return bytes
    }
}

/// What carries an IPv4 packet.
enum Wrapping {
    static func big(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    static func ethernet(_ type: UInt16, _ payload: [UInt8]) -> [UInt8] {
        [UInt8](repeating: 2, count: 12) + big(type) + payload
    }

    /// An IPv4 packet without a checksum.
    static func ipv4(_ number: UInt8, _ payload: [UInt8], identification: UInt16 = 1, fragment: UInt16 = 0) -> [UInt8] {
        [0x45, 0] + big(UInt16(20 + payload.count)) + big(identification) + big(fragment) + [64, number, 0, 0]
            + [192, 0, 2, 1, 192, 0, 2, 2] + payload
    }

    static func ipv6(_ next: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let address: [UInt8] = [0xfd] + [UInt8](repeating: 0, count: 14)
        return [0x60, 0, 0, 0] + big(UInt16(payload.count)) + [next, 64] + address + [1] + address + [2] + payload
    }

    static func udp(_ port: UInt16, _ payload: [UInt8], source: UInt16 = 50_000) -> [UInt8] {
        big(source) + big(port) + big(UInt16(8 + payload.count)) + [0, 0] + payload
    }

    /// The same TCP segment over IPv6, with ports kept.
    static func asIPv6(_ packet: [UInt8]) -> [UInt8] {
        let prefix: [UInt8] = [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 8)
        let segment = Array(packet[20...])
        return [0x60, 0, 0, 0] + big(UInt16(segment.count)) + [6, 64] + prefix + packet[12..<16] + prefix
            + packet[16..<20] + segment
    }

    /// Another address and port for one end; checksums become wrong in the same way for all of a host's packets.
    static func translated(_ packet: [UInt8], from address: [UInt8], to other: [UInt8], port: UInt16?) -> [UInt8] {
        var packet = packet
        let isSource = Array(packet[12..<16]) == address
        packet.replaceSubrange(isSource ? 12..<16 : 16..<20, with: other)
        if let port { packet.replaceSubrange(isSource ? 20..<22 : 22..<24, with: big(port)) }
        return corrected(packet)
    }

    /// Right checksums, as a translating router leaves them.
    static func corrected(_ packet: [UInt8]) -> [UInt8] {
        var packet = packet
        packet[10] = 0
        packet[11] = 0
        packet[36] = 0
        packet[37] = 0
        packet.replaceSubrange(10..<12, with: big(sum(Array(packet[..<20]))))
        let pseudo = Array(packet[12..<20]) + [0, 6] + big(UInt16(packet.count - 20))
        packet.replaceSubrange(36..<38, with: big(sum(pseudo + packet[20...])))
        return packet
    }

    private static func sum(_ bytes: [UInt8]) -> UInt16 {
        bytes.withUnsafeBytes { InternetChecksum.of($0) }
    }
}
