/// AddOffsetsToTxn (api 25), request versions 0 to 4.
///
/// Adds a group's partition of `__consumer_offsets` to a transaction (KIP-98). Version 3 is flexible.
public struct AddOffsetsToTxnRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = AddOffsetsToTxnResponse
    /// AddOffsetsToTxn.
    public static let apiKey = APIKey.addOffsetsToTxn
    /// 0 to 4.
    public static let versions: ClosedRange<Int16> = 0...4

    /// Transactional id.
    public var transactionalID = ""
    /// Producer id.
    public var producerID: Int64 = -1
    /// Producer epoch.
    public var producerEpoch: Int16 = -1
    /// The group.
    public var groupID = ""

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.string(&transactionalID, "transactionalId")
        try coder.integer(&producerID, "producerId")
        try coder.integer(&producerEpoch, "producerEpoch")
        try coder.string(&groupID, "groupId")
        try coder.tags()
    }
}

/// AddOffsetsToTxn (api 25), response versions 0 to 4.
public struct AddOffsetsToTxnResponse: KafkaMessage, Equatable {
    /// AddOffsetsToTxn.
    public static let apiKey = APIKey.addOffsetsToTxn
    /// 0 to 4.
    public static let versions: ClosedRange<Int16> = 0...4

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// Error; 0 for success.
    public var errorCode: Int16 = 0

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.integer(&throttleTimeMs, "throttleTimeMs")
        try coder.integer(&errorCode, "errorCode")
        try coder.tags()
    }
}
