/// What one cell was asked to do: written to `cell.json` before anything starts, so that a record can be judged and
/// drawn without the scenario file.
public struct CellDescription: Codable, Sendable, Equatable {
    /// The scenario's name.
    public var scenario: String
    /// The scenario's claim, one sentence.
    public var claim: String
    /// The file the scenario came from, as the user named it.
    public var file: String
    /// A name that is unique in the run and safe as a directory name.
    public var id: String
    /// The matrix parameters of this cell, by their full path, for example `producer.config.enable.idempotence`.
    public var parameters: [String: String]
    /// The seed that drives every random decision of this cell.
    public var seed: UInt64
    /// The producer under test.
    public var producer: Producer
    /// The broker under test.
    public var broker: Broker
    /// The records to send.
    public var workload: Workload
    /// The way to the brokers as it always is; nil in records that are older.
    public var network: Network?
    /// The faults, in the order of the scenario file. Their `id` is what the fault log refers to.
    public var faults: [Fault]
    /// What must hold for this cell to pass.
    public var expectations: [Expectation]
    /// How long throughput may take to come back to 90 % of its level before the fault.
    public var recoveryTimeMs: Double
    /// Why each earlier run of this cell proved nothing, the first one first; nil when this is the first run.
    public var earlierRuns: [String]?

    /// The producer under test.
    public struct Producer: Codable, Sendable, Equatable {
        /// The name of the client's folder, or `command`.
        public var client: String
        /// The release asked for, or nil for the driver's default.
        public var version: String?
        /// The client's own properties, by the client's own names.
        public var config: [String: String]
        /// What is known of the client's settings; nil for programs, and in records that are older.
        public var settings: ClientSettings?

        /// A producer and its configuration.
        public init(
            client: String, version: String? = nil, config: [String: String], settings: ClientSettings? = nil
        ) {
            self.client = client
            self.version = version
            self.config = config
            self.settings = settings
        }
    }

    /// The broker under test.
    public struct Broker: Codable, Sendable, Equatable {
        /// `embedded`, `compose`, `command` or `external`.
        public var kind: String
        /// The Apache Kafka release whose rules apply, for example `4.3`; nil where unknown.
        public var release: String?
        /// Number of broker nodes.
        public var nodes: Int
        /// Topics created before the run.
        public var topics: [Topic]

        /// A broker and the topics it starts with.
        public init(kind: String, release: String? = nil, nodes: Int = 1, topics: [Topic]) {
            self.kind = kind
            self.release = release
            self.nodes = nodes
            self.topics = topics
        }
    }

    /// A topic created before the run.
    public struct Topic: Codable, Sendable, Equatable {
        /// Topic name.
        public var name: String
        /// Number of partitions.
        public var partitions: Int
        /// Topic configuration, for example `message.timestamp.type`.
        public var config: [String: String]

        /// A topic to create.
        public init(name: String, partitions: Int, config: [String: String] = [:]) {
            self.name = name
            self.partitions = partitions
            self.config = config
        }
    }

    /// The records to send. Record ids run from 0 to `records - 1`.
    public struct Workload: Codable, Sendable, Equatable {
        /// Number of records.
        public var records: Int
        /// Offered rate; nil means as fast as the client takes them.
        public var rateRecordsPerS: Double?
        /// Size of each record's value.
        public var sizeBytes: Int

        /// A load of `records` records.
        public init(records: Int, rateRecordsPerS: Double?, sizeBytes: Int) {
            self.records = records
            self.rateRecordsPerS = rateRecordsPerS
            self.sizeBytes = sizeBytes
        }
    }

    /// The way to the brokers as it always is, from before the first packet.
    public struct Network: Codable, Sendable, Equatable {
        /// The profile that it began from; nil: none.
        public var profile: String?
        /// One line for people; empty where nothing is added to the machine's own way.
        public var summary: String
        /// What acts on packets all the time, `network-0`, `network-1`, …; each effect must show as a fault's must.
        public var ways: [Fault]
        /// The longest packet that both ends send, bytes.
        public var mtuBytes: Int
        /// TCP at both sides; nil in records that are older.
        public var tcp: TCPOfCell?

