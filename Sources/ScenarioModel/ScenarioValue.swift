/// A value of a scenario file that knows where it stands. Its accessors check and throw a located `ScenarioError`.
///
/// A scalar keeps the text as written, so that `release: 4.10` stays 4.10 and a client's own properties reach the
/// client unchanged.
public struct ScenarioValue: Sendable, Equatable {
    /// Where the value stands. A value put in place by the matrix keeps its place in the matrix.
    public var location: SourceLocation
    /// The path from the root of the file, for example `faults.0.loss`; empty for the root.
    public var path: String
    /// What it is.
    public var content: Content

    /// The three kinds of YAML value.
    public enum Content: Sendable, Equatable {
        /// A scalar.
        case scalar(Scalar)
        /// A sequence.
        case sequence([ScenarioValue])
        /// A mapping; its entries in the order of the file, no key twice.
        case mapping([Entry])
    }

    /// A scalar as written.
    public struct Scalar: Sendable, Equatable {
        /// The text, without quotes.
        public var text: String
        /// True when it stood in quotes or in a block: then it is text, never a number, boolean or null.
        public var quoted: Bool

        /// Makes a scalar.
        public init(text: String, quoted: Bool = false) {
            self.text = text
            self.quoted = quoted
        }
    }

    /// One entry of a mapping.
    public struct Entry: Sendable, Equatable {
        /// The key.
        public var key: String
        /// Where the key stands.
        public var keyLocation: SourceLocation
        /// The value.
        public var value: ScenarioValue

        /// Makes an entry.
        public init(key: String, keyLocation: SourceLocation, value: ScenarioValue) {
            self.key = key
            self.keyLocation = keyLocation
            self.value = value
        }
    }

    /// Makes a value.
    public init(location: SourceLocation, path: String = "", content: Content) {
        self.location = location
        self.path = path
        self.content = content
    }

    /// True for an empty plain scalar, `~` and `null`.
    public var isNull: Bool {
        guard case .scalar(let scalar) = content, !scalar.quoted else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.text)
    }

    /// A short form for messages: the text of a scalar in quotes, else the kind of value.
    public var shown: String {
        switch content {
        case .scalar(let scalar):
            if isNull { return "nothing" }
            return scalar.text.unicodeScalars.count <= 60
                ? "'\(scalar.text)'" : "'\(String(scalar.text.prefix(57)))…'"
        case .sequence: return "a list"
        case .mapping: return "a mapping"
        }
    }

    /// An error about this value: `path: what`.
    public func error(_ what: String, allowed: String? = nil, didYouMean: String? = nil) -> ScenarioError {
        ScenarioError(
            at: location, path.isEmpty ? what : "\(path): \(what)", allowed: allowed, didYouMean: didYouMean)
    }
}
