/// What a packet was that holds no TCP segment which could be followed.
public enum PassedOver: UInt8, Sendable, CaseIterable {
    /// A link type that is not supported.
    case linkType
    /// An Ethernet frame without IP: ARP, LLDP, spanning tree and the like.
    case notIP
    /// ICMP or ICMPv6.
    case icmp
    /// UDP that carries no tunnel which is followed.
    case udp
    /// Another protocol over IP.
    case otherProtocol
    /// WireGuard (UDP): encrypted.
    case wireGuard
    /// IPsec ESP (RFC 4303), also over UDP port 4500 (RFC 3948): encrypted.
    case esp
    /// L2TP version 3 (RFC 3931) or PPTP's GRE: not followed.
    case l2tp
    /// A VXLAN, GENEVE, GRE, ERSPAN, MPLS or GTP-U header with something else inside, or cut off.
    case tunnelContent
    /// More tunnels inside one another than are followed.
    case tooDeep

    /// The kind in a sentence: `60 packets: WireGuard, encrypted`.
    public var text: String {
        switch self {
        case .linkType: "a link type that is not supported"
        case .notIP: "no IP (ARP, LLDP, spanning tree …)"
        case .icmp: "ICMP"
        case .udp: "UDP"
        case .otherProtocol: "other protocols over IP"
        case .wireGuard: "WireGuard, encrypted"
        case .esp: "IPsec ESP, encrypted"
        case .l2tp: "L2TP or PPTP, not looked into"
        case .tunnelContent: "a tunnel with neither IP nor Ethernet inside, or cut off"
        case .tooDeep: "more than \(PacketDissector.deepest) tunnels inside one another"
        }
    }

    /// True for what may hold the very traffic that is looked for.
    public var mayHideTraffic: Bool {
        switch self {
        case .notIP, .icmp, .udp: false
        default: true
        }
    }
}

/// The tunnels that a segment was found in, whatever their order.
public struct TunnelSet: OptionSet, Hashable, Sendable {
    /// One bit for each.
    public let rawValue: UInt16

    /// A set by its bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// VXLAN (RFC 7348), UDP port 4789 or Linux's old 8472, and VXLAN-GPE, 4790.
    public static let vxlan = TunnelSet(rawValue: 1)
    /// GENEVE (RFC 8926), UDP port 6081.
    public static let geneve = TunnelSet(rawValue: 2)
    /// GRE (RFC 2784, 2890).
    public static let gre = TunnelSet(rawValue: 4)
    /// ERSPAN types I, II and III (draft-foschiano-erspan).
    public static let erspan = TunnelSet(rawValue: 8)
    /// IPv4 in IPv4 (RFC 2003).
    public static let ipInIP = TunnelSet(rawValue: 16)
    /// IPv6 in IPv4 (RFC 4213).
    public static let v6InV4 = TunnelSet(rawValue: 32)
    /// IPv4 in IPv6 (RFC 2473).
    public static let v4InV6 = TunnelSet(rawValue: 64)
    /// IPv6 in IPv6 (RFC 2473).
    public static let v6InV6 = TunnelSet(rawValue: 128)
    /// MPLS (RFC 3032), also over GRE or IP.
    public static let mpls = TunnelSet(rawValue: 256)
    /// GTP-U (3GPP TS 29.281), UDP port 2152.
    public static let gtpU = TunnelSet(rawValue: 512)

    private static let names: [(TunnelSet, String)] = [
        (.vxlan, "VXLAN"), (.geneve, "GENEVE"), (.gre, "GRE"), (.erspan, "ERSPAN"), (.ipInIP, "IP in IP"),
        (.v6InV4, "IPv6 in IPv4"), (.v4InV6, "IPv4 in IPv6"), (.v6InV6, "IPv6 in IPv6"), (.mpls, "MPLS"),
        (.gtpU, "GTP-U"),
    ]

    /// Their names: `GRE and ERSPAN`.
    public var text: String { Self.names.filter { contains($0.0) }.map(\.1).joined(separator: " and ") }
}
