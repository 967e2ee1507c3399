/// The records to send: section `workload`.
public struct WorkloadSpec: Sendable, Equatable {
    /// Number of records.
    public var records: Int
    /// Offered rate in records per second; nil: as fast as the client takes them.
    public var rate: Double?
    /// Size of each record's value in bytes; 16 at least, because a record carries its id.
    public var size: Int
    /// Who chooses the partition.
    public var partitioner: Partitioner
    /// Fetch versions that the log is read with at the end, as consumers of that age read it.
    public var fetch: [Int]

    /// Who chooses the partition.
    public enum Partitioner: String, Sendable, CaseIterable {
        /// The harness: record by record in turn.
        case roundRobin = "round-robin"
        /// The client's own partitioner.
        case client
    }

    /// 10,000 records of 100 B at 2000/s.
    public init(
        records: Int = 10_000, rate: Double? = 2000, size: Int = 100, partitioner: Partitioner = .roundRobin,
        fetch: [Int] = []
    ) {
        self.records = records
        self.rate = rate
        self.size = size
        self.partitioner = partitioner
        self.fetch = fetch
    }

    /// Time from the first to the last record at the offered rate; nil without a rate.
    public var length: Duration? {
        rate.map { .microseconds(Int64((Double(records) / $0 * 1_000_000).rounded())) }
    }

    static let keys = ["records", "rate", "size", "partitioner", "fetch"]

    /// Decodes the section. What cannot be decoded keeps its default and is noted.
    init(_ value: ScenarioValue?, errors: inout ErrorCollector) {
        self.init()
        guard let value else { return }
        errors.attempt { try value.requireKnownKeys(Self.keys) }
        if let recordsValue = value["records"] {
            records = errors.attempt { try recordsValue.count(in: 1...100_000_000) } ?? records
        }
        if let rateValue = value["rate"] {
            if case .scalar(let scalar) = rateValue.content, scalar.text == "unlimited" {
                rate = nil
            } else {
                rate = errors.attempt { try rateValue.recordRate() }
            }
        }
        if let sizeValue = value["size"] {
            size = errors.attempt { try sizeValue.byteCount(in: 16...10_485_760) } ?? size
        }
        if let partitionerValue = value["partitioner"] {
            let word = errors.attempt { try partitionerValue.choice(of: Partitioner.allCases.map(\.rawValue)) }
            partitioner = word.flatMap(Partitioner.init) ?? partitioner
        }
        if let fetchValue = value["fetch"], let versions = errors.attempt({ try fetchValue.sequence() }) {
            fetch = versions.compactMap { version in errors.attempt { try version.count(in: 0...17) } }
        }
    }
}
