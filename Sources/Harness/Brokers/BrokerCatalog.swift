import EvidenceModel
import ScenarioModel
import Testbed

/// Makes the broker that a cell asks for. A new kind is one file in this folder and one line here.
enum BrokerCatalog {
    /// The broker of a cell, not yet started.
    static func broker(
        cell: ScenarioCell, testbed: CellTestbed, record: RecordDirectory, containers: BrokerContainers?,
        dialer: OutsideDialer?
    ) throws -> any BrokerUnderTest {
        switch cell.broker.kind {
        case .embedded: try EmbeddedBrokerUnderTest(cell: cell, testbed: testbed, record: record)
        case .command: CommandBroker(cell: cell, testbed: testbed, record: record)
        case .compose:
            if let containers {
                ComposeBroker(cell: cell, testbed: testbed, containers: containers)
            } else {
                preconditionFailure("the containers are started before the testbed")
            }
        case .external: try ExternalBroker(cell: cell, testbed: testbed, dialer: dialer)
        }
    }
}
