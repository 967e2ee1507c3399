/// What stands before the IP header in a captured packet.
///
/// The numbers are LINKTYPE values as capture files hold them (https://www.tcpdump.org/linktypes.html), which differ from
/// libpcap's DLT values for raw IP only.
public struct LinkType: RawRepresentable, Hashable, Sendable {
    /// The number in the capture file.
    public let rawValue: UInt32

    /// A link type by its number; unknown ones are allowed and decode to nothing.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// BSD loopback: four bytes of address family in the writer's byte order.
    public static let null = LinkType(rawValue: 0)
    /// Ethernet, with any number of VLAN tags.
    public static let ethernet = LinkType(rawValue: 1)
    /// Raw IP, version in the first four bits.
    public static let raw = LinkType(rawValue: 101)
    /// OpenBSD loopback: four bytes of address family, big-endian.
    public static let loop = LinkType(rawValue: 108)
    /// Linux cooked capture v1, as `tcpdump -i any` writes.
    public static let linuxSLL = LinkType(rawValue: 113)
    /// PPP, with or without its address and control bytes (RFC 1662).
    public static let ppp = LinkType(rawValue: 9)
    /// Raw IPv4.
    public static let ipv4 = LinkType(rawValue: 228)
    /// Raw IPv6.
    public static let ipv6 = LinkType(rawValue: 229)
    /// Linux cooked capture v2.
    public static let linuxSLL2 = LinkType(rawValue: 276)

    /// The link type of a libpcap DLT value: DLT_RAW is 12 on most systems and 14 on OpenBSD.
    public static func fromDLT(_ dlt: Int32) -> LinkType {
        dlt == 12 || dlt == 14 ? .raw : LinkType(rawValue: UInt32(bitPattern: dlt))
    }

    /// True when packets of this type can be decoded.
    public var isSupported: Bool {
        switch self {
        case .null, .ethernet, .raw, .loop, .ppp, .linuxSLL, .ipv4, .ipv6, .linuxSLL2: true
        default: rawValue == 12 || rawValue == 14
        }
    }

    /// Where the IP header begins, or nil when the packet carries no IP, is too short, or the type is unknown.
    func networkOffset(in bytes: UnsafeRawBufferPointer) -> Int? {
        switch self {
        case .ethernet: ethernetOffset(in: bytes, typeAt: 12)
        case .raw, .ipv4, .ipv6: 0
        case .null, .loop: bytes.count > 4 ? 4 : nil
        case .linuxSLL: ethernetOffset(in: bytes, typeAt: 14)
        case .linuxSLL2: isIP(bytes, typeAt: 0) ? 20 : nil
        default: rawValue == 12 || rawValue == 14 ? 0 : nil
        }
    }

    private func isIP(_ bytes: UnsafeRawBufferPointer, typeAt offset: Int) -> Bool {
        guard bytes.count >= offset + 2 else { return false }
        let type = UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
        return type == 0x0800 || type == 0x86dd
    }

    /// Follows VLAN tags (802.1Q, 802.1ad and the older 0x9100) to an IP ethertype.
    private func ethernetOffset(in bytes: UnsafeRawBufferPointer, typeAt first: Int) -> Int? {
        var offset = first
        while bytes.count >= offset + 2 {
            switch UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1]) {
            case 0x0800, 0x86dd: return offset + 2
            case 0x8100, 0x88a8, 0x9100: offset += 4
            case 0x8864 where bytes.count >= offset + 10:
                // PPPoE session: six bytes of header, then the PPP protocol: 0x0021 IPv4, 0x0057 IPv6.
                let ppp = UInt16(bytes[offset + 8]) << 8 | UInt16(bytes[offset + 9])
                return ppp == 0x0021 || ppp == 0x0057 ? offset + 10 : nil
            default: return nil
            }
        }
        return nil
    }
}
