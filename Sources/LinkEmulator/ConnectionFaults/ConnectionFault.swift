import EvidenceModel
import PacketWire
import ScenarioModel

/// Decides over packets by the connection that they belong to, while its fault acts; before the impairments.
///
/// Runs on the packet path, under the rules of `Impairment`.
protocol ConnectionFault {
    /// What happens to a packet.
    mutating func decide(_ packet: ConnectionPacket) -> ConnectionDecision
}

/// A packet as connection faults see it.
struct ConnectionPacket: BitwiseCopyable {
    /// A SYN without ACK: it begins a connection.
    var opensConnection: Bool
    /// How long the connection had been without a packet in either direction, nanoseconds.
    var idleNs: Int64
    /// The same fault has forgotten the connection before.
    var isForgotten: Bool
    /// From the client to the broker.
    var isUp: Bool
    /// When the connection's first packet came, monotonic nanoseconds.
    var createdAt: Int64
    /// When the fault's phase began, monotonic nanoseconds.
    var phaseBeganAt: Int64
}

/// What a connection fault does to a packet.
enum ConnectionDecision: BitwiseCopyable {
    /// Nothing.
    case pass
    /// It is lost.
    case lose
    /// It is lost, its connection is over, and its sender is told by a reset, as a host answers on which nothing listens.
    case refuse
    /// It is lost, and so is every further packet of its connection while the fault acts; its sender is told by a reset, or
    /// not.
    case forget(tellsSender: Bool)
    /// It is held for some nanoseconds.
    case hold(Int64)
}

/// A connection fault as the link knows it: its words, and how it is made from a fault's settings.
///
/// To add one: write a file like the others here and add it to `ConnectionFaultKind.all`.
struct ConnectionFaultKind: Sendable {
    /// The reason that stands in the fault log, and the main word.
    let name: String
    /// The words it takes, its modifiers too.
    let keywords: [FaultKeyword]
    /// Makes it from a fault's settings; nil when the fault does not ask for it.
    ///
    /// - Throws: `ScenarioError`, as `keywords` would.
    let make: @Sendable (FaultSettings) throws -> (any ConnectionFault)?
}

/// The connection faults of a link.
struct ConnectionFaultTable: ~Copyable {
    /// Which fault one belongs to, and the reason that it gives.
    struct Placed: BitwiseCopyable {
        var fault: UInt16
        var reason: UInt16
    }

    private let faults: FixedArray<any ConnectionFault>
    private let placed: FixedArray<Placed>

    /// Makes them in the order of the faults and, within each, of `ConnectionFaultKind.all`.
    ///
    /// - Throws: `ScenarioError` for a value that was not validated before.
    init(_ planned: [PlannedFault], mtu: Int) throws {
        var faults = FixedArray<any ConnectionFault>()
        var placed = FixedArray<Placed>()
        for (index, plan) in planned.enumerated() {
            let settings = plan.settings(mtu: mtu)
            for (number, kind) in ConnectionFaultKind.all.enumerated() {
                guard let fault = try kind.make(settings) else { continue }
                faults.append(fault)
                placed.append(Placed(fault: UInt16(index), reason: ReasonTable.connectionFault(number)))
            }
        }
        self.faults = faults
        self.placed = placed
    }

    /// How many there are.
    var count: Int { placed.count }

    /// Which fault one belongs to.
    @inline(__always)
    func placed(_ index: Int) -> Placed { placed.base[index] }

    /// Asks one.
    @inline(__always)
    func decide(_ index: Int, _ packet: ConnectionPacket) -> ConnectionDecision {
        faults.base[index].decide(packet)
    }
}

extension LinkCore {
    /// Carries out the connection faults that act on this packet.
    ///
    /// - Returns: how long it is held, nanoseconds; nil when it is lost.
    mutating func holdByConnection(_ arrival: Arrival, _ segment: TCPSegment, _ flow: Flow) -> Int64? {
        let path = paths.all[arrival.path]
        var held: Int64 = 0
        for index in 0..<connectionFaults.count {
            let placed = connectionFaults.placed(index)
            guard phases.isActive(placed.fault),
                phases.scope(placed.fault).covers(node: path.node, isClientToBroker: path.isClientToBroker)
            else { continue }
            let packet = ConnectionPacket(
                opensConnection: segment.flags.contains(.syn) && !segment.flags.contains(.ack),
                idleNs: connections.entries[flow.entry].idleNs,
                isForgotten: connections.entries[flow.entry].forgottenBy == placed.fault, isUp: flow.isUp,
                createdAt: connections.entries[flow.entry].createdAt,
                phaseBeganAt: phases.phase(placed.fault).beganAt)
            switch connectionFaults.decide(index, packet) {
            case .pass: continue
            case .hold(let nanoseconds):
                recorder.packet(
                    Decision(.delay, fault: placed.fault, reason: placed.reason), path.place(arrival.index),
                    UnsafeRawBufferPointer(arena.packet(arrival.slot)), now: arrival.now, delayNs: nanoseconds)
                held += nanoseconds
                continue
            case .forget(let tellsSender):
                connections.entries[flow.entry].forgottenBy = placed.fault
                lose(arrival, Decision(.drop, fault: placed.fault, reason: placed.reason))
                if tellsSender, !segment.flags.contains(.rst) {
                    sendReset(flow.back, .answering(segment), now: arrival.now)
                }
            case .lose: lose(arrival, Decision(.drop, fault: placed.fault, reason: placed.reason))
            case .refuse:
                lose(arrival, Decision(.refuse, fault: placed.fault, reason: placed.reason))
                connections.entries[flow.entry].state = .closed
                sendReset(flow.back, .answering(segment), now: arrival.now)
            }
            return nil
        }
        return held
    }
}
