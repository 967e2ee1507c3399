import EvidenceModel

/// The way between the client and the brokers as it always is, from before the first packet: section `network`.
public struct NetworkSpec: Sendable, Equatable {
    /// The profile that it begins from; nil: none.
    public var profile: String?
    /// What acts on packets all the time, `network-0`, `network-1`, …: one for each node and direction that differ.
    public var ways: [FaultSpec]
    /// The longest packet that both ends send, bytes.
    public var mtu: Int

    /// TCP at both sides.
    public var tcp = TCPOfCell()

    /// What a link passes unless a scenario says otherwise: the payload of Ethernet.
    public static let standardMTU = 1500
    /// What a way may pass.
    static let mtuRange = 576...9001

    /// The way of a machine to itself: nothing is added.
    public init() {
        profile = nil
        ways = []
        mtu = Self.standardMTU
    }

    /// The id of what stands in the fault log for a way begins so.
    static let idPrefix = "network-"

    /// One line for people: `transatlantic: delay 40ms, jitter 500us, in-order true`; empty where nothing is added.
    public var summary: String {
        var parts = ways.map { way in
            let place = way.direction == nil && way.node == nil ? "" : " (\(way.whereActing))"
            return way.doing + place
        }
        if mtu != Self.standardMTU { parts.append("mtu \(mtu)B") }
        let way = parts.joined(separator: "; ")
        return [profile, way.isEmpty ? nil : way].compactMap { $0 }.joined(separator: ": ")
    }
}
