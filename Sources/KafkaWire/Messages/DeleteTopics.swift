/// DeleteTopics (api 20), request versions 0 to 6.
///
/// Version 4 is flexible, 6 can name topics by id.
public struct DeleteTopicsRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = DeleteTopicsResponse
    /// DeleteTopics.
    public static let apiKey = APIKey.deleteTopics
    /// 0 to 6.
    public static let versions: ClosedRange<Int16> = 0...6

    /// One topic to delete.
    public struct Topic: FieldCodable, Sendable, Equatable {
        /// Name; nil to delete by id.
        public var name: String?
        /// Id; zero to delete by name.
        public var topicID: KafkaUUID = .zero

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(name: String? = nil, topicID: KafkaUUID = .zero) {
            self.name = name
            self.topicID = topicID
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            if coder.version >= 6 { try coder.nullableString(&name, "name") }
            if coder.version >= 6 { try coder.uuid(&topicID, "topicId") }
            try coder.tags()
        }
    }

    /// Topics by name or id (version 6 on).
    public var topics: [Topic] = []
    /// Topics by name (before version 6).
    public var topicNames: [String] = []
    /// How long the broker may take, milliseconds.
    public var timeoutMs: Int32 = 60000

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version >= 6 { try coder.array(&topics, "topics") }
        if coder.version <= 5 { try coder.array(&topicNames, "topicNames") }
        try coder.integer(&timeoutMs, "timeoutMs")
        try coder.tags()
    }
}

/// DeleteTopics (api 20), response versions 0 to 6.
public struct DeleteTopicsResponse: KafkaMessage, Equatable {
    /// DeleteTopics.
    public static let apiKey = APIKey.deleteTopics
    /// 0 to 6.
    public static let versions: ClosedRange<Int16> = 0...6

    /// What became of one topic.
    public struct Topic: FieldCodable, Sendable, Equatable {
        /// Name.
        public var name: String?
        /// Id.
        public var topicID: KafkaUUID = .zero
        /// Error; 0 for success.
        public var errorCode: Int16 = 0
        /// Why it failed; nil for none.
        public var errorMessage: String?

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            name: String? = nil, topicID: KafkaUUID = .zero, errorCode: Int16 = 0, errorMessage: String? = nil
        ) {
            self.name = name
            self.topicID = topicID
            self.errorCode = errorCode
            self.errorMessage = errorMessage
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            if coder.version >= 6 {
                try coder.nullableString(&name, "name")
            } else {
                var text = name ?? ""
                try coder.string(&text, "name")
                name = text
            }
            if coder.version >= 6 { try coder.uuid(&topicID, "topicId") }
            try coder.integer(&errorCode, "errorCode")
            if coder.version >= 5 { try coder.nullableString(&errorMessage, "errorMessage") }
            try coder.tags()
        }
    }

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// What became of each topic.
    public var responses: [Topic] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        if coder.version >= 1 { try coder.integer(&throttleTimeMs, "throttleTimeMs") }
        try coder.array(&responses, "responses")
        try coder.tags()
    }
}
