import EvidenceModel
import FoundationEssentials
import Glibc
import KafkaWire
import RawClient
import Relay
import RunRecord
import ScenarioModel
import Synchronization
import Testbed

/// A broker that runs outside of the sandbox, reached by NAT at the far end of the link.
///
/// Each node of the cell listens at 198.18.N.1:9092 and carries connections to one broker of the cluster. Addresses in the
/// broker's answers are rewritten to those of the link, so that clients stay on it whatever the broker advertises
/// (``AddressRewriter``). Topics are created and the log is read back past the link.
///
/// The broker is the user's: its topics may exist and hold records. Only what was appended since the start of the cell is
/// read back, nothing is deleted, and no action of the timeline can be done to it.
final class ExternalBroker: BrokerUnderTest {
    /// Somebody else's.
    static let kind = BrokerKind(
        spec: BrokerSpec.Kind("external", option: .init("address", .addresses, isRequired: true)),
        abilities: BrokerAbilities(
            actions: [], undoes: [], takesRelease: false, takesConfig: false, servesTransactions: true),
        sharesTopics: true, isOutside: true, startAllowance: .zero,
        site: { cell, _, dialer in BareSite { try ExternalBroker(cell: cell, testbed: $0, dialer: dialer) } })

    private let cell: ScenarioCell
    private let testbed: CellTestbed
    private let dialer: OutsideDialer
    private let addresses: [HostPort]
    private let known = Mutex(Known())

    private struct Known {
        /// Where a connection to an address of the link, or to an advertised one, has to go.
        var outside: [String: HostPort] = [:]
        var ends: [String: [Int32: Int64]] = [:]
    }

    let bootstrap: String

    /// - Throws: ``MissingRequirement`` when the cell has no way to the outside.
    init(cell: ScenarioCell, testbed: CellTestbed, dialer: OutsideDialer?) throws {
        guard let dialer else {
            throw MissingRequirement("broker kind external: this cell was started without a way to the outside")
        }
        self.cell = cell
        self.testbed = testbed
        self.dialer = dialer
        addresses = try cell.broker.option.map { text in
            guard let place = HostPort(text) else {
                throw MissingRequirement("broker.address: '\(text)' is not host:port")
            }
            return place
        }
        bootstrap = testbed.bootstrap
    }

    func start() async throws {
        let name = "external \(cell.broker.option.joined(separator: ","))"
        for (index, device) in testbed.nodeDevices.enumerated() {
            let address = addresses[addresses.count == 1 ? 0 : index]
            known.withLock { $0.outside[Self.key(device.address, CellTestbed.brokerPort)] = address }
        }
        let setup = BrokerSetup(
            spec: cell.broker, name: name,
            addresses: testbed.brokerAddresses,
            connect: { host, port in try self.connectWithoutFaults(host: host, port: port) }, death: { nil },
            logHint: "is it running, and reachable from this machine?", prepare: { try self.learn(from: $0) })
        try await setup.run()
        try await noteEnds()
        let links = try linkAddresses()
        for (index, device) in testbed.nodeDevices.enumerated() {
            let dialer = dialer
            let target = known.withLock { $0.outside[Self.key(device.address, CellTestbed.brokerPort)] }
            guard let target else { continue }
            try PortForwarder.start(
                from: (device.address, CellTestbed.brokerPort), in: testbed.nodes[index],
                rewriting: { AddressRewriter(addresses: links) },
                connect: { try dialer.connect(host: target.host, port: target.port) })
        }
    }

    func connectWithoutFaults(host: String, port: UInt16) throws -> Int32 {
        let target = known.withLock { $0.outside[Self.key(host, port)] }
        let wanted = cell.broker.plaintextPort.map { UInt16(clamping: $0) } ?? target?.port ?? port
        return try dialer.connect(host: target?.host ?? host, port: wanted)
    }

    var logStart: [String: [Int32: Int64]] { known.withLock { $0.ends } }

    func perform(_ action: BrokerAction, node: Int) async throws -> Bool {
        if action.undo { return false }
        throw HarnessError(
            operation: "perform", subject: action.name, reason: "nothing can be done to a broker that is not ours")
    }

    func stop() async {}

    private static func key(_ host: String, _ port: UInt16) -> String { "\(host):\(port)" }

    /// Brokers by id, from the last Metadata.
    private let brokers = Mutex<[MetadataResponse.Broker]>([])

    /// Reads from Metadata which broker is which node: by ascending id.
    private func learn(from connection: RawConnection) throws {
        let found = try connection.metadata(topics: []).brokers.sorted { $0.nodeID < $1.nodeID }
        guard found.count == testbed.nodes.count else {
            throw MissingRequirement(
                "the cluster at \(cell.broker.option.joined(separator: ",")) has \(found.count) brokers, broker.nodes is "
                    + "\(testbed.nodes.count): they must be equal")
        }
        brokers.withLock { $0 = found }
        known.withLock { known in
            for (index, broker) in found.enumerated() {
                let advertised = HostPort(host: broker.host, port: UInt16(clamping: broker.port))
                // One broker is where the user said, whatever it advertises; of several, one address is enough only when
                // the others are where they say.
                let target = addresses.count == found.count ? addresses[index] : advertised
                known.outside[Self.key(advertised.host, advertised.port)] = target
                known.outside[Self.key(testbed.nodeDevices[index].address, CellTestbed.brokerPort)] = target
            }
        }
    }

    private func linkAddresses() throws -> [Int32: AddressRewriter.Address] {
        let devices = testbed.nodeDevices
        return Dictionary(
            uniqueKeysWithValues: brokers.withLock { $0 }.enumerated().map { index, broker in
                (broker.nodeID, .init(host: devices[index].address, port: Int32(CellTestbed.brokerPort)))
            })
    }

    /// What is in the topics already is none of the cell's.
    private func noteEnds() async throws {
        let log = try await LogReadBack(
            broker: self, topics: cell.broker.topics.map(\.name), login: cell.broker.readerLogin
        ).ends()
        known.withLock { $0.ends = log }
    }
}
