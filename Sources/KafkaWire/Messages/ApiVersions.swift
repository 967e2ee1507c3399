/// ApiVersions (api 18), request versions 0 to 4.
///
/// Version 3 is flexible; the response's header never is, and an unsupported version is answered in version 0 with error 35 (KIP-511).
public struct ApiVersionsRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = ApiVersionsResponse
    /// ApiVersions.
    public static let apiKey = APIKey.apiVersions
    /// 0 to 4.
    public static let versions: ClosedRange<Int16> = 0...4

    /// Name of the client's library.
    public var clientSoftwareName = ""
    /// Version of the client's library.
    public var clientSoftwareVersion = ""

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version >= 3 { try coder.string(&clientSoftwareName, "clientSoftwareName") }
        if coder.version >= 3 { try coder.string(&clientSoftwareVersion, "clientSoftwareVersion") }
        try coder.tags()
    }
}

/// ApiVersions (api 18), response versions 0 to 4.
public struct ApiVersionsResponse: KafkaMessage, Equatable {
    /// ApiVersions.
    public static let apiKey = APIKey.apiVersions
    /// 0 to 4.
    public static let versions: ClosedRange<Int16> = 0...4

    /// The versions of one api.
    public struct API: FieldCodable, Sendable, Equatable {
        /// Number of the api.
        public var apiKey: Int16 = 0
        /// Lowest version offered.
        public var minVersion: Int16 = 0
        /// Highest version offered.
        public var maxVersion: Int16 = 0

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(apiKey: Int16 = 0, minVersion: Int16 = 0, maxVersion: Int16 = 0) {
            self.apiKey = apiKey
            self.minVersion = minVersion
            self.maxVersion = maxVersion
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.integer(&apiKey, "apiKey")
            try coder.integer(&minVersion, "minVersion")
            try coder.integer(&maxVersion, "maxVersion")
            try coder.tags()
        }
    }

    /// Error; 0 for success, 35 when the request's version is not supported.
    public var errorCode: Int16 = 0
    /// What the broker offers.
    public var apis: [API] = []
    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.integer(&errorCode, "errorCode")
        try coder.array(&apis, "apiKeys")
        if coder.version >= 1 { try coder.integer(&throttleTimeMs, "throttleTimeMs") }
        try coder.tags()
    }
}
