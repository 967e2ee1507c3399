/// SaslHandshake (api 17), request versions 0 to 1.
///
/// Version 1 wraps what follows in SaslAuthenticate requests (KIP-152).
public struct SaslHandshakeRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = SaslHandshakeResponse
    /// SaslHandshake.
    public static let apiKey = APIKey.saslHandshake
    /// 0 to 1.
    public static let versions: ClosedRange<Int16> = 0...1

    /// SASL mechanism, for example PLAIN.
    public var mechanism = ""

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.string(&mechanism, "mechanism")
        try coder.tags()
    }
}

/// SaslHandshake (api 17), response versions 0 to 1.
public struct SaslHandshakeResponse: KafkaMessage, Equatable {
    /// SaslHandshake.
    public static let apiKey = APIKey.saslHandshake
    /// 0 to 1.
    public static let versions: ClosedRange<Int16> = 0...1

    /// Error; 0 for success.
    public var errorCode: Int16 = 0
    /// What the broker offers.
    public var mechanisms: [String] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.integer(&errorCode, "errorCode")
        try coder.array(&mechanisms, "mechanisms")
        try coder.tags()
    }
}
