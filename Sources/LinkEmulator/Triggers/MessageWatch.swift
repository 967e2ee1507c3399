/// The messages that faults look for: the triggers, what is gathered for them, and the rules for the bytes of those that
/// were found.
struct MessageWatch: ~Copyable {
    private let triggers: FixedArray<MessageTrigger>
    /// The messages whose bodies triggers have to see.
    let captures: FrameCapture
    /// What happens to the bytes of messages that were found.
    var rules: MessageRules
    /// Whether a trigger needs to see bodies.
    let capturesBodies: Bool
    /// Whether a trigger needs to know which id a topic has.
    let learnsTopics: Bool

    /// - Throws: `LinkError` when memory is short, or more triggers than there are bits need the request behind a
    ///   response.
    init(_ planned: [PlannedFault]) throws {
        let found = try MessageTrigger.all(of: planned)
        let captures = try FrameCapture(connections: ConnectionTable.capacity)
        rules = try MessageRules()
        self.captures = captures
        capturesBodies = found.contains { $0.needsBody || $0.needsRequest }
        learnsTopics = found.contains { $0.looksForTopic }
        triggers = FixedArray(found)
    }

    /// How many triggers there are.
    var triggerCount: Int { triggers.count }

    /// The triggers, by their numbers.
    var all: UnsafeMutablePointer<MessageTrigger> { triggers.base }

    /// Whether what a trigger asks of the request behind a response is true of a message.
    func isSatisfied(_ trigger: Int, byRequestOf seen: SeenMessage) -> Bool {
        !all[trigger].needsRequest || seen.requestMatches & all[trigger].requestBit != 0
    }

    /// Whether any trigger still looks for a message.
    var isLooking: Bool {
        for index in 0..<triggerCount where !all[index].isSpent { return true }
        return false
    }
}
