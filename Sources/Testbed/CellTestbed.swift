import FoundationEssentials

/// The namespaces and devices of one cell: the client's end of the link and one end for each broker node.
///
/// Addresses come from 198.18.0.0/15, the block that RFC 2544 sets apart for tests of network devices. The client has
/// 198.18.0.1, node N has 198.18.N.1. The client routes the whole block into the link and nothing else anywhere; a node
/// reaches only the client.
package final class CellTestbed: Sendable {
    /// Where the producer runs.
    package let client: NetworkNamespace
    /// The client's end of the link.
    package let clientDevice: TunDevice
    /// One namespace for each broker node, node 1 first.
    package let nodes: [NetworkNamespace]
    /// The nodes' ends of the link.
    package let nodeDevices: [TunDevice]

    /// The longest packet that the link passes, the usual Ethernet payload.
    package static let mtu: Int32 = 1500

    package static let clientAddress = "198.18.0.1"
    package static let network = (address: "198.18.0.0", prefix: 15)

    package static func nodeAddress(_ node: Int) -> String { "198.18.\(node).1" }

    /// Builds everything.
    ///
    /// - Parameters:
    ///   - tcp: TCP of the client and of every node; nil: the machine's own.
    ///   - nodeNamespaces: namespaces that exist already, for example those of containers; made here if nil.
    package init(
        nodes count: Int, mtu: Int32 = CellTestbed.mtu, tcp: (client: TCPSetup, broker: TCPSetup)? = nil,
        nodeNamespaces: [NetworkNamespace]? = nil
    ) throws {
        client = try NetworkNamespace(name: "client")
        try tcp?.client.apply(in: client)
        clientDevice = try TunDevice(
            name: "tun0", address: CellTestbed.clientAddress, namespace: client, networks: [CellTestbed.network],
            mtu: mtu, offloads: true, congestion: tcp?.client.congestion)
        nodes = try nodeNamespaces ?? (1...count).map { try NetworkNamespace(name: "broker-\($0)") }
        var devices: [TunDevice] = []
        for (index, namespace) in nodes.enumerated() {
            try tcp?.broker.apply(in: namespace)
            devices.append(
                try TunDevice(
                    name: "tun\(index + 1)", address: CellTestbed.nodeAddress(index + 1), namespace: namespace,
                    networks: [(CellTestbed.clientAddress, 32)], mtu: mtu, offloads: true,
                    congestion: tcp?.broker.congestion))
        }
        nodeDevices = devices
    }
}
