import FoundationEssentials

/// The `configure` line.
struct Configuration: Decodable {
    /// The protocol version this driver speaks.
    static let protocolVersion = 1
    /// The smallest value that can carry its id.
    static let minimumSizeBytes = 16

    var type: String
    var version: Int
    var bootstrap: String
    var config: [String: String]
    var topics: [Topic]
    var records: Int
    var rateRecordsPerS: Double?
    var sizeBytes: Int
    var partitioner: Partitioner?

    struct Topic: Decodable {
        var name: String
        var partitions: Int
    }

    /// Who chooses a record's partition.
    enum Partitioner: String, Decodable {
        /// The harness: partition `(id / topics) mod partitions`.
        case roundRobin = "round-robin"
        /// The client's own partitioner.
        case client
    }

    enum CodingKeys: String, CodingKey {
        case type, bootstrap, config, topics, records, partitioner
        case version = "protocol"
        case rateRecordsPerS = "rate_records_per_s"
        case sizeBytes = "size_bytes"
    }

    /// Reads and checks a `configure` line.
    ///
    /// - Throws: `DriverFailure` naming the field that is wrong.
    static func parse(_ line: [UInt8]) throws(DriverFailure) -> Configuration {
        let configuration: Configuration
        do {
            configuration = try JSONDecoder().decode(Configuration.self, from: Data(line))
        } catch {
            throw DriverFailure(name: "BAD_CONFIGURE", message: "cannot read the configure line: \(error)")
        }
        if let problem = configuration.problem {
            throw DriverFailure(name: "BAD_CONFIGURE", message: problem)
        }
        return configuration
    }

    private var problem: String? {
        if type != "configure" { return "the first line must be of type configure, not \(type)" }
        if version != Self.protocolVersion {
            return "this driver speaks protocol \(Self.protocolVersion), the harness asks for \(version)"
        }
        if topics.isEmpty { return "topics is empty: name at least one" }
        if let bad = topics.first(where: { $0.partitions < 1 || $0.partitions > Int(Int32.max) }) {
            return "topic \(bad.name) has \(bad.partitions) partitions: at least 1 is needed"
        }
        if records < 0 { return "records is \(records): it must not be negative" }
        if sizeBytes < Self.minimumSizeBytes || sizeBytes > 1 << 30 {
            return "size_bytes is \(sizeBytes): allowed are \(Self.minimumSizeBytes) to \(1 << 30)"
        }
        if let rate = rateRecordsPerS, !(rate > 0 && rate.isFinite) {
            return "rate_records_per_s is \(rate): it must be above 0, or null for as fast as possible"
        }
        return nil
    }
}

/// Why the driver cannot go on: becomes an `error` line with `fatal: true` and exit code 1.
struct DriverFailure: Error {
    /// The client's name for the error, or one of ours.
    var name: String
    /// The client's own words where there are any.
    var message: String
}
