import EvidenceModel
import ScenarioModel
import Testbed

/// Makes the broker that a cell asks for. A new kind is one file in this folder and one line here.
enum BrokerCatalog {
    /// The broker of a cell, not yet started.
    static func broker(
        cell: ScenarioCell, testbed: CellTestbed, record: RecordDirectory
    ) throws -> any BrokerUnderTest {
        switch cell.broker.kind {
        case .embedded: try EmbeddedBrokerUnderTest(cell: cell, testbed: testbed, record: record)
        case .compose, .command, .external:
            throw MissingRequirement("broker kind \(cell.broker.kind.rawValue) is not part of this build")
        }
    }
}
