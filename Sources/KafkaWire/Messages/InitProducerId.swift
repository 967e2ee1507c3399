/// InitProducerId (api 22), request versions 0 to 5.
///
/// Version 3 lets a producer bump its own epoch (KIP-360).
public struct InitProducerIdRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = InitProducerIdResponse
    /// InitProducerId.
    public static let apiKey = APIKey.initProducerId
    /// 0 to 5.
    public static let versions: ClosedRange<Int16> = 0...5

    /// Transactional id; nil for an idempotent producer without transactions.
    public var transactionalID: String?
    /// How long a transaction may last, milliseconds.
    public var transactionTimeoutMs: Int32 = 0
    /// The id held now; -1 for none.
    public var producerID: Int64 = -1
    /// The epoch held now; -1 for none.
    public var producerEpoch: Int16 = -1

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.nullableString(&transactionalID, "transactionalId")
        try coder.integer(&transactionTimeoutMs, "transactionTimeoutMs")
        if coder.version >= 3 { try coder.integer(&producerID, "producerId") }
        if coder.version >= 3 { try coder.integer(&producerEpoch, "producerEpoch") }
        try coder.tags()
    }
}

/// InitProducerId (api 22), response versions 0 to 5.
public struct InitProducerIdResponse: KafkaMessage, Equatable {
    /// InitProducerId.
    public static let apiKey = APIKey.initProducerId
    /// 0 to 5.
    public static let versions: ClosedRange<Int16> = 0...5

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// Error; 0 for success.
    public var errorCode: Int16 = 0
    /// The id given.
    public var producerID: Int64 = -1
    /// The epoch given.
    public var producerEpoch: Int16 = -1

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.integer(&throttleTimeMs, "throttleTimeMs")
        try coder.integer(&errorCode, "errorCode")
        try coder.integer(&producerID, "producerId")
        try coder.integer(&producerEpoch, "producerEpoch")
        try coder.tags()
    }
}
