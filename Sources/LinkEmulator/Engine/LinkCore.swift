import EvidenceModel
import PacketWire
import ScenarioModel

/// The link without descriptors and clocks: packets and times go in, packets that are due come out.
///
/// Plain memory throughout. The same packets at the same times and the same seed give the same fates.
struct LinkCore {
    /// One end of the link.
    struct Port: BitwiseCopyable {
        var address: UInt32
        /// 0 for the client.
        var node: UInt16
    }

    /// One direction to or from one broker node.
    struct Path: BitwiseCopyable {
        var node: UInt16
        var isClientToBroker: Bool
        var packetsIn: UInt64 = 0
        var bytesIn: UInt64 = 0
        var forwarded: UInt64 = 0
        var bytesForwarded: UInt64 = 0
        var dropped: UInt64 = 0
        var duplicated: UInt64 = 0
        var made: UInt64 = 0
        /// Placed impairments of this path: first, and how many.
        var firstPlaced: Int32 = 0
        var placedCount: Int32 = 0
        /// Active ones among them: the first `activeCount` at `firstPlaced` of `active`.
        var activeCount: Int32 = 0
    }

    /// An impairment at its place on a path.
    struct Placed: BitwiseCopyable {
        var fault: UInt16
        var reason: UInt16
        var stream: RandomStream
        var phaseStart: Int64
    }

    var arena: SlotArena
    var queue: DeliveryQueue
    let ring: UnsafeMutablePointer<FaultLogRing>
    let mtu: Int
    /// Microseconds since the epoch at monotonic time 0, in nanoseconds.
    var epochOffsetNs: Int64 = 0
    var counters = LinkReport.Counters()
    /// Names of the reasons; the index stands in fault records.
    let reasons: [String]
    let faultIDs: [String]

    let portCount: Int
    let ports: UnsafeMutablePointer<Port>
    let pathCount: Int
    let paths: UnsafeMutablePointer<Path>
    let impairments: UnsafeMutablePointer<any Impairment>
    let placed: UnsafeMutablePointer<Placed>
    let active: UnsafeMutablePointer<Int32>
    let placedCount: Int
    let faultCount: Int
    let phases: UnsafeMutablePointer<FaultPhase>
    let faultActions: UnsafeMutablePointer<FaultActions>
    let faultNodes: UnsafeMutablePointer<UInt16>
    /// 0 both, 1 clientToBroker, 2 brokerToClient.
    let faultDirections: UnsafeMutablePointer<UInt8>
    /// By node.
    let cuts: UnsafeMutablePointer<NodeCut>
    let connectionFaults: UnsafeMutablePointer<ConnectionFault>
    let connectionFaultCount: Int
    let captures: FrameCapture
    /// Whether a trigger needs to see bodies.
    let capturesBodies: Bool
    /// Whether a trigger needs to know which id a topic has.
    let learnsTopics: Bool
    let triggers: UnsafeMutablePointer<MessageTrigger>
    let triggerCount: Int
    /// Whether connections are followed: only where a fault needs it.
    let tracksConnections: Bool
    var connections: ConnectionTable
    var rules: MessageRules
    /// Monotonic nanoseconds; `Int64.max` before time zero.
    var timeZero = Int64.max
    /// When a phase begins or ends next.
    var nextPhaseChange = Int64.min
    var isDraining = false
    /// The reason table's index of each engine reason.
    let reasonMessage: UInt16
    let reasonRetransmission: UInt16
    let reasonOverflow: UInt16
    let reasonReset: UInt16
    let reasonTimeline: UInt16
    let reasonPartition: UInt16
    let reasonRefuse: UInt16
    let reasonBlackhole: UInt16

    /// Reasons that are no impairment's, in the order of the properties above.
    private static let engineReasons = [
        "message", "retransmission", "overflow", "reset", "timeline", "partition", "refuse", "blackhole",
    ]

    /// Index of the path for packets of no node.
    var otherPath: Int { pathCount - 1 }

