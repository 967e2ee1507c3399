/// SyncGroup (api 14), request versions 0 to 5.
///
/// Version 4 is flexible.
public struct SyncGroupRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = SyncGroupResponse
    /// SyncGroup.
    public static let apiKey = APIKey.syncGroup
    /// 0 to 5.
    public static let versions: ClosedRange<Int16> = 0...5

    /// What one member gets.
    public struct Assignment: FieldCodable, Sendable, Equatable {
        /// The member.
        public var memberID = ""
        /// Its assignment.
        public var assignment: [UInt8] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            memberID: String = "", assignment: [UInt8] = []
        ) {
            self.memberID = memberID
            self.assignment = assignment
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&memberID, "memberId")
            try coder.bytes(&assignment, "assignment")
            try coder.tags()
        }
    }

    /// The group.
    public var groupID = ""
    /// Generation of the group that the member knows; -1 for none.
    public var generationID: Int32 = -1
    /// The member; empty for none.
    public var memberID = ""
    /// Name of a static member; nil for none (KIP-345).
    public var groupInstanceID: String?
    /// For example `consumer`.
    public var protocolType: String?
    /// The protocol that was chosen.
    public var protocolName: String?
    /// From the leader; else empty.
    public var assignments: [Assignment] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.string(&groupID, "groupId")
        try coder.integer(&generationID, "generationId")
        try coder.string(&memberID, "memberId")
        if coder.version >= 3 { try coder.nullableString(&groupInstanceID, "groupInstanceId") }
        if coder.version >= 5 { try coder.nullableString(&protocolType, "protocolType") }
        if coder.version >= 5 { try coder.nullableString(&protocolName, "protocolName") }
        try coder.array(&assignments, "assignments")
        try coder.tags()
    }
}

/// SyncGroup (api 14), response versions 0 to 5.
public struct SyncGroupResponse: KafkaMessage, Equatable {
    /// SyncGroup.
    public static let apiKey = APIKey.syncGroup
    /// 0 to 5.
    public static let versions: ClosedRange<Int16> = 0...5

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// Error; 0 for success.
    public var errorCode: Int16 = 0
    /// For example `consumer`.
    public var protocolType: String?
    /// The protocol that was chosen.
    public var protocolName: String?
    /// What the member gets.
    public var assignment: [UInt8] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version >= 1 { try coder.integer(&throttleTimeMs, "throttleTimeMs") }
        try coder.integer(&errorCode, "errorCode")
        if coder.version >= 5 { try coder.nullableString(&protocolType, "protocolType") }
        if coder.version >= 5 { try coder.nullableString(&protocolName, "protocolName") }
        try coder.bytes(&assignment, "assignment")
        try coder.tags()
    }
}
