/// Why bytes could not be read as the Kafka protocol, or a message could not be written at a version.
///
/// Bytes from a peer never trap: every reader of this module throws this error instead.
public struct KafkaWireError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was wrong.
    public enum Reason: Sendable, Equatable {
        /// The bytes end before the field does; `needed` more bytes would have been read.
        case truncated(needed: Int)
        /// A length or count is negative where it may not be, or larger than what follows could hold.
        case badLength(Int64)
        /// A variable-length integer has more bytes than its type allows.
        case badVarint
        /// A string is not UTF-8.
        case notUTF8
        /// Null where the protocol does not allow it.
        case unexpectedNull
        /// A message is not defined at this version.
        case unsupportedVersion(Int16)
        /// A value is outside of what the protocol allows.
        case badValue(Int64)
    }

    /// What was wrong.
    public var reason: Reason
    /// The field, in the spelling of Kafka's message definitions.
    public var field: String
    /// Offset of the field in the bytes given to the reader.
    public var offset: Int

    /// An error at `field`, `offset` bytes into the input.
    public init(_ reason: Reason, field: String, offset: Int) {
        self.reason = reason
        self.field = field
        self.offset = offset
    }

    /// One line: what, which field, where.
    public var description: String {
        let what =
            switch reason {
            case .truncated(let needed): "the bytes end \(needed) short"
            case .badLength(let length): "length \(length) is impossible"
            case .badVarint: "the variable-length integer is too long"
            case .notUTF8: "the string is not UTF-8"
            case .unexpectedNull: "null is not allowed"
            case .unsupportedVersion(let version): "version \(version) is not defined"
            case .badValue(let value): "value \(value) is not allowed"
            }
        return "\(field) at byte \(offset): \(what)"
    }
}
