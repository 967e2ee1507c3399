import EvidenceModel
import LinkEmulator
import Testbed

extension TCPOfCell {
    /// For a testbed.
    package var setup: (client: TCPSetup, broker: TCPSetup) { (client.setup, broker.setup) }
}

extension TCPSettings {
    /// For one side of a testbed.
    fileprivate var setup: TCPSetup {
        TCPSetup(congestion: congestion, needed: sysctls.needed, known: sysctls.known)
    }
}

extension CellTestbed {
    /// The devices as the link's ends: the client is port 0, node N is port N.
    package var linkPorts: [LinkConfiguration.Port] {
        ([clientDevice] + nodeDevices).enumerated().map { number, device in
            LinkConfiguration.Port(node: number, descriptor: device.descriptor, address: device.address)
        }
    }
}
