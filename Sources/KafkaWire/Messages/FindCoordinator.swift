/// FindCoordinator (api 10), request versions 0 to 6.
///
/// Version 4 asks for many keys at once.
public struct FindCoordinatorRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = FindCoordinatorResponse
    /// FindCoordinator.
    public static let apiKey = APIKey.findCoordinator
    /// 0 to 6.
    public static let versions: ClosedRange<Int16> = 0...6

    /// Group or transactional id (before version 4).
    public var key = ""
    /// 0 group, 1 transaction, 2 share group.
    public var keyType: Int8 = 0
    /// Group or transactional ids (version 4 on).
    public var coordinatorKeys: [String] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version <= 3 { try coder.string(&key, "key") }
        if coder.version >= 1 { try coder.integer(&keyType, "keyType") }
        if coder.version >= 4 { try coder.array(&coordinatorKeys, "coordinatorKeys") }
        try coder.tags()
    }
}

/// FindCoordinator (api 10), response versions 0 to 6.
public struct FindCoordinatorResponse: KafkaMessage, Equatable {
    /// FindCoordinator.
    public static let apiKey = APIKey.findCoordinator
    /// 0 to 6.
    public static let versions: ClosedRange<Int16> = 0...6

    /// The coordinator of one key.
    public struct Coordinator: FieldCodable, Sendable, Equatable {
        /// Group or transactional id.
        public var key = ""
        /// Node id.
        public var nodeID: Int32 = -1
        /// Host.
        public var host = ""
        /// Port.
        public var port: Int32 = -1
        /// Error; 0 for success.
        public var errorCode: Int16 = 0
        /// Why it failed.
        public var errorMessage: String?

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            key: String = "", nodeID: Int32 = -1, host: String = "", port: Int32 = -1, errorCode: Int16 = 0,
            errorMessage: String? = nil
        ) {
            self.key = key
            self.nodeID = nodeID
            self.host = host
            self.port = port
            self.errorCode = errorCode
            self.errorMessage = errorMessage
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            if coder.version >= 4 { try coder.string(&key, "key") }
            if coder.version >= 4 { try coder.integer(&nodeID, "nodeId") }
            if coder.version >= 4 { try coder.string(&host, "host") }
            if coder.version >= 4 { try coder.integer(&port, "port") }
            if coder.version >= 4 { try coder.integer(&errorCode, "errorCode") }
            if coder.version >= 4 { try coder.nullableString(&errorMessage, "errorMessage") }
            try coder.tags()
        }
    }

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// Error; 0 for success (before version 4).
    public var errorCode: Int16 = 0
    /// Why it failed (before version 4).
    public var errorMessage: String?
    /// The coordinator (before version 4).
    public var nodeID: Int32 = -1
    /// Its host (before version 4).
    public var host = ""
    /// Its port (before version 4).
    public var port: Int32 = -1
    /// The coordinators (version 4 on).
    public var coordinators: [Coordinator] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version >= 1 { try coder.integer(&throttleTimeMs, "throttleTimeMs") }
        if coder.version <= 3 { try coder.integer(&errorCode, "errorCode") }
        if coder.version >= 1, coder.version <= 3 { try coder.nullableString(&errorMessage, "errorMessage") }
        if coder.version <= 3 { try coder.integer(&nodeID, "nodeId") }
        if coder.version <= 3 { try coder.string(&host, "host") }
        if coder.version <= 3 { try coder.integer(&port, "port") }
        if coder.version >= 4 { try coder.array(&coordinators, "coordinators") }
        try coder.tags()
    }
}
