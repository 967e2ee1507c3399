import EvidenceModel

/// The exit codes of `crosswind`. Scripts rely on them.
public enum ExitStatus: Int32, Sendable, CaseIterable {
    /// Every expectation holds on sound evidence.
    case passed = 0
    /// An expectation does not hold.
    case failed = 1
    /// Nothing failed, and some evidence proves nothing.
    case inconclusive = 2
    /// The harness itself failed.
    case harnessError = 3
    /// Wrong usage or a bad scenario file; nothing was started. `EX_USAGE` of sysexits.h.
    case usage = 64
    /// This machine lacks something; `crosswind doctor` says what. `EX_UNAVAILABLE` of sysexits.h.
    case unavailable = 69

    /// The exit status for an outcome.
    public init(_ outcome: Outcome) {
        switch outcome {
        case .passed: self = .passed
        case .failed: self = .failed
        case .inconclusive: self = .inconclusive
        }
    }
}
