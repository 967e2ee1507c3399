/// One line of `history.jsonl`: what the harness did or saw, and when.
public struct HistoryEvent: Codable, Sendable, Equatable {
    /// Microseconds since the Unix epoch, the clock of the captures too.
    public var timeUs: Int64
    /// What happened.
    public var kind: Kind
    /// What it happened to: a fault id, a device, a capture file, a broker node.
    public var subject: String?
    /// Words for people.
    public var detail: String?
    /// Numbers, by a name that carries its unit.
    public var values: [String: Int64]?

    /// The kinds of event a judge may rely on.
    public enum Kind: String, Codable, Sendable {
        /// The cell process began.
        case cellStarted = "cell-started"
        /// Sandbox, link and captures are up.
        case testbedReady = "testbed-ready"
        /// All broker nodes answer. Detail: bootstrap address.
        case brokerReady = "broker-ready"
        /// The driver said hello. Detail: client and version.
        case driverHello = "driver-hello"
        /// The client is connected, with metadata and, where it uses one, a producer id.
        case clientReady = "client-ready"
        /// The first record was sent: time zero of the timeline.
        case timeZero = "time-zero"
        /// A timeline phase began; subject: fault id.
        case faultBegan = "fault-began"
        /// A timeline phase ended; subject: fault id.
        case faultEnded = "fault-ended"
        /// A broker action was carried out; subject: node; detail: action.
        case brokerAction = "broker-action"
        /// A node that an action brought back answers again; subject: node. The disturbance ends here.
        case nodeBack = "node-back"
        /// The driver said that every record has its outcome.
        case driverDone = "driver-done"
        /// The driver process ended; values: `exit_code` or `signal`.
        case driverExited = "driver-exited"
        /// The broker's log was read back completely.
        case logReadBack = "log-read-back"
        /// A high watermark (`high_watermark`) was still behind its leader's log (`log_end`) when the log was read back: the
        /// rest was read past it.
        case watermarkBehind = "watermark-behind"
        /// The log was read as a consumer with another Fetch version reads it; subject: `v3`; values: `fetch_version`,
        /// `fetched_records` (those that are as the log holds them), `error_code`, the first one answered, 0 for none.
        case fetched
        /// A capture ended; subject: file; values: `received_packets`, `dropped_packets`, `interface_dropped_packets`.
        case captureEnded = "capture-ended"
        /// A device's counters at the end; subject: device; values: `rx_dropped_packets`, `tx_dropped_packets`.
        case deviceCounters = "device-counters"
        /// The link's own account at the end, once in a history; values: see ``RecordedCounter``.
        case linkEnded = "link-ended"
        /// A file of the record could not be written; subject: file; values: `errno`, `lost_bytes`.
        case recordWriteFailed = "record-write-failed"
        /// The load's own time was over: the driver was told to send no more. Not an interruption.
        case loadEnded = "load-ended"
        /// The client did not take its configuration; detail: its words. A cell with this event proves nothing.
        case clientRefused = "client-refused"
        /// The harness ended the driver, which was not what was asked for or kept another clock; detail: why. A cell with
        /// this event proves nothing: what such a driver reports is no account of the client.
        case driverRejected = "driver-rejected"
        /// There was nothing to judge, and it is not the harness's doing: a program that ended before it produced. Detail:
        /// why. A cell with this event proves nothing.
        case noExperiment = "no-experiment"
        /// The user or a limit stopped the cell before its end.
        case interrupted = "interrupted"
        /// The harness itself failed. A cell with this event proves nothing.
        case harnessError = "harness-error"
        /// The cell process ended in order.
        case cellEnded = "cell-ended"
        /// The cell had said that it was done and its process did not end: the supervisor ended it. The record stands.
        case didNotExit = "did-not-exit"
    }

    /// An event at `timeUs`.
    public init(
        timeUs: Int64, kind: Kind, subject: String? = nil, detail: String? = nil, values: [String: Int64]? = nil
    ) {
        self.timeUs = timeUs
        self.kind = kind
        self.subject = subject
        self.detail = detail
        self.values = values
    }

    enum CodingKeys: String, CodingKey {
        case timeUs = "time_us"
        case kind = "event"
        case subject, detail, values
    }
}
