/// LeaveGroup (api 13), request versions 0 to 5.
///
/// Version 3 names many members, 4 is flexible.
public struct LeaveGroupRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = LeaveGroupResponse
    /// LeaveGroup.
    public static let apiKey = APIKey.leaveGroup
    /// 0 to 5.
    public static let versions: ClosedRange<Int16> = 0...5

    /// One member that leaves.
    public struct Member: FieldCodable, Sendable, Equatable {
        /// The member; empty for none.
        public var memberID = ""
        /// Name of a static member; nil for none (KIP-345).
        public var groupInstanceID: String?
        /// Why it leaves.
        public var reason: String?

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            memberID: String = "", groupInstanceID: String? = nil, reason: String? = nil
        ) {
            self.memberID = memberID
            self.groupInstanceID = groupInstanceID
            self.reason = reason
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&memberID, "memberId")
            try coder.nullableString(&groupInstanceID, "groupInstanceId")
            if coder.version >= 5 { try coder.nullableString(&reason, "reason") }
            try coder.tags()
        }
    }

    /// The group.
    public var groupID = ""
    /// The member; empty for none.
    public var memberID = ""
    /// The members (version 3 on).
    public var members: [Member] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.string(&groupID, "groupId")
        if coder.version <= 2 { try coder.string(&memberID, "memberId") }
        if coder.version >= 3 { try coder.array(&members, "members") }
        try coder.tags()
    }
}

/// LeaveGroup (api 13), response versions 0 to 5.
public struct LeaveGroupResponse: KafkaMessage, Equatable {
    /// LeaveGroup.
    public static let apiKey = APIKey.leaveGroup
    /// 0 to 5.
    public static let versions: ClosedRange<Int16> = 0...5

    /// The answer for one member.
    public struct Member: FieldCodable, Sendable, Equatable {
        /// The member; empty for none.
        public var memberID = ""
        /// Name of a static member; nil for none (KIP-345).
        public var groupInstanceID: String?
        /// Error; 0 for success.
        public var errorCode: Int16 = 0

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            memberID: String = "", groupInstanceID: String? = nil, errorCode: Int16 = 0
        ) {
            self.memberID = memberID
            self.groupInstanceID = groupInstanceID
            self.errorCode = errorCode
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&memberID, "memberId")
            try coder.nullableString(&groupInstanceID, "groupInstanceId")
            try coder.integer(&errorCode, "errorCode")
            try coder.tags()
        }
    }

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// Error; 0 for success.
    public var errorCode: Int16 = 0
    /// The answers (version 3 on).
    public var members: [Member] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version >= 1 { try coder.integer(&throttleTimeMs, "throttleTimeMs") }
        try coder.integer(&errorCode, "errorCode")
        if coder.version >= 3 { try coder.array(&members, "members") }
        try coder.tags()
    }
}
