/// What the client says: the per-record reports of the driver, read from `driver.jsonl`.
///
/// Ids run from 0 to `workload.records - 1`; a record that was never handed to the client has no sent time.
public struct ClientAccount: Sendable, Equatable {
    /// Client library and version, from the driver's hello.
    public var client: String
    /// One entry for each record id.
    public var records: [Record]
    /// Errors that the client raised apart from records, in order.
    public var errors: [ClientError]
    /// True when the driver said `done`.
    public var finished: Bool
    /// False for a producer without a driver: the client says nothing and only wire and log can judge.
    public var reportsRecords: Bool
    /// Lines that did not parse; more than 0 makes the cell inconclusive.
    public var malformedLines: Int
    /// Why the first of these did not parse, in words; nil where there is none, or it is the lines together that are wrong.
    public var firstMalformed: String?

    /// The client's report on one record.
    public struct Record: Sendable, Equatable {
        /// Handed to the client's send call, microseconds since the epoch; 0 when never sent.
        public var sentUs: Int64 = 0
        /// The outcome.
        public var outcome: DeliveryOutcome = .none
        /// When the client reported the outcome; 0 when it did not.
        public var reportedUs: Int64 = 0
        /// Partition, -1 when unknown.
        public var partition: Int32 = -1
        /// Offset of an acknowledged record, -1 when the client names none.
        public var offset: Int64 = -1
        /// The topic's index in `cell.broker.topics`.
        public var topic: Int32 = 0
        /// Index into `ClientAccount.errorNames` of a failed record, -1 otherwise.
        public var error: Int32 = -1

        /// A record without any report, which is where every record begins.
        public init() {}
    }

    /// Names of the errors of failed records, for example `MSG_TIMED_OUT`.
    public var errorNames: [String]
    /// When record 0 was due, microseconds since the epoch, as the driver says: a paced record `n` was due `n / rate`
    /// later, whenever the client took it. Nil where the driver does not say.
    public var scheduleStartUs: Int64?

    /// An account; without arguments, that of a client that has said nothing yet.
    public init(
        client: String = "", records: [Record] = [], errors: [ClientError] = [], finished: Bool = false,
        reportsRecords: Bool = true, malformedLines: Int = 0, errorNames: [String] = []
    ) {
        self.client = client
        self.records = records
        self.errors = errors
        self.finished = finished
        self.reportsRecords = reportsRecords
        self.malformedLines = malformedLines
        self.errorNames = errorNames
    }
}

/// What the client reported about one record.
public enum DeliveryOutcome: UInt8, Sendable, Equatable {
    /// No report.
    case none
    /// Delivered, says the client.
    case acknowledged
    /// Failed and certainly not written, says the client.
    case notPersisted
    /// Failed, and it may have been written.
    case indeterminate
}

/// An error that a client raised apart from a record.
public struct ClientError: Sendable, Equatable, Codable {
    /// Microseconds since the epoch.
    public var timeUs: Int64
    /// The client's name for the error, for example `OUT_OF_ORDER_SEQUENCE_NUMBER`.
    public var name: String
    /// The client's words.
    public var message: String
    /// True when the producer can do no more.
    public var fatal: Bool

    /// An error as the client raised it.
    public init(timeUs: Int64, name: String, message: String, fatal: Bool) {
        self.timeUs = timeUs
        self.name = name
        self.message = message
        self.fatal = fatal
    }

    enum CodingKeys: String, CodingKey {
        case timeUs = "time_us"
        case name, message, fatal
    }
}
