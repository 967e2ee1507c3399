/// EndTxn (api 26), request versions 0 to 5.
///
/// Version 5 returns the epoch to go on with (KIP-890).
public struct EndTxnRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = EndTxnResponse
    /// EndTxn.
    public static let apiKey = APIKey.endTxn
    /// 0 to 5.
    public static let versions: ClosedRange<Int16> = 0...5

    /// Transactional id.
    public var transactionalID = ""
    /// Producer id.
    public var producerID: Int64 = -1
    /// Producer epoch.
    public var producerEpoch: Int16 = -1
    /// True to commit, false to abort.
    public var committed = false

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.string(&transactionalID, "transactionalId")
        try coder.integer(&producerID, "producerId")
        try coder.integer(&producerEpoch, "producerEpoch")
        try coder.boolean(&committed, "committed")
        try coder.tags()
    }
}

/// EndTxn (api 26), response versions 0 to 5.
public struct EndTxnResponse: KafkaMessage, Equatable {
    /// EndTxn.
    public static let apiKey = APIKey.endTxn
    /// 0 to 5.
    public static let versions: ClosedRange<Int16> = 0...5

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// Error; 0 for success.
    public var errorCode: Int16 = 0
    /// The id to go on with.
    public var producerID: Int64 = -1
    /// The epoch to go on with.
    public var producerEpoch: Int16 = -1

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.integer(&throttleTimeMs, "throttleTimeMs")
        try coder.integer(&errorCode, "errorCode")
        if coder.version >= 5 { try coder.integer(&producerID, "producerId") }
        if coder.version >= 5 { try coder.integer(&producerEpoch, "producerEpoch") }
        try coder.tags()
    }
}
