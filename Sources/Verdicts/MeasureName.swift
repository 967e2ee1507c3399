import EvidenceModel

/// The measures that an expectation may name.
enum MeasureName {
    /// Name of the expectation that is no number.
    static let survives = "survives"
    /// Name of the expectation that the client refuses its configuration.
    static let refused = "refused"

    /// Names and how each is read. `error_codes.N` stands beside them for every code,
    /// `fetched_records.N` and `fetch_errors.N` for every Fetch version.
    static let readers: [(name: String, read: @Sendable (Measures) -> Double?)] = [
        ("sent", { Double($0.sent) }),
        ("acked", { Double($0.acked) }),
        ("failed", { Double($0.failed) }),
        ("lost", { $0.lost.map(Double.init) }),
        ("duplicates", { $0.duplicates.map(Double.init) }),
        ("reordered", { $0.reordered.map(Double.init) }),
        ("sequence_errors", { $0.sequenceErrors.map(Double.init) }),
        ("retried_batches", { $0.retriedBatches.map(Double.init) }),
        ("deduplicated_batches", { $0.deduplicatedBatches.map(Double.init) }),
        ("throughput_records_per_s", { $0.throughputRecordsPerS }),
        ("ack_latency_ms.p50", { $0.ackLatencyMs?.p50 }),
        ("ack_latency_ms.p99", { $0.ackLatencyMs?.p99 }),
        ("ack_latency_ms.max", { $0.ackLatencyMs?.max }),
        ("ack_latency_from_send_ms.p50", { $0.ackLatencyFromSendMs?.p50 }),
        ("ack_latency_from_send_ms.p99", { $0.ackLatencyFromSendMs?.p99 }),
        ("ack_latency_from_send_ms.max", { $0.ackLatencyFromSendMs?.max }),
        ("recovery_ms", { $0.recoveryMs }),
    ]

    /// The measured value of `name`; nil when it could not be measured or does not exist.
    static func value(_ name: String, _ measures: Measures) -> Double? {
        if let reader = readers.first(where: { $0.name == name }) { return reader.read(measures) }
        if name.hasPrefix(fetchedRecordsPrefix) {
            return measures.fetchedRecords?[String(name.dropFirst(fetchedRecordsPrefix.count))].map(Double.init)
        }
        if name.hasPrefix(fetchErrorsPrefix) {
            return measures.fetchErrors?[String(name.dropFirst(fetchErrorsPrefix.count))].map(Double.init)
        }
        guard name.hasPrefix(errorCodePrefix), let codes = measures.errorCodes else { return nil }
        return Double(codes[String(name.dropFirst(errorCodePrefix.count))] ?? 0)
    }

    /// Measures whose value counts things that were seen: doubt can only mean that there were more.
    static func isCountOfThingsSeen(_ name: String) -> Bool {
        ["duplicates", "sequence_errors", "failed", "retried_batches", "deduplicated_batches"].contains(name)
            || name.hasPrefix(errorCodePrefix)
    }

    /// Prefix of the counts of answers by error code.
    static let errorCodePrefix = "error_codes."
    /// Prefix of the records that a consumer with a Fetch version got.
    static let fetchedRecordsPrefix = "fetched_records."
    /// Prefix of the error that such a consumer was answered.
    static let fetchErrorsPrefix = "fetch_errors."
}
