/// One thing about settings that deserves a word, without any event.
public struct Lint: Sendable, Equatable {
    /// How bad it is, the worst first.
    public enum Severity: String, Sendable, CaseIterable, Comparable {
        /// The client does not start with it.
        case refused
        /// It can cost data.
        case risk
        /// It changes nothing.
        case withoutEffect = "without-effect"
        /// Worth a thought.
        case advice

        /// The worst first.
        public static func < (a: Severity, b: Severity) -> Bool {
            allCases.firstIndex(of: a)! < allCases.firstIndex(of: b)!
        }
    }

    /// How bad.
    public var severity: Severity
    /// What it is, in one sentence.
    public var says: String
    /// The settings.
    public var evidence: [Evidence]
    /// What mends it.
    public var changes: [Change] = []
    /// The scenario that shows it; empty where the client itself says it at its start.
    public var scenario = ""
}
