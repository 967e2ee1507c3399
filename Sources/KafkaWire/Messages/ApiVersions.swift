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

    /// A feature of the cluster and the levels that the broker knows (KIP-584).
    public struct Feature: FieldCodable, Sendable, Equatable {
        /// For example `transaction.version`.
        public var name = ""
        /// Lowest level.
        public var minVersion: Int16 = 0
        /// Highest level.
        public var maxVersion: Int16 = 0

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(name: String = "", minVersion: Int16 = 0, maxVersion: Int16 = 0) {
            self.name = name
            self.minVersion = minVersion
            self.maxVersion = maxVersion
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&name, "name")
            try coder.integer(&minVersion, "minVersion")
            try coder.integer(&maxVersion, "maxVersion")
            try coder.tags()
        }
    }

    /// A feature of the cluster and the level that is in force (KIP-584).
    public struct FinalizedFeature: FieldCodable, Sendable, Equatable {
        /// For example `transaction.version`.
        public var name = ""
        /// The level in force.
        public var maxVersionLevel: Int16 = 0
        /// Lowest level in force.
        public var minVersionLevel: Int16 = 0

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(name: String = "", maxVersionLevel: Int16 = 0, minVersionLevel: Int16 = 0) {
            self.name = name
            self.maxVersionLevel = maxVersionLevel
            self.minVersionLevel = minVersionLevel
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&name, "name")
            try coder.integer(&maxVersionLevel, "maxVersionLevel")
            try coder.integer(&minVersionLevel, "minVersionLevel")
            try coder.tags()
        }
    }

    /// Error; 0 for success, 35 when the request's version is not supported.
    public var errorCode: Int16 = 0
    /// What the broker offers.
    public var apis: [API] = []
    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// What the broker knows of features (version 3 on).
    public var supportedFeatures: [Feature] = []
    /// Epoch of the finalized features; -1 for not known (version 3 on).
    public var finalizedFeaturesEpoch: Int64 = -1
    /// The features in force (version 3 on).
    public var finalizedFeatures: [FinalizedFeature] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.integer(&errorCode, "errorCode")
        try coder.array(&apis, "apiKeys")
        if coder.version >= 1 { try coder.integer(&throttleTimeMs, "throttleTimeMs") }
        var tagged = try features()
        try coder.taggedFields(&tagged)
        for field in tagged { try take(field) }
    }

    private func features() throws -> [TaggedField] {
        var fields: [TaggedField] = []
        func add(_ tag: UInt32, _ write: (inout ByteWriter) throws -> Void) rethrows {
            var writer = ByteWriter()
            writer.flexible = true
            try write(&writer)
            fields.append(TaggedField(tag: tag, bytes: writer.bytes))
        }
        var copy = self
        if !supportedFeatures.isEmpty { try add(0) { try $0.array(&copy.supportedFeatures, "supportedFeatures") } }
        if finalizedFeaturesEpoch != -1 {
            add(1) { $0.integer(&copy.finalizedFeaturesEpoch, "finalizedFeaturesEpoch") }
        }
        if !finalizedFeatures.isEmpty { try add(2) { try $0.array(&copy.finalizedFeatures, "finalizedFeatures") } }
        return fields
    }

    private mutating func take(_ field: TaggedField) throws {
        try field.bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            reader.flexible = true
            switch field.tag {
            case 0: try reader.array(&supportedFeatures, "supportedFeatures")
            case 1: try reader.integer(&finalizedFeaturesEpoch, "finalizedFeaturesEpoch")
            case 2: try reader.array(&finalizedFeatures, "finalizedFeatures")
            default: break
            }
        }
    }
}
