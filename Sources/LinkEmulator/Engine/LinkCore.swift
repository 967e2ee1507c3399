import EvidenceModel
import PacketWire
import ScenarioModel

/// The link without descriptors and clocks: packets and times go in, packets that are due come out.
///
/// Plain memory throughout. The same packets at the same times and the same seed give the same fates.
struct LinkCore: ~Copyable {
    var arena: SlotArena
    var queue: DeliveryQueue
    var recorder: FaultRecorder
    let paths: PathTable
    var phases: PhaseTable
    var connections: ConnectionTable
    let connectionFaults: ConnectionFaultTable
    var messages: MessageWatch
    /// The nodes that messages cut off, by node.
    let cuts: FixedArray<NodeCut>
    var counters = LinkReport.Counters()
    let mtu: Int
    let faultIDs: [String]
    /// Whether connections are followed: only where a fault needs it.
    let tracksConnections: Bool

    /// - Throws: `LinkError` when ports or limits make no sense or memory is short; `ScenarioError` for a fault's value
    ///   that was not validated before.
    init(_ configuration: LinkConfiguration, log: FaultLogRing.Input) throws {
        try Self.check(configuration)
        let planned = try configuration.faults.map { try PlannedFault($0) }
        let arena = try Self.arena(configuration)
        let paths = try PathTable(configuration, planned)
        let messages = try MessageWatch(planned)
        let connectionFaults = try ConnectionFaultTable(planned, mtu: configuration.mtu)
        let queue = try DeliveryQueue(arena: arena, lanes: paths.portCount)
        connections = try ConnectionTable()
        recorder = FaultRecorder(log)
        phases = PhaseTable(planned)
        let nodes = (configuration.ports.map(\.node).max() ?? 0) + 1
        cuts = FixedArray(repeating: NodeCut(until: .min, fault: 0), count: nodes)
        mtu = configuration.mtu
        faultIDs = planned.map(\.spec.id)
        tracksConnections =
            messages.triggerCount > 0 || connectionFaults.count > 0 || planned.contains { !$0.actions.isEmpty }
        self.arena = arena
        self.queue = queue
        self.paths = paths
        self.messages = messages
        self.connectionFaults = connectionFaults
    }

    /// Slots for the packets that may be held at once, and for those that the reader keeps ready.
    private static func arena(_ configuration: LinkConfiguration) throws -> SlotArena {
        let ready = configuration.offloads ? OffloadReader.slots(mtu: configuration.mtu) : 0
        return try SlotArena(
            slotSize: max(configuration.mtu, 64) + 64, capacity: configuration.packetLimit + ready)
    }

    private static func check(_ configuration: LinkConfiguration) throws {
        let nodes = configuration.ports.map(\.node).sorted()
        guard nodes.first == 0, Set(nodes).count == nodes.count, nodes.count >= 2 else {
            throw LinkError(
                "the ports are nodes \(nodes.map(String.init).joined(separator: ", "))",
                remedy: "give one port of node 0 and one for each broker node")
        }
        guard (576...65_535).contains(configuration.mtu) else {
            throw LinkError("an MTU of \(configuration.mtu) bytes", remedy: "choose one of 576 to 65,535 bytes")
        }
        guard (1...16_777_216).contains(configuration.packetLimit) else {
            throw LinkError("a packet limit of \(configuration.packetLimit)", remedy: "choose 1 to 16,777,216")
        }
    }
}

/// A packet that came in, on its way through the core.
struct Arrival: BitwiseCopyable {
    /// Where it lies.
    var slot: Int32
    /// The path that it takes.
    var path: Int
    /// Its number on the path.
    var index: UInt64
    /// When it came, monotonic nanoseconds.
    var now: Int64
}

/// A broker node that is cut off until a time.
struct NodeCut: BitwiseCopyable {
    var until: Int64
    var fault: UInt16
}
