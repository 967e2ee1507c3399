import EvidenceModel

/// The exit codes that scripts rely on.
public enum ExitStatus: Int32, Sendable {
    /// Every cell passed.
    case passed = 0
    /// A cell failed.
    case failed = 1
    /// A cell proves nothing, and none failed.
    case inconclusive = 2
    /// The harness itself failed.
    case harnessError = 3
    /// Bad arguments or a bad scenario file; nothing was started. `EX_USAGE` of sysexits.h.
    case usage = 64
    /// This machine lacks something. `EX_UNAVAILABLE` of sysexits.h.
    case unavailable = 69

    /// The exit code of a run with this outcome.
    public init(_ outcome: Outcome) {
        switch outcome {
        case .passed: self = .passed
        case .failed: self = .failed
        case .inconclusive: self = .inconclusive
        }
    }
}
