/// A number that may not be known: null in JSON, and ``unknown`` in memory.
@propertyWrapper
public struct UnknownAsNull: Codable, Sendable, Equatable {
    /// Stands for a number that is not known.
    public static let unknown = Int64.min

    /// The number, or ``unknown``.
    public var wrappedValue: Int64

    /// A number.
    public init(wrappedValue: Int64) { self.wrappedValue = wrappedValue }

    /// Reads a number or null.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? Self.unknown : try container.decode(Int64.self)
    }

    /// Writes a number or null.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if wrappedValue == Self.unknown {
            try container.encodeNil()
        } else {
            try container.encode(wrappedValue)
        }
    }
}
