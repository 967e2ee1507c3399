import PacketWire

/// Packets for tests, built by hand so that the views are not checked against themselves.
enum PacketSamples {
    /// A TCP packet 198.18.0.1:40000 > 198.18.1.1:9092 with right checksums, computed here byte by byte.
    static func tcp(
        sequence: UInt32 = 1000, acknowledgement: UInt32 = 2000, flags: UInt8 = 0x18, data: [UInt8] = [],
        options: [UInt8] = []
    ) -> [UInt8] {
        let total = 40 + options.count + data.count
        var ip: [UInt8] = [0x45, 0, UInt8(total >> 8), UInt8(total & 0xFF), 0x12, 0x34, 0x40, 0, 64, 6, 0, 0]
        ip += [198, 18, 0, 1, 198, 18, 1, 1]
        let ipSum = plainChecksum(ip)
        ip[10] = UInt8(ipSum >> 8)
        ip[11] = UInt8(ipSum & 0xFF)
        var tcp: [UInt8] = [0x9C, 0x40, 0x23, 0x84]
        tcp += bigEndian(sequence) + bigEndian(acknowledgement)
        tcp += [UInt8((20 + options.count) / 4) << 4, flags, 0x01, 0xF6, 0, 0, 0, 0]
        tcp += options + data
        let pseudo: [UInt8] = Array(ip[12..<20]) + [0, 6, UInt8(tcp.count >> 8), UInt8(tcp.count & 0xFF)]
        let sum = plainChecksum(pseudo + tcp)
        tcp[16] = UInt8(sum >> 8)
        tcp[17] = UInt8(sum & 0xFF)
        return ip + tcp
    }

    /// RFC 1071 in its simplest form.
    static func plainChecksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for index in bytes.indices {
            sum += index % 2 == 0 ? UInt32(bytes[index]) << 8 : UInt32(bytes[index])
            if sum > 0xFFFF { sum = (sum & 0xFFFF) + 1 }
        }
        return ~UInt16(sum)
    }

    static func bigEndian(_ value: UInt32) -> [UInt8] {
        [UInt8(value >> 24), UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)]
    }
}
