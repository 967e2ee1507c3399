import EvidenceModel
import ScenarioModel
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

/// A kind of broker: all that the rest of Crosswind knows of it. Each stands in its broker's file.
package struct BrokerKind: Sendable {
    /// The kind as scenario files see it.
    package let spec: BrokerSpec.Kind
    /// What it can do, and which settings it acts upon.
    package let abilities: BrokerAbilities
    /// True where its cells share topics, so that one runs at a time.
    package var sharesTopics = false
    /// True where it is reached outside of the sandbox.
    package var isOutside = false
    /// True where it leaves containers when a run is killed.
    package var usesContainers = false
    /// How long it may take to be there before ``BrokerSpec/readyWithin`` begins, for example to build an image; nil: it
    /// is there at once.
    package var startAllowance: Duration?
    /// Makes its site.
    let site:
        @Sendable (_ cell: ScenarioCell, _ record: RecordDirectory, _ dialer: OutsideDialer?) async throws ->
            any BrokerSite

    /// The word of `broker.kind`.
    package var name: String { spec.name }
}

/// The kinds of broker. A new one is one file in this folder and one line here.
package enum BrokerCatalog {
    /// Every kind, in the order in which messages list them.
    package static let all: [BrokerKind] = [
        EmbeddedBrokerUnderTest.kind,
        ComposeBroker.kind,
        CommandBroker.kind,
        ExternalBroker.kind,
    ]

    /// The kind of a scenario's broker.
    package static func kind(_ spec: BrokerSpec) -> BrokerKind {
        guard let kind = all.first(where: { $0.spec == spec.kind }) else {
            preconditionFailure("a scenario was read with other kinds of broker than these")
        }
        return kind
    }

    /// Where the cell's broker will stand.
    ///
    /// - Parameter dialer: the way out of the sandbox, for a broker that is outside.
    /// - Throws: ``MissingRequirement`` when this machine cannot run the kind; nothing is left behind then.
    package static func site(
        _ cell: ScenarioCell, _ record: RecordDirectory, _ dialer: OutsideDialer?
    ) async throws -> any BrokerSite {
        try await kind(cell.broker).site(cell, record, dialer)
    }
}
