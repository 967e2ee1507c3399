/// SaslAuthenticate (api 36), request versions 0 to 2.
///
/// Version 2 is flexible.
public struct SaslAuthenticateRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = SaslAuthenticateResponse
    /// SaslAuthenticate.
    public static let apiKey = APIKey.saslAuthenticate
    /// 0 to 2.
    public static let versions: ClosedRange<Int16> = 0...2

    /// The mechanism's bytes.
    public var authBytes: [UInt8] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.bytes(&authBytes, "authBytes")
        try coder.tags()
    }
}

/// SaslAuthenticate (api 36), response versions 0 to 2.
public struct SaslAuthenticateResponse: KafkaMessage, Equatable {
    /// SaslAuthenticate.
    public static let apiKey = APIKey.saslAuthenticate
    /// 0 to 2.
    public static let versions: ClosedRange<Int16> = 0...2

    /// Error; 0 for success.
    public var errorCode: Int16 = 0
    /// Why it failed; nil for none.
    public var errorMessage: String?
    /// The mechanism's bytes.
    public var authBytes: [UInt8] = []
    /// How long the session lasts, milliseconds; 0 without limit.
    public var sessionLifetimeMs: Int64 = 0

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.integer(&errorCode, "errorCode")
        try coder.nullableString(&errorMessage, "errorMessage")
        try coder.bytes(&authBytes, "authBytes")
        if coder.version >= 1 { try coder.integer(&sessionLifetimeMs, "sessionLifetimeMs") }
        try coder.tags()
    }
}