    init(_ configuration: LinkConfiguration, ring: UnsafeMutablePointer<FaultLogRing>) throws {
        try Self.check(configuration)
        mtu = configuration.mtu
        self.ring = ring
        arena = try Self.arena(configuration)
        let sorted = configuration.ports.sorted { $0.node < $1.node }
        portCount = sorted.count
        queue = try DeliveryQueue(arena: arena, lanes: portCount)
        ports = Self.allocated(
            try sorted.map { port in
                guard let address = IPv4Address(port.address) else {
                    throw LinkError(
                        "'\(port.address)' is not an IPv4 address", remedy: "give each port a dotted address")
                }
                return Port(address: address.value, node: UInt16(port.node))
            })
        let planned = try configuration.faults.map { try PlannedFault($0) }
        faultCount = planned.count
        faultIDs = planned.map(\.spec.id)
        phases = Self.allocated(planned.map(\.phase))
        faultActions = Self.allocated(planned.map(\.actions))
        faultNodes = Self.allocated(planned.map { UInt16($0.spec.node ?? 0) })
        faultDirections = Self.allocated(
            planned.map { $0.spec.direction == nil ? 0 : $0.spec.direction == .clientToBroker ? 1 : 2 })
        let nodeLimit = (sorted.last?.node ?? 0) + 1
        cuts = Self.allocated(Array(repeating: NodeCut(until: .min, fault: 0), count: nodeLimit))
        let held = try planned.enumerated().compactMap { try ConnectionFault($1, index: $0) }
        connectionFaultCount = held.count
        connectionFaults = Self.allocated(held)
        pathCount = (portCount - 1) * 2 + 1
        paths = .allocate(capacity: pathCount)
        reasons = ImpairmentKind.all.map(\.name) + Self.engineReasons
        let firstEngineReason = UInt16(ImpairmentKind.all.count)
        reasonMessage = firstEngineReason
        reasonRetransmission = firstEngineReason + 1
        reasonOverflow = firstEngineReason + 2
        reasonReset = firstEngineReason + 3
        reasonTimeline = firstEngineReason + 4
        reasonPartition = firstEngineReason + 5
        reasonRefuse = firstEngineReason + 6
        reasonBlackhole = firstEngineReason + 7

        var made: [(any Impairment, Placed)] = []
        for path in 0..<pathCount {
            let node = path == pathCount - 1 ? 0 : Int(ports[path / 2 + 1].node)
            var item = Path(node: UInt16(node), isClientToBroker: path % 2 == 0)
            item.firstPlaced = Int32(made.count)
            if node > 0 { made += try Self.impairments(planned, of: item, configuration) }
            item.placedCount = Int32(made.count) - item.firstPlaced
            (paths + path).initialize(to: item)
        }
        placedCount = made.count
        impairments = Self.allocated(made.map(\.0))
        placed = Self.allocated(made.map(\.1))
        active = Self.allocated(made.map { _ in 0 })

        let matches = try MessageTrigger.all(of: planned)
        triggerCount = matches.count
        triggers = Self.allocated(matches)
        capturesBodies = matches.contains { $0.needsBody || $0.needsRequest }
        learnsTopics = matches.contains { $0.looksForTopic }
        captures = try FrameCapture(connections: ConnectionTable.capacity)
        tracksConnections = !matches.isEmpty || !held.isEmpty || planned.contains { !$0.actions.isEmpty }
        connections = try ConnectionTable()
        rules = try MessageRules()
    }

    /// Slots for the packets that may be held at once, and for those that the reader keeps ready.
    private static func arena(_ configuration: LinkConfiguration) throws -> SlotArena {
        let ready = configuration.offloads ? OffloadReader.slots(mtu: configuration.mtu) : 0
        return try SlotArena(
            slotSize: max(configuration.mtu, 64) + 64, capacity: configuration.packetLimit + ready)
    }

    /// The values in memory of their own, which `free` gives back.
    private static func allocated<T>(_ values: [T]) -> UnsafeMutablePointer<T> {
        let memory = UnsafeMutablePointer<T>.allocate(capacity: max(values.count, 1))
        for (index, value) in values.enumerated() { (memory + index).initialize(to: value) }
        return memory
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

    /// The impairments of one path, in the order of the faults and, within each, of `ImpairmentKind.all`.
    private static func impairments(
        _ planned: [PlannedFault], of path: Path, _ configuration: LinkConfiguration
    ) throws -> [(any Impairment, Placed)] {
        var made: [(any Impairment, Placed)] = []
        let drawNames = PlannedFault.drawNames(of: planned)
        for (index, fault) in planned.enumerated()
        where fault.acts(node: Int(path.node), isClientToBroker: path.isClientToBroker) {
            let stream = RandomStream(
                seed: configuration.seed, node: Int(path.node), direction: path.isClientToBroker ? 0 : 1,
                fault: drawNames[index])
            let settings = FaultSettings(
                fault.spec.settings, phaseLengthNs: fault.phase.length > 0 ? fault.phase.length : nil,
                mtu: configuration.mtu)
            for (reason, kind) in ImpairmentKind.all.enumerated() {
                guard let impairment = try kind.make(settings) else { continue }
                made.append(
                    (
                        impairment,
                        Placed(fault: UInt16(index), reason: UInt16(reason), stream: stream, phaseStart: 0)
                    ))
            }
        }
        return made
    }

    /// Gives all memory back.
    func free() {
        for index in 0..<placedCount { impairments[index].free() }
        impairments.deinitialize(count: placedCount)
        triggers.deinitialize(count: triggerCount)
        impairments.deallocate()
        placed.deallocate()
        active.deallocate()
        triggers.deallocate()
        phases.deallocate()
        faultActions.deallocate()
        faultNodes.deallocate()
        faultDirections.deallocate()
        cuts.deallocate()
        connectionFaults.deallocate()
        captures.free()
        paths.deallocate()
        ports.deallocate()
        connections.free()
        rules.free()
        queue.free()
        arena.free()
    }
}
