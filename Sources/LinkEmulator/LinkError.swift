/// Why the link cannot start.
public struct LinkError: Error, Sendable, CustomStringConvertible {
    /// What failed, on what.
    public var what: String
    /// What to do next.
    public var remedy: String

    init(_ what: String, remedy: String) {
        self.what = what
        self.remedy = remedy
    }

    /// One line for people.
    public var description: String { "\(what): \(remedy)" }
}
