import PacketWire

/// What happens to the bytes of one message in one direction of one connection.
struct MessageRule: BitwiseCopyable {
    /// What happens.
    enum Action: UInt8 { case drop, hold, resetAfter }

    /// First sequence number, and the one behind the last.
    var start: UInt32
    var end: UInt32
    var action: Action
    var fault: UInt16
    var resetSides: ResetSides
    var isHalfOpen: Bool
    /// `hold`: when the bytes may pass.
    var until: Int64
    var message: SeenMessage
    /// Next rule of the same direction, or of the free list; -1 for none.
    var next: Int32 = -1

    /// Whether a byte comes after the dropped message in whose place the rule's reset goes.
    func resetsBefore(_ at: UInt32) -> Bool { start == end && !TCPSequence.isBefore(at, end) }
}

/// The rules of all connections, in memory of a fixed size.
struct MessageRules: ~Copyable {
    static let capacity = 16_384

    private let memory: LazyArray<MessageRule>
    private var fresh: Int32 = 0
    private var freeHead: Int32 = -1
    private(set) var count = 0

    init() throws {
        memory = try LazyArray(count: Self.capacity)
    }

    private var rules: UnsafeMutablePointer<MessageRule> { memory.base }

    /// A rule by its number.
    subscript(_ rule: Int32) -> MessageRule { rules[Int(rule)] }

    /// Adds a rule to a direction; false when there is no room.
    mutating func add(_ rule: MessageRule, to half: UnsafeMutablePointer<HalfStream>) -> Bool {
        let at: Int32
        if freeHead >= 0 {
            at = freeHead
            freeHead = rules[Int(at)].next
        } else if Int(fresh) < Self.capacity {
            at = fresh
            fresh += 1
        } else {
            return false
        }
        rules[Int(at)] = rule
        rules[Int(at)].next = half.pointee.firstRule
        half.pointee.firstRule = at
        count += 1
        return true
    }

    /// Removes the rules of a direction for which `isDone` is true.
    mutating func remove(
        from half: UnsafeMutablePointer<HalfStream>, where isDone: (borrowing MessageRule) -> Bool
    ) {
        var at = half.pointee.firstRule
        var kept: Int32 = -1
        half.pointee.firstRule = -1
        while at >= 0 {
            let next = rules[Int(at)].next
            if isDone(rules[Int(at)]) {
                rules[Int(at)].next = freeHead
                freeHead = at
                count -= 1
            } else {
                if kept < 0 { half.pointee.firstRule = at } else { rules[Int(kept)].next = at }
                rules[Int(at)].next = -1
                kept = at
            }
            at = next
        }
    }

    /// The rule for the byte at `sequence`, and the sequence number where that changes, at most `end`.
    func rule(
        at sequence: UInt32, end: UInt32, of half: UnsafeMutablePointer<HalfStream>
    ) -> (rule: Int32, until: UInt32) {
        var at = half.pointee.firstRule
        var until = end
        while at >= 0 {
            let rule = rules[Int(at)]
            if rule.action != .resetAfter {
                if TCPSequence.isBefore(sequence, rule.start) {
                    if TCPSequence.isBefore(rule.start, until) { until = rule.start }
                } else if TCPSequence.isBefore(sequence, rule.end) {
                    return (at, TCPSequence.isBefore(rule.end, end) ? rule.end : end)
                }
            }
            at = rule.next
        }
        return (-1, until)
    }

    /// The rule that asks for a reset once everything before `next` has passed; -1 for none.
    func resetRule(of half: UnsafeMutablePointer<HalfStream>, seenUpTo next: UInt32) -> Int32 {
        var at = half.pointee.firstRule
        while at >= 0 {
            let rule = rules[Int(at)]
            if rule.action == .resetAfter, !TCPSequence.isBefore(next, rule.end) { return at }
            at = rule.next
        }
        return -1
    }
}
