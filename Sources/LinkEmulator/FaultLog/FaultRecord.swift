/// What a packet's fate was: the word that stands in the fault log.
enum FateCode: UInt8, CaseIterable {
    case drop, delay, duplicate, reorder, corrupt, queue, reset, refuse, halfOpen, partition, phase

    /// The word in the fault log.
    var word: StaticString {
        switch self {
        case .drop: "drop"
        case .delay: "delay"
        case .duplicate: "duplicate"
        case .reorder: "reorder"
        case .corrupt: "corrupt"
        case .queue: "queue"
        case .reset: "reset"
        case .refuse: "refuse"
        case .halfOpen: "half-open"
        case .partition: "partition"
        case .phase: "phase"
        }
    }
}

/// A fault log entry as the packet path writes it: plain, of fixed size, turned into JSON by another thread.
struct FaultRecord: BitwiseCopyable {
    /// What the record is.
    enum Kind: UInt8 { case packet, phaseBegan, phaseEnded, triggered }

    /// Microseconds since the epoch.
    var timeUs: Int64 = 0
    var delayUs: Int64 = 0
    var packetIndex: UInt64 = 0
    var source: UInt32 = 0
    var destination: UInt32 = 0
    var sequence: UInt32 = 0
    var lengthBytes: Int32 = 0
    var correlationID: Int32 = 0
    var sourcePort: UInt16 = 0
    var destinationPort: UInt16 = 0
    var node: UInt16 = 0
    /// Index of the fault; `FaultRecord.link` for the link itself.
    var fault: UInt16 = 0
    /// Index into the table of reasons.
    var reason: UInt16 = 0
    var apiKey: Int16 = -1
    var kind: UInt8 = 0
    var fate: UInt8 = 0
    var isClientToBroker = false
    var isTCP = false
    var hasDelay = false
    /// 0 none, 1 request, 2 response.
    var message: UInt8 = 0

    /// The fault index that stands for the link itself, as when a limit of the link was hit.
    static let link = UInt16.max
}
