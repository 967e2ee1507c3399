/// One thing that is wrong with a scenario file: where, what, what is allowed instead, and the likely intention.
///
/// Its description is `file:line:column: what; allowed: …; did you mean 'x'?`, with the parts that are known.
public struct ScenarioError: Error, Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Where.
    public var location: SourceLocation
    /// What is wrong, with the offending text in quotes.
    public var what: String
    /// What may stand there; nil where there is no short answer.
    public var allowed: String?
    /// The nearest allowed word; nil when none is near.
    public var didYouMean: String?

    /// Makes an error.
    public init(at location: SourceLocation, _ what: String, allowed: String? = nil, didYouMean: String? = nil) {
        self.location = location
        self.what = what
        self.allowed = allowed
        self.didYouMean = didYouMean
    }

    /// `file:line:column: what; allowed: …; did you mean 'x'?`
    public var description: String {
        var text = "\(location): \(what)"
        if let allowed { text += "; allowed: \(allowed)" }
        if let didYouMean { text += "; did you mean '\(didYouMean)'?" }
        return text
    }

    /// By location, then by text, so that lists of errors are stable.
    public static func < (a: ScenarioError, b: ScenarioError) -> Bool {
        a.location == b.location ? a.what < b.what : a.location < b.location
    }
}

/// Every error of one or more scenario files, sorted by place and without repetitions.
public struct ScenarioErrors: Error, Sendable, Equatable, CustomStringConvertible {
    /// At least one error, sorted.
    public let errors: [ScenarioError]

    /// Sorts, and removes repetitions: cells of one file tend to make the same error many times.
    public init(_ errors: [ScenarioError]) {
        self.errors = Set(errors).sorted()
    }

    /// One error a line.
    public var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// Collects errors, so that a user sees all of them at once.
struct ErrorCollector {
    private(set) var errors: [ScenarioError] = []

    var isEmpty: Bool { errors.isEmpty }

    mutating func add(_ error: ScenarioError) { errors.append(error) }

    /// Runs a step; notes what it throws and returns nil then.
    @discardableResult
    mutating func attempt<T>(_ step: () throws -> T) -> T? {
        do {
            return try step()
        } catch {
            note(error)
            return nil
        }
    }

    /// Notes an error that a step threw. Only `ScenarioError` and `ScenarioErrors` are expected from our own code and
    /// from validators of a `FaultVocabulary`.
    mutating func note(_ error: any Error) {
        switch error {
        case let error as ScenarioError: errors.append(error)
        case let error as ScenarioErrors: errors += error.errors
        default: errors.append(ScenarioError(at: SourceLocation(file: "", line: 0, column: 0), "\(error)"))
        }
    }

    /// Throws when anything was collected.
    func throwIfAny() throws {
        if !errors.isEmpty { throw ScenarioErrors(errors) }
    }
}
