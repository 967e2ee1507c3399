import LinkEmulator
import Testbed

extension CellTestbed {
    /// The devices as the link's ends: the client is port 0, node N is port N.
    package var linkPorts: [LinkConfiguration.Port] {
        ([clientDevice] + nodeDevices).enumerated().map { number, device in
            LinkConfiguration.Port(node: number, descriptor: device.descriptor, address: device.address)
        }
    }
}
