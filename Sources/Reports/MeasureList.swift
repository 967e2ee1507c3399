import EvidenceModel

/// The numbers of a cell by name, for lists and comparisons.
enum MeasureList {
    /// Which way a measure gets worse.
    enum Worse {
        /// Any rise of a count is worse.
        case moreIsBroken
        /// A rise is worse.
        case higher
        /// A fall is worse.
        case lower
        /// Neither way.
        case neither
    }

    /// Every measure: its name, which way is worse, and how it is read.
    static let all: [(name: String, worse: Worse, read: @Sendable (Measures) -> Double?)] = [
        ("sent", .neither, { Double($0.sent) }),
        ("acked", .neither, { Double($0.acked) }),
        ("failed", .moreIsBroken, { Double($0.failed) }),
        ("lost", .moreIsBroken, { $0.lost.map(Double.init) }),
        ("duplicates", .moreIsBroken, { $0.duplicates.map(Double.init) }),
        ("reordered", .moreIsBroken, { $0.reordered.map(Double.init) }),
        ("sequence_errors", .moreIsBroken, { $0.sequenceErrors.map(Double.init) }),
        ("retried_batches", .neither, { $0.retriedBatches.map(Double.init) }),
        ("deduplicated_batches", .neither, { $0.deduplicatedBatches.map(Double.init) }),
        ("throughput_records_per_s", .lower, { $0.throughputRecordsPerS }),
        ("ack_latency_ms.p50", .higher, { $0.ackLatencyMs?.p50 }),
        ("ack_latency_ms.p99", .higher, { $0.ackLatencyMs?.p99 }),
        ("ack_latency_ms.max", .neither, { $0.ackLatencyMs?.max }),
        ("ack_latency_from_send_ms.p50", .neither, { $0.ackLatencyFromSendMs?.p50 }),
        ("ack_latency_from_send_ms.p99", .neither, { $0.ackLatencyFromSendMs?.p99 }),
        ("ack_latency_from_send_ms.max", .neither, { $0.ackLatencyFromSendMs?.max }),
        ("recovery_ms", .higher, { $0.recoveryMs }),
    ]

    /// The measures that have a value.
    static func values(_ measures: Measures) -> [(name: String, value: Double)] {
        all.compactMap { entry in entry.read(measures).map { (entry.name, $0) } }
    }
}
