/// ListTransactions (api 66), request versions 0 to 2.
///
/// The transactions of a coordinator (KIP-664). Version 1 filters by duration (KIP-994), 2 by a pattern.
public struct ListTransactionsRequest: KafkaRequest, Equatable {
    /// The answer.
    public typealias Response = ListTransactionsResponse
    /// ListTransactions.
    public static let apiKey = APIKey.listTransactions
    /// 0 to 2.
    public static let versions: ClosedRange<Int16> = 0...2

    /// States to name; empty for all.
    public var stateFilters: [String] = []
    /// Producer ids to name; empty for all.
    public var producerIDFilters: [Int64] = []
    /// Only those open for at least so long, milliseconds; -1 for all.
    public var durationFilter: Int64 = -1
    /// A regular expression for the transactional ids; nil for all.
    public var transactionalIDPattern: String?

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.array(&stateFilters, "stateFilters")
        try coder.array(&producerIDFilters, "producerIdFilters")
        if coder.version >= 1 { try coder.integer(&durationFilter, "durationFilter") }
        if coder.version >= 2 { try coder.nullableString(&transactionalIDPattern, "transactionalIdPattern") }
        try coder.tags()
    }
}

/// ListTransactions (api 66), response versions 0 to 2.
public struct ListTransactionsResponse: KafkaMessage, Equatable {
    /// ListTransactions.
    public static let apiKey = APIKey.listTransactions
    /// 0 to 2.
    public static let versions: ClosedRange<Int16> = 0...2

    /// One transaction.
    public struct State: FieldCodable, Sendable, Equatable {
        /// Transactional id.
        public var transactionalID = ""
        /// Producer id.
        public var producerID: Int64 = -1
        /// For example `Ongoing`.
        public var transactionState = ""

        /// The protocol's defaults.
        public init() {}

        /// A value of these fields.
        public init(
            transactionalID: String = "", producerID: Int64 = -1, transactionState: String = ""
        ) {
            self.transactionalID = transactionalID
            self.producerID = producerID
            self.transactionState = transactionState
        }

        /// See ``FieldCodable``.
        public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
            try coder.string(&transactionalID, "transactionalId")
            try coder.integer(&producerID, "producerId")
            try coder.string(&transactionState, "transactionState")
            try coder.tags()
        }
    }

    /// How long the client is asked to wait, milliseconds.
    public var throttleTimeMs: Int32 = 0
    /// Error; 0 for success.
    public var errorCode: Int16 = 0
    /// Filters that name no state.
    public var unknownStateFilters: [String] = []
    /// The transactions.
    public var transactionStates: [State] = []

    /// The protocol's defaults.
    public init() {}

    /// See ``FieldCodable``.
    public mutating func code<C: FieldCoder>(_ coder: inout C) throws {
        try coder.integer(&throttleTimeMs, "throttleTimeMs")
        try coder.integer(&errorCode, "errorCode")
        try coder.array(&unknownStateFilters, "unknownStateFilters")
        try coder.array(&transactionStates, "transactionStates")
        try coder.tags()
    }
}
