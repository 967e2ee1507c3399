/// JoinGroup (api 11), request versions 0 to 9.
///
/// Version 6 is flexible.
public struct JoinGroupRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = JoinGroupResponse
    /// JoinGroup.
    public static let apiKey = APIKey.joinGroup
    /// 0 to 9.
    public static let versions: ClosedRange<Int16> = 0...9

    /// One way to assign partitions that the member knows.
    public struct KnownProtocol: FieldCodable, Sendable, Equatable {
        /// Its name.
        public var name = ""
        /// What the leader needs for it.
        public var metadata: [UInt8] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            name: String = "", metadata: [UInt8] = []
        ) {
            self.name = name
            self.metadata = metadata
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&name, "name")
            try coder.bytes(&metadata, "metadata")
            try coder.tags()
        }
    }

    /// The group.
    public var groupID = ""
    /// How long the member may be silent, milliseconds.
    public var sessionTimeoutMs: Int32 = 0
    /// How long the group waits for the member to join again, milliseconds; -1 for the session's.
    public var rebalanceTimeoutMs: Int32 = -1
    /// The member; empty for none.
    public var memberID = ""
    /// Name of a static member; nil for none (KIP-345).
    public var groupInstanceID: String?
    /// For example `consumer`.
    public var protocolType = ""
    /// What the member knows.
    public var protocols: [KnownProtocol] = []
    /// Why it joins.
    public var reason: String?

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.string(&groupID, "groupId")
        try coder.integer(&sessionTimeoutMs, "sessionTimeoutMs")
        if coder.version >= 1 { try coder.integer(&rebalanceTimeoutMs, "rebalanceTimeoutMs") }
        try coder.string(&memberID, "memberId")
        if coder.version >= 5 { try coder.nullableString(&groupInstanceID, "groupInstanceId") }
        try coder.string(&protocolType, "protocolType")
        try coder.array(&protocols, "protocols")
        if coder.version >= 8 { try coder.nullableString(&reason, "reason") }
        try coder.tags()
    }
}

/// JoinGroup (api 11), response versions 0 to 9.
public struct JoinGroupResponse: KafkaMessage, Equatable {
    /// JoinGroup.
    public static let apiKey = APIKey.joinGroup
    /// 0 to 9.
    public static let versions: ClosedRange<Int16> = 0...9

    /// One member, for the leader.
    public struct Member: FieldCodable, Sendable, Equatable {
        /// The member.
        public var memberID = ""
        /// Name of a static member; nil for none (KIP-345).
        public var groupInstanceID: String?
        /// What it sent.
        public var metadata: [UInt8] = []

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            memberID: String = "", groupInstanceID: String? = nil, metadata: [UInt8] = []
        ) {
            self.memberID = memberID
            self.groupInstanceID = groupInstanceID
            self.metadata = metadata
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&memberID, "memberId")
            if coder.version >= 5 { try coder.nullableString(&groupInstanceID, "groupInstanceId") }
            try coder.bytes(&metadata, "metadata")
            try coder.tags()
        }
    }

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// Error; 0 for success.
    public var errorCode: Int16 = 0
    /// The generation; -1 for none.
    public var generationID: Int32 = -1
    /// For example `consumer`.
    public var protocolType: String?
    /// The protocol that was chosen; not nil before version 7.
    public var protocolName: String?
    /// The member that assigns.
    public var leader = ""
    /// Whether the leader must not assign.
    public var skipAssignment = false
    /// The member that this answers.
    public var memberID = ""
    /// The members, for the leader.
    public var members: [Member] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version >= 2 { try coder.integer(&throttleTimeMs, "throttleTimeMs") }
        try coder.integer(&errorCode, "errorCode")
        try coder.integer(&generationID, "generationId")
        if coder.version >= 7 { try coder.nullableString(&protocolType, "protocolType") }
        if coder.version >= 7 {
            try coder.nullableString(&protocolName, "protocolName")
        } else {
            var name = protocolName ?? ""
            try coder.string(&name, "protocolName")
            protocolName = name
        }
        try coder.string(&leader, "leader")
        if coder.version >= 9 { try coder.boolean(&skipAssignment, "skipAssignment") }
        try coder.string(&memberID, "memberId")
        try coder.array(&members, "members")
        try coder.tags()
    }
}
