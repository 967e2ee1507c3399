import PacketWire
import ScenarioModel

/// Faults that act on connections for a phase: they need to know which connection a packet belongs to, so the link
/// carries them out before the impairments.
struct ConnectionFault: BitwiseCopyable {
    var fault: UInt16
    /// Answers new connections with a reset, as a host does on which nothing listens.
    var refusesNew: Bool
    /// Loses the packets of connections that are older than the phase.
    var losesExisting: Bool

    /// The words of connection faults.
    static let keywords = [
        FaultKeyword(
            "refuse", role: .impairment, summary: "new connections are refused with a reset", effects: ["refuse"],
            validate: { _ = try $0.bool() }),
        FaultKeyword(
            "blackhole", role: .impairment, summary: "connections older than the phase lose everything: existing",
            effects: ["blackhole"], validate: { _ = try $0.choice(of: ["existing"]) }),
    ]

    /// The connection fault of a fault; nil when it has none.
    init?(_ planned: PlannedFault, index: Int) throws {
        func value(_ word: String) -> ScenarioValue? { planned.spec.settings.last { $0.keyword == word }?.value }
        fault = UInt16(index)
        refusesNew = try value("refuse")?.bool() ?? false
        losesExisting = value("blackhole") != nil
        if !refusesNew && !losesExisting { return nil }
    }
}

extension LinkCore {
    /// Carries out the connection faults that act on this packet; true when one decided.
    mutating func isRefusedOrLost(
        _ slot: Int32, _ segment: TCPSegment, entry: Int, path: Int, index: UInt64, now: Int64
    ) -> Bool {
        let isNew = segment.flags.contains(.syn) && !segment.flags.contains(.ack)
        for at in 0..<connectionFaultCount {
            let item = connectionFaults[at]
            let fault = Int(item.fault)
            guard phases[fault].isActive, acts(fault, on: path) else { continue }
            if item.refusesNew, isNew, paths[path].isClientToBroker {
                lose(
                    slot, path: path, index: index, fault: item.fault, reason: reasonRefuse, now: now, fate: .refuse)
                connections.entries[entry].state = .closed
                sendReset(
                    entry, up: false, numbers: (0, segment.sequence &+ segment.sequenceLength), now: now)
                return true
            }
            if item.losesExisting, !isNew, connections.entries[entry].createdAt < phases[fault].beganAt {
                lose(slot, path: path, index: index, fault: item.fault, reason: reasonBlackhole, now: now)
                return true
            }
        }
        return false
    }

    /// Whether a fault's node and direction cover a path.
    private func acts(_ fault: Int, on path: Int) -> Bool {
        let direction = faultDirections[fault]
        return (faultNodes[fault] == 0 || faultNodes[fault] == paths[path].node)
            && (direction == 0 || (direction == 1) == paths[path].isClientToBroker)
    }
}
