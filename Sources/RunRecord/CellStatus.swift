import FoundationEssentials

/// What a cell process tells its supervisor while it runs: one JSON line on its standard output for each change.
public struct CellStatus: Codable, Sendable, Equatable {
    /// Where the cell stands.
    public var state: State
    /// Records handed to the client so far.
    public var sent = 0
    /// Records acknowledged so far.
    public var acked = 0
    /// Records failed so far.
    public var failed = 0
    /// Produce requests sent again so far, as seen at the client's end of the link.
    public var retries = 0
    /// Error answers and client errors so far.
    public var errors = 0
    /// Words for people, for example the error of a harness failure.
    public var detail: String?
    /// Set in the last line when the cell could not run: the exit code that the run must have.
    public var exitCode: Int32?

    /// The stages of a cell.
    public enum State: String, Codable, Sendable, CaseIterable {
        case waiting, starting, running, settling, judging, done, broken
    }

    /// Progress at a stage.
    public init(state: State) { self.state = state }

    package enum CodingKeys: String, CodingKey {
        case state, sent, acked, failed, retries, errors, detail
        case exitCode = "exit_code"
    }
}
