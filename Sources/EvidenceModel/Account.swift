/// The accounts that a conclusion can rest on.
public enum Account: String, Sendable, Hashable, CaseIterable {
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
