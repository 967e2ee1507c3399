import EvidenceModel
import FoundationEssentials

/// What the harness tells a driver before it starts: the `configure` line of docs/driver-protocol.md.
public struct DriverConfiguration: Sendable, Equatable, Codable {
    /// The protocol version this package speaks.
    public static let protocolVersion = 1

    /// `host:port`, comma separated when there are several.
    public var bootstrap: String
    /// The client's own properties, by the client's own names.
    public var config: [String: String]
    /// The topics records go to; the index is the `topic` of every row.
    public var topics: [Topic]
    /// Number of records; ids run from 0 to `records - 1`.
    public var records: Int
    /// Offered rate; nil means as fast as the client takes them.
    public var rateRecordsPerS: Double?
    /// Size of each value, at least `RecordPayload.minimumSize`.
    public var sizeBytes: Int
    /// Who chooses the partition.
    public var partitioner: Partitioner

    /// A topic and the number of its partitions.
    public struct Topic: Sendable, Equatable, Codable {
        /// Topic name.
        public var name: String
        /// Number of partitions, at least 1.
        public var partitions: Int

        /// Names a topic.
        public init(name: String, partitions: Int) {
            self.name = name
            self.partitions = partitions
        }
    }

    /// Who chooses a record's partition.
    public enum Partitioner: String, Sendable, Codable {
        /// Partition `(id / topics) mod partitions`, so that every run spreads records alike.
        case roundRobin = "round-robin"
        /// The client's own partitioner.
        case client
    }

    /// Makes a configuration.
    public init(
        bootstrap: String, config: [String: String], topics: [Topic], records: Int, rateRecordsPerS: Double?,
        sizeBytes: Int, partitioner: Partitioner = .roundRobin
    ) {
        self.bootstrap = bootstrap
        self.config = config
        self.topics = topics
        self.records = records
        self.rateRecordsPerS = rateRecordsPerS
        self.sizeBytes = sizeBytes
        self.partitioner = partitioner
    }

    /// The configuration of a cell's driver.
    public init(cell: CellDescription, bootstrap: String, partitioner: Partitioner = .roundRobin) {
        self.init(
            bootstrap: bootstrap, config: cell.producer.config,
            topics: cell.broker.topics.map { Topic(name: $0.name, partitions: $0.partitions) },
            records: cell.workload.records, rateRecordsPerS: cell.workload.rateRecordsPerS,
            sizeBytes: cell.workload.sizeBytes, partitioner: partitioner)
    }

    /// Writes every field, a missing rate as null.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(bootstrap, forKey: .bootstrap)
        try container.encode(config, forKey: .config)
        try container.encode(topics, forKey: .topics)
        try container.encode(records, forKey: .records)
        try container.encode(rateRecordsPerS, forKey: .rateRecordsPerS)
        try container.encode(sizeBytes, forKey: .sizeBytes)
        try container.encode(partitioner, forKey: .partitioner)
    }

    enum CodingKeys: String, CodingKey {
        case bootstrap, config, topics, records, partitioner
        case rateRecordsPerS = "rate_records_per_s"
        case sizeBytes = "size_bytes"
    }
}

/// What the harness says to a driver.
public enum DriverCommand: Sendable, Equatable {
    /// What to send, and where.
    case configure(DriverConfiguration)
    /// Begin.
    case start
    /// Send no more, wait for what is in flight, then say done.
    case stop

    /// The command as a line, with its end.
    public var line: [UInt8] {
        switch self {
        case .start: return Array("{\"type\":\"start\"}\n".utf8)
        case .stop: return Array("{\"type\":\"stop\"}\n".utf8)
        case .configure(let configuration):
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            // Strings, whole numbers and a rate the scenario checked: nothing here that JSON cannot hold.
            guard let body = try? encoder.encode(Envelope(configuration: configuration)) else {
                preconditionFailure("the rate must be a finite number")
            }
            return Array(body) + [UInt8(ascii: "\n")]
        }
    }

    /// The configuration beside the fields that every line has.
    private struct Envelope: Encodable {
        var configuration: DriverConfiguration

        func encode(to encoder: any Encoder) throws {
            try configuration.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode("configure", forKey: .type)
            try container.encode(DriverConfiguration.protocolVersion, forKey: .version)
        }

        enum Key: String, CodingKey {
            case type
            case version = "protocol"
        }
    }
}
