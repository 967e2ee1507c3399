/// A failure of the harness itself: what failed, on what, why, and what to do. Exit code 3.
public struct HarnessError: Error, CustomStringConvertible, Sendable, Equatable {
    /// What was tried.
    public var operation: String
    /// On what.
    public var subject: String
    /// Why it failed.
    public var reason: String
    /// What to do next; nil where nothing is known.
    public var remedy: String?

    /// Describes a failure.
    public init(operation: String, subject: String, reason: String, remedy: String? = nil) {
        self.operation = operation
        self.subject = subject
        self.reason = reason
        self.remedy = remedy
    }

    /// One line.
    public var description: String {
        "\(operation) \(subject): \(reason)" + (remedy.map { "; \($0)" } ?? "")
    }
}

/// This machine or the user's set-up lacks something that a cell needs. Exit code 69.
public struct MissingRequirement: Error, CustomStringConvertible, Sendable, Equatable {
    /// What is missing and the command that brings it.
    public var description: String

    /// Describes what is missing.
    public init(_ description: String) { self.description = description }
}

/// Arguments that make no sense together. Exit code 64.
public struct UsageError: Error, CustomStringConvertible, Sendable, Equatable {
    /// What is wrong and what to do.
    public let description: String

    /// Describes what is wrong.
    public init(_ description: String) { self.description = description }
}
