import EvidenceModel

/// A line of a driver, as far as the harness acts on it while the driver runs.
public enum DriverMessage: Sendable, Equatable {
    /// The first line.
    case hello(DriverHello)
    /// Connected, with metadata and, where the client uses one, a producer id. Microseconds since the epoch.
    case ready(timeUs: Int64)
    /// The paced load began: record 0 is due at this time, microseconds since the epoch.
    case began(timeUs: Int64)
    /// The client raised an error apart from a record.
    case error(ClientError)
    /// A line of the client's log.
    case log(DriverLog)
    /// Every record that was sent has its outcome.
    case done(DriverDone)
    /// A line that is not one of these; the text says why.
    case malformed(String)
}

/// Who the driver is.
public struct DriverHello: Sendable, Equatable {
    /// The protocol version it speaks.
    public var version: Int
    /// Name of the driver, for example `crosswind-rdkafka`.
    public var driver: String
    /// Name of the client library, for example `librdkafka`.
    public var client: String
    /// Version of the client library.
    public var clientVersion: String

    /// Client and version for people, for example `librdkafka 2.0.2`.
    public var clientText: String { "\(client) \(clientVersion)" }

    /// Describes a driver.
    public init(version: Int, driver: String, client: String, clientVersion: String) {
        self.version = version
        self.driver = driver
        self.client = client
        self.clientVersion = clientVersion
    }
}

/// A line of the client's own log.
public struct DriverLog: Sendable, Equatable {
    /// Microseconds since the epoch.
    public var timeUs: Int64
    /// The client's level, for example `warning`.
    public var level: String
    /// The client's words.
    public var message: String

    /// Makes a log line.
    public init(timeUs: Int64, level: String, message: String) {
        self.timeUs = timeUs
        self.level = level
        self.message = message
    }
}

/// The driver's own count at its end.
public struct DriverDone: Sendable, Equatable {
    /// Microseconds since the epoch.
    public var timeUs: Int64
    /// Records handed to the client.
    public var sent: Int64
    /// Records the client reported as delivered.
    public var acknowledged: Int64
    /// Records the client reported as failed.
    public var failed: Int64

    /// Makes a count.
    public init(timeUs: Int64, sent: Int64, acknowledged: Int64, failed: Int64) {
        self.timeUs = timeUs
        self.sent = sent
        self.acknowledged = acknowledged
        self.failed = failed
    }
}

/// Counts of records, as the rows of a driver report them.
public struct DriverCounters: Sendable, Equatable {
    /// Records handed to the client.
    public var sent: Int64
    /// Records reported as delivered.
    public var acknowledged: Int64
    /// Records reported as failed.
    public var failed: Int64

    /// Makes counters; without arguments all are 0.
    public init(sent: Int64 = 0, acknowledged: Int64 = 0, failed: Int64 = 0) {
        self.sent = sent
        self.acknowledged = acknowledged
        self.failed = failed
    }
}
