/// Heartbeat (api 12), request versions 0 to 4.
///
/// Version 4 is flexible.
public struct HeartbeatRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = HeartbeatResponse
    /// Heartbeat.
    public static let apiKey = APIKey.heartbeat
    /// 0 to 4.
    public static let versions: ClosedRange<Int16> = 0...4

    /// The group.
    public var groupID = ""
    /// Generation of the group that the member knows; -1 for none.
    public var generationID: Int32 = -1
    /// The member; empty for none.
    public var memberID = ""
    /// Name of a static member; nil for none (KIP-345).
    public var groupInstanceID: String?

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.string(&groupID, "groupId")
        try coder.integer(&generationID, "generationId")
        try coder.string(&memberID, "memberId")
        if coder.version >= 3 { try coder.nullableString(&groupInstanceID, "groupInstanceId") }
        try coder.tags()
    }
}

/// Heartbeat (api 12), response versions 0 to 4.
public struct HeartbeatResponse: KafkaMessage, Equatable {
    /// Heartbeat.
    public static let apiKey = APIKey.heartbeat
    /// 0 to 4.
    public static let versions: ClosedRange<Int16> = 0...4

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// Error; 0 for success.
    public var errorCode: Int16 = 0

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version >= 1 { try coder.integer(&throttleTimeMs, "throttleTimeMs") }
        try coder.integer(&errorCode, "errorCode")
        try coder.tags()
    }
}
