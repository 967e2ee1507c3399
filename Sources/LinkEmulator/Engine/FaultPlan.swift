import EvidenceModel
import ScenarioModel

/// A fault's timeline, as the link follows it.
struct FaultPhase: BitwiseCopyable {
    /// What starts and ends it.
    enum Clock: UInt8 { case timeline, setup, always, drain, message }

    var clock: Clock
    /// Timeline: after time zero, in nanoseconds. `every` 0: once; `length` 0: without end.
    var at: Int64 = 0
    var length: Int64 = 0
    var every: Int64 = 0
    /// Whether it acts now.
    var isActive = false
    /// When it began, monotonic nanoseconds.
    var beganAt: Int64 = 0
    /// Timeline: next begin and end; `Int64.max` when there is none.
    var nextBegin = Int64.max
    var nextEnd = Int64.max

    init(_ trigger: FaultSpec.Trigger) {
        switch trigger {
        case .timeline(let at, let length, let every):
            clock = .timeline
            self.at = at.nanoseconds
            self.length = length?.nanoseconds ?? 0
            self.every = every?.nanoseconds ?? 0
        case .named(.setup): clock = .setup
        case .named(.always), .network: clock = .always
        case .named(.drain): clock = .drain
        case .message: clock = .message
        }
    }
}

/// What a fault does when its phase begins or its message comes.
struct FaultActions: BitwiseCopyable {
    var drops = false
    /// Nanoseconds that the message is held; 0 for none.
    var holdNs: Int64 = 0
    /// Who gets a reset.
    var reset = ResetSides.none
    /// The end that gets no reset is never told: its packets are lost.
    var isHalfOpen = false
    /// Nanoseconds that the message's node is cut off; 0 for none.
    var cutNs: Int64 = 0
    /// Starts the fault's own phase.
    var startsPhase = false

    var isEmpty: Bool { !drops && holdNs == 0 && reset == .none && cutNs == 0 && !startsPhase }
}

/// The ends of a connection that get a reset.
enum ResetSides: UInt8 {
    case none, client, broker, both

    var includesClient: Bool { self == .client || self == .both }
    var includesBroker: Bool { self == .broker || self == .both }
}

/// A fault of the configuration, ready for the packet path.
struct PlannedFault {
    /// As the scenario says it; where a message starts impairments, with these as its settings.
    var spec: FaultSpec
    var phase: FaultPhase
    var actions: FaultActions

    /// - Throws: `ScenarioError` for a value that was not validated before.
    init(_ spec: FaultSpec) throws {
        self.spec = spec
        phase = FaultPhase(spec.trigger)
        actions = FaultActions()
        try LinkAction.plan(spec.actions, &self)
    }

    /// What each fault is called where its draws are made: when and where it acts and by which words, and its number
    /// among those of which all that is the same. So a fault that is added, wherever in the list, leaves the draws of
    /// the others as they were; and a value that a matrix changes meets the same draws in each cell.
    static func drawNames(of faults: [PlannedFault]) -> [String] {
        var seen: [String: Int] = [:]
        return faults.map { fault in
            let spec = fault.spec
            let words = (spec.settings.map(\.keyword) + spec.actions.map(\.keyword)).joined(separator: ",")
            let name = "\(spec.when) \(spec.direction?.rawValue ?? "") \(spec.node ?? 0) \(words)"
            seen[name, default: 0] += 1
            return "\(name) \(seen[name] ?? 0)"
        }
    }

    /// Its settings, as impairments and connection faults read them.
    func settings(mtu: Int) -> FaultSettings {
        FaultSettings(spec.settings, phaseLengthNs: phase.length > 0 ? phase.length : nil, mtu: mtu)
    }

    /// Where it acts.
    var scope: FaultScope {
        FaultScope(
            node: UInt16(spec.node ?? 0), actsUp: spec.direction != .brokerToClient,
            actsDown: spec.direction != .clientToBroker)
    }
}
