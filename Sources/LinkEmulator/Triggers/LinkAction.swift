import ScenarioModel

/// What a fault does to a message that triggers it, or to connections when its phase begins: its word, and what it sets.
///
/// To add one: write a file like those in Actions, add it to `LinkAction.all`, and carry out in `LinkCore` what it sets.
struct LinkAction: Sendable {
    /// The word that stands in `do:`.
    let keyword: FaultKeyword
    /// Sets what the fault does.
    ///
    /// - Throws: `ScenarioError`, as `keyword` would.
    let plan: @Sendable (_ value: ScenarioValue?, _ fault: inout PlannedFault) throws -> Void

    /// Sets everything that a fault's `do:` lists. Words of others, as the brokers', set nothing.
    static func plan(_ actions: [FaultSpec.Action], _ fault: inout PlannedFault) throws {
        for action in actions {
            guard let known = all.first(where: { $0.keyword.name == action.keyword }) else { continue }
            try known.plan(action.value, &fault)
        }
    }

    /// How long something is held or cut off, nanoseconds.
    @Sendable static func readLength(_ value: ScenarioValue) throws -> Int64 {
        try value.nanoseconds(in: .microseconds(1)...(.seconds(600)))
    }
}

extension ResetSides {
    /// Reads `client` or `broker`, and `both` where that is allowed.
    init(_ value: ScenarioValue, mayBeBoth: Bool) throws {
        switch try value.choice(of: ["client", "broker"] + (mayBeBoth ? ["both"] : [])) {
        case "client": self = .client
        case "broker": self = .broker
        default: self = .both
        }
    }
}
