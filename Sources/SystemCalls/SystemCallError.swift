import Glibc

/// Something the system refused: what, on what, and its reason.
public struct SystemCallError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The operation, for example `start`.
    public var operation: String
    /// What it was done to.
    public var subject: String
    /// The error number, errno(3).
    public var errorNumber: Int32

    /// Describes a refusal.
    public init(operation: String, subject: String, errorNumber: Int32) {
        self.operation = operation
        self.subject = subject
        self.errorNumber = errorNumber
    }

    /// One line: what failed, on what, why.
    public var description: String { "\(operation) \(subject): \(String(cString: strerror(errorNumber)))" }
}