        /// The network of a cell.
        public init(
            profile: String? = nil, summary: String = "", ways: [Fault] = [], mtuBytes: Int = 1500,
            tcp: TCPOfCell? = nil
        ) {
            self.tcp = tcp
            self.profile = profile
            self.summary = summary
            self.ways = ways
            self.mtuBytes = mtuBytes
        }
    }

    /// What must show: the network's ways, then the faults.
    public var waysAndFaults: [Fault] { (network?.ways ?? []) + faults }

    /// True for what the fault log and the history know of the network and not of a fault.
    public static func isNetwork(_ fault: String) -> Bool { fault.hasPrefix("network-") }

    /// A configured fault, as the judge needs it: what must be visible on the wire or in the fault log.
    public struct Fault: Codable, Sendable, Equatable {
        /// `fault-0`, `fault-1`, … in file order; the key in the fault log.
        public var id: String
        /// One line for people, for example `loss 5%, brokerToClient, at 2s for 3s`.
        public var summary: String
        /// The kinds of effect configured, for example `["delay", "loss"]` or `["drop", "reset"]`. Each must show up.
        public var effects: [String]
        /// Start after time zero; nil for faults started by a message.
        public var atMs: Double?
        /// Length; nil means until the end.
        public var forMs: Double?
        /// True where a message starts it (`on:`); nil in records that are older.
        public var onMessage: Bool?
        /// The node it acts on; nil: every node, and in records that are older.
        public var node: Int?
        /// The direction it acts on; nil: both, and in records that are older.
        public var direction: Direction?
        /// Its constant numbers by name and unit: `delay_ms`, `jitter_ms`, `loss` and `duplicate` (0 to 1), `rate_bit_per_s`,
        /// `slow_append_ms`; nil in records that are older. A value that ramps is left out.
        public var values: [String: Double]?

        /// A fault whose every effect must show.
        public init(
            id: String, summary: String, effects: [String], atMs: Double? = nil, forMs: Double? = nil,
            direction: Direction? = nil, values: [String: Double]? = nil, onMessage: Bool? = nil
        ) {
            self.onMessage = onMessage
            self.direction = direction
            self.values = values
            self.id = id
            self.summary = summary
            self.effects = effects
            self.atMs = atMs
            self.forMs = forMs
        }
    }

    /// One thing that must hold, for example `duplicates > 0` or `survives = true`.
    public struct Expectation: Codable, Sendable, Equatable {
        /// A measure's name (`duplicates`, `ack_latency_ms.p99`, …) or `survives`.
        public var measure: String
        /// `==`, `!=`, `<`, `<=`, `>` or `>=`.
        public var comparison: String
        /// The number to compare with; for `survives` 1 or 0.
        public var value: Double
        /// Line of the scenario file that states it.
        public var line: Int
        /// The expectation as written, for example `duplicates: "> 0"`.
        public var text: String

        /// An expectation as it stands at `line` of the scenario file.
        public init(measure: String, comparison: String, value: Double, line: Int, text: String) {
            self.measure = measure
            self.comparison = comparison
            self.value = value
            self.line = line
            self.text = text
        }
    }

    /// A description of everything a judge needs to know about the cell.
    public init(
        scenario: String, claim: String, file: String, id: String, parameters: [String: String], seed: UInt64,
        producer: Producer, broker: Broker, workload: Workload, faults: [Fault], expectations: [Expectation],
        recoveryTimeMs: Double, network: Network? = nil
    ) {
        self.network = network
        self.scenario = scenario
        self.claim = claim
        self.file = file
        self.id = id
        self.parameters = parameters
        self.seed = seed
        self.producer = producer
        self.broker = broker
        self.workload = workload
        self.faults = faults
        self.expectations = expectations
        self.recoveryTimeMs = recoveryTimeMs
    }
}
