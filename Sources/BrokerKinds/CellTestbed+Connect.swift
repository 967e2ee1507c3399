import RunRecord
import Testbed

extension CellTestbed {
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
