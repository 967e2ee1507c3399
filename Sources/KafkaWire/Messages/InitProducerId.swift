/// InitProducerId (api 22), request versions 0 to 6.
///
/// Version 3 lets a producer bump its own epoch (KIP-360), 6 is for two-phase commit (KIP-939).
public struct InitProducerIdRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = InitProducerIdResponse
    /// InitProducerId.
    public static let apiKey = APIKey.initProducerId
    /// 0 to 6.
    public static let versions: ClosedRange<Int16> = 0...6

    /// Transactional id; nil for an idempotent producer without transactions.
    public var transactionalID: String?
    /// How long a transaction may last, milliseconds.
    public var transactionTimeoutMs: Int32 = 0
    /// The id held now; -1 for none.
    public var producerID: Int64 = -1
    /// The epoch held now; -1 for none.
    public var producerEpoch: Int16 = -1
    /// Whether transactions have no timeout, as another system decides on them.
    public var enableTwoPhaseCommit = false
    /// Whether a prepared transaction is kept.
    public var keepPreparedTransaction = false

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.nullableString(&transactionalID, "transactionalId")
        try coder.integer(&transactionTimeoutMs, "transactionTimeoutMs")
        if coder.version >= 3 { try coder.integer(&producerID, "producerId") }
        if coder.version >= 3 { try coder.integer(&producerEpoch, "producerEpoch") }
        if coder.version >= 6 { try coder.boolean(&enableTwoPhaseCommit, "enable2Pc") }
        if coder.version >= 6 { try coder.boolean(&keepPreparedTransaction, "keepPreparedTxn") }
        try coder.tags()
    }
}

/// InitProducerId (api 22), response versions 0 to 6.
public struct InitProducerIdResponse: KafkaMessage, Equatable {
    /// InitProducerId.
    public static let apiKey = APIKey.initProducerId
    /// 0 to 6.
    public static let versions: ClosedRange<Int16> = 0...6

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// Error; 0 for success.
    public var errorCode: Int16 = 0
    /// The id given.
    public var producerID: Int64 = -1
    /// The epoch given.
    public var producerEpoch: Int16 = -1
    /// Id of a prepared transaction that was kept; -1 for none.
    public var ongoingProducerID: Int64 = -1
    /// Epoch of a prepared transaction that was kept; -1 for none.
    public var ongoingProducerEpoch: Int16 = -1

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.integer(&throttleTimeMs, "throttleTimeMs")
        try coder.integer(&errorCode, "errorCode")
        try coder.integer(&producerID, "producerId")
        try coder.integer(&producerEpoch, "producerEpoch")
        if coder.version >= 6 { try coder.integer(&ongoingProducerID, "ongoingTxnProducerId") }
        if coder.version >= 6 { try coder.integer(&ongoingProducerEpoch, "ongoingTxnProducerEpoch") }
        try coder.tags()
    }
}
