/// The numbers of a cell. Nil: could not be measured.
public struct Measures: Codable, Sendable, Equatable {
    /// Records handed to the client.
    public var sent = 0
    /// Records the client reported delivered.
    public var acked = 0
    /// Records the client reported failed, and those that it still had when a fatal error ended it; of a program that says
    /// that it gave records up, the numbered records that are not in the log.
    public var failed = 0
    /// Acknowledged records that the log does not hold.
    public var lost: Int?
    /// Extra copies of records in the log.
    public var duplicates: Int?
    /// Records whose first copy stands before that of an earlier record of the same partition.
    public var reordered: Int?
    /// Partition answers with 45, 46, 47 or 59, and fatal errors of the client.
    public var sequenceErrors: Int?
    /// Batches sent more than once, and batches that carry records of an earlier one again.
    public var retriedBatches: Int?
    /// Batches that the broker recognised as duplicates.
    public var deduplicatedBatches: Int?
    /// Acknowledged records by the time from first send to last report.
    public var throughputRecordsPerS: Double?
    /// From the time a record was due to the report: a client that takes no records for a while hides nothing. A record
    /// of a load without a rate is due when it is handed over.
    public var ackLatencyMs: Latency?
    /// From the send call to the report: what the client itself took, without the time that records waited for it.
    public var ackLatencyFromSendMs: Latency?
    /// From the end of the first fault until throughput is back; nil without a fault.
    public var recoveryMs: Double?
    /// Wire answers by error code, of the client-side captures joined with the broker's.
    public var errorCodes: [String: Int]?
    /// Records that a consumer got which are as the log holds them, by the Fetch version that it used.
    public var fetchedRecords: [String: Int]?
    /// The first error code that such a consumer was answered, 0 for none, by the Fetch version.
    public var fetchErrors: [String: Int]?

    /// Percentiles of a latency.
    public struct Latency: Codable, Sendable, Equatable {
        /// Median, milliseconds.
        public var p50: Double
        /// 99th percentile, milliseconds.
        public var p99: Double
        /// Largest, milliseconds.
        public var max: Double

        /// Percentiles in milliseconds.
        public init(p50: Double, p99: Double, max: Double) {
            self.p50 = p50
            self.p99 = p99
            self.max = max
        }
    }

    /// Measures of a cell of which nothing is known.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case sent, acked, failed, lost, duplicates, reordered
        case sequenceErrors = "sequence_errors"
        case retriedBatches = "retried_batches"
        case deduplicatedBatches = "deduplicated_batches"
        case throughputRecordsPerS = "throughput_records_per_s"
        case ackLatencyMs = "ack_latency_ms"
        case ackLatencyFromSendMs = "ack_latency_from_send_ms"
        case recoveryMs = "recovery_ms"
        case errorCodes = "error_codes"
        case fetchedRecords = "fetched_records"
        case fetchErrors = "fetch_errors"
    }
}

/// One number of a cell by its name: what scenario files expect, reports list and comparisons compare.
public struct Measure: Sendable {
    /// Its name in scenario files, reports and baselines.
    public let name: String
    /// Which way it gets worse.
    public let worse: Worse
    /// True for a count of things that were seen: doubt can only mean that there were more.
    public let isCountOfThingsSeen: Bool
    /// How it is read from the measures; nil where it could not be measured.
    public let read: @Sendable (Measures) -> Double?

    /// Which way a measure gets worse.
    public enum Worse: Sendable {
        /// Any rise of a count is worse.
        case moreIsBroken
        /// A rise is worse.
        case higher
        /// A fall is worse.
        case lower
        /// Neither way.
        case neither
    }

    private init(
        _ name: String, worse: Worse, countsWhatWasSeen: Bool = false,
        _ read: @escaping @Sendable (Measures) -> Double?
    ) {
        self.name = name
        self.worse = worse
        isCountOfThingsSeen = countsWhatWasSeen
        self.read = read
    }

    /// Every measure, in the order in which reports list them. A new one is its property above and its line here, and
    /// where Verdicts measures it.
    public static let all: [Measure] = [
        Measure("sent", worse: .neither) { Double($0.sent) },
        Measure("acked", worse: .neither) { Double($0.acked) },
        Measure("failed", worse: .moreIsBroken, countsWhatWasSeen: true) { Double($0.failed) },
        Measure("lost", worse: .moreIsBroken) { $0.lost.map(Double.init) },
        Measure("duplicates", worse: .moreIsBroken, countsWhatWasSeen: true) { $0.duplicates.map(Double.init) },
        Measure("reordered", worse: .moreIsBroken) { $0.reordered.map(Double.init) },
        Measure("sequence_errors", worse: .moreIsBroken, countsWhatWasSeen: true) {
            $0.sequenceErrors.map(Double.init)
        },
        Measure("retried_batches", worse: .neither, countsWhatWasSeen: true) { $0.retriedBatches.map(Double.init) },
        Measure("deduplicated_batches", worse: .neither, countsWhatWasSeen: true) {
            $0.deduplicatedBatches.map(Double.init)
        },
        Measure("throughput_records_per_s", worse: .lower) { $0.throughputRecordsPerS },
        Measure("ack_latency_ms.p50", worse: .higher) { $0.ackLatencyMs?.p50 },
        Measure("ack_latency_ms.p99", worse: .higher) { $0.ackLatencyMs?.p99 },
        Measure("ack_latency_ms.max", worse: .neither) { $0.ackLatencyMs?.max },
        Measure("ack_latency_from_send_ms.p50", worse: .neither) { $0.ackLatencyFromSendMs?.p50 },
        Measure("ack_latency_from_send_ms.p99", worse: .neither) { $0.ackLatencyFromSendMs?.p99 },
        Measure("ack_latency_from_send_ms.max", worse: .neither) { $0.ackLatencyFromSendMs?.max },
        Measure("recovery_ms", worse: .higher) { $0.recoveryMs },
    ]

    /// The measures that have a value.
    public static func values(_ measures: Measures) -> [(name: String, value: Double)] {
        all.compactMap { measure in measure.read(measures).map { (measure.name, $0) } }
    }

    /// The measure of a name, or of a member of a family.
    public static func named(_ name: String) -> Measure? {
        if let known = all.first(where: { $0.name == name }) { return known }
        return Family.all.first { name.hasPrefix($0.prefix) }.map { family in
            let member = String(name.dropFirst(family.prefix.count))
            return Measure(name, worse: .neither, countsWhatWasSeen: family.isCountOfThingsSeen) {
                family.read($0, member)
            }
        }
    }

    /// Measures that differ by a number at the end of their name.
    public struct Family: Sendable {
        /// The name up to and with the dot.
        public let prefix: String
        let isCountOfThingsSeen: Bool
        let read: @Sendable (_ measures: Measures, _ member: String) -> Double?

        /// Answers by error code; records, and the first error, that a consumer with a Fetch version got.
        public static let all: [Family] = [
            Family(prefix: errorCodes, isCountOfThingsSeen: true) { measures, code in
                measures.errorCodes.map { Double($0[code] ?? 0) }
            },
            Family(prefix: "fetched_records.", isCountOfThingsSeen: false) { measures, version in
                measures.fetchedRecords?[version].map(Double.init)
            },
            Family(prefix: "fetch_errors.", isCountOfThingsSeen: false) { measures, version in
                measures.fetchErrors?[version].map(Double.init)
            },
        ]

        /// Prefix of the counts of answers by error code.
        public static let errorCodes = "error_codes."
    }
}
