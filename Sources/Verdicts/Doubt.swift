/// The accounts that a conclusion can rest on.
enum Account: Hashable {
    /// The client's reports.
    case client
    /// The captures.
    case wire
    /// The log read back.
    case log
    /// That the experiment was the one asked for: the faults happened, and nothing else did.
    case experiment
    /// That the harness worked at all.
    case harness
}

/// A reason to mistrust one of the accounts.
struct Doubt: Equatable {
    /// What is mistrusted.
    var account: Account
    /// One sentence.
    var text: String
}
