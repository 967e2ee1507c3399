import RunRecord
import ScenarioModel
import Testbed

extension CellTestbed {
    /// Where every node listens behind its end of the link.
    static let brokerPort: UInt16 = 9092

    /// The nodes' addresses on the link, node 1 first.
    var brokerAddresses: [(host: String, port: UInt16)] { nodeDevices.map { ($0.address, Self.brokerPort) } }

    /// What the producer is told.
    var bootstrap: String { brokerAddresses.map { "\($0.host):\($0.port)" }.joined(separator: ",") }

    /// Connects to a node's address, at the port for the harness's own client where the broker has one.
    func connectInside(host: String, port: UInt16, _ spec: BrokerSpec) throws -> Int32 {
        try connectInside(host: host, port: spec.plaintextPort.map { UInt16(clamping: $0) } ?? port)
    }

    /// Connects to a node's address from inside its namespace, by loopback: no fault is in the way.
    func connectInside(host: String, port: UInt16) throws -> Int32 {
        guard let index = nodeDevices.firstIndex(where: { $0.address == host }) else {
            throw HarnessError(
                operation: "connect to", subject: "\(host):\(port)",
                reason: "no node of this cell has the address: the broker must advertise 198.18.N.1")
        }
        return try ConnectedSocket.open(address: host, port: port, namespace: nodes[index])
    }
}
