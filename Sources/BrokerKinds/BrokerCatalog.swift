import EvidenceModel
import ScenarioModel
import SystemCalls
import Testbed

/// Where a broker of one kind will stand: what must be there before the testbed, and the broker once that is built.
///
/// Life: made by ``BrokerCatalog``; then the testbed, the broker, its end; `remove` on every way out.
package protocol BrokerSite: Sendable {
    /// Network namespaces that exist already, node 1 first, for the link to be plugged into; nil: the testbed makes them.
    var namespaces: [NetworkNamespace]? { get }

    /// The broker, not yet started.
    ///
    /// - Throws: ``MissingRequirement`` when something that it needs is not there.
    func broker(in testbed: CellTestbed) throws -> any BrokerUnderTest

    /// Ends what was there before the testbed. Never throws: it runs on every way out.
    func remove() async
}

/// The site of a broker that needs nothing before the testbed.
struct BareSite: BrokerSite {
    var namespaces: [NetworkNamespace]? { nil }
    private let make: @Sendable (CellTestbed) throws -> any BrokerUnderTest

    init(_ make: @escaping @Sendable (CellTestbed) throws -> any BrokerUnderTest) { self.make = make }

    func broker(in testbed: CellTestbed) throws -> any BrokerUnderTest { try make(testbed) }

    func remove() async {}
}

/// Makes the broker that a cell asks for. A new kind is one file in this folder and one line here.
package enum BrokerCatalog {
    /// Where the cell's broker will stand.
    ///
    /// - Parameter dialer: the way out of the sandbox, for a broker that is outside.
    /// - Throws: ``MissingRequirement`` when this machine cannot run the kind; nothing is left behind then.
    package static func site(
        _ cell: ScenarioCell, _ record: RecordDirectory, _ dialer: OutsideDialer?
    ) async throws -> any BrokerSite {
        switch cell.broker.kind {
        case .embedded:
            BareSite { try EmbeddedBrokerUnderTest(cell: cell, testbed: $0) }
        case .command: BareSite { CommandBroker(cell: cell, testbed: $0, record: record) }
        case .compose: try await WorkerThread.run { try BrokerContainers.start(cell, record) }
        case .external: BareSite { try ExternalBroker(cell: cell, testbed: $0, dialer: dialer) }
        }
    }
}
