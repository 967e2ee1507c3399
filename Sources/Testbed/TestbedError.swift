import Glibc

/// Something this machine refused while a testbed was built: what, on what, and what to do.
public struct TestbedError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The operation, for example `create namespace`.
    public var operation: String
    /// What it was done to.
    public var subject: String
    /// The error number of the system call; 0 when there is none.
    public var errorNumber: Int32
    /// What the user can do about it.
    public var remedy: String?

    /// Describes a refusal.
    public init(operation: String, subject: String, errorNumber: Int32, remedy: String? = nil) {
        self.operation = operation
        self.subject = subject
        self.errorNumber = errorNumber
        self.remedy = remedy
    }

    /// One line: what failed, on what, why, what to do.
    public var description: String {
        var text = "\(operation) \(subject)"
        if errorNumber != 0 { text += ": \(String(cString: strerror(errorNumber)))" }
        if let remedy { text += "; \(remedy)" }
        return text
    }

    /// Throws when a CLinux wrapper answered a negative error number; returns its value otherwise.
    @discardableResult
    static func check(
        _ result: Int32, _ operation: String, _ subject: String, remedy: String? = nil
    ) throws(TestbedError) -> Int32 {
        if result < 0 {
            throw TestbedError(operation: operation, subject: subject, errorNumber: -result, remedy: remedy)
        }
        return result
    }
}
