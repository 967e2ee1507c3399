import KafkaWire
import ScenarioModel

/// A message that the link saw, as triggers look at it.
struct SeenMessage: BitwiseCopyable {
    var isRequest: Bool
    var apiKey: Int16
    var apiVersion: Int16
    var correlationID: Int32
    var node: UInt16
}

/// `on:` of a fault, ready for the packet path: counts the messages that match and picks those that trigger.
struct MessageTrigger {
    /// Index of the fault.
    let fault: UInt16
    let actions: FaultActions
    private let isRequest: Bool
    private let apiKey: Int16
    private let node: UInt16?
    private let selection: MessageMatch.Selection
    private var count = 0

    init(fault: UInt16, match: MessageMatch, node: Int?, actions: FaultActions) {
        self.fault = fault
        self.actions = actions
        isRequest = match.kind == .request
        apiKey = (0..<128).first { APIKey(rawValue: $0).name == match.api } ?? -1
        self.node = (match.node ?? node).map { UInt16(truncatingIfNeeded: $0) }
        selection = match.selection
    }

    /// Whether this message triggers the fault. Each message is asked about once.
    mutating func fires(on message: SeenMessage) -> Bool {
        guard message.isRequest == isRequest, message.apiKey == apiKey, node == nil || node == message.node
        else { return false }
        count += 1
        switch selection {
        case .all: return true
        case .nth(let numbers): return numbers.contains(count)
        case .every(let n): return count % n == 0
        }
    }
}
