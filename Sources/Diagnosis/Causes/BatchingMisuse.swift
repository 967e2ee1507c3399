extension Cause {
    /// One record in a request: the application flushes or waits after every send.
    static let batchingMisuse = Cause(
        id: "batching-misuse",
        says: "One record in a request: the application flushes or waits after every send.",
        effect: .delay,
        rules: [
            Rule(.strong, "the source waits for each record") { file in
                file.sources.compactMap(\.waitsForEach).first.map { [$0] }
            },
            Rule(.strong, "the client's own measure: one record in a request") { file in
                file.measure("records-per-request-avg").flatMap {
                    $0.last < 1.5 && (file.measure("record-queue-time-avg")?.last ?? 0) < 100 ? [$0.evidence] : nil
                }
            },
            Rule(.supports, "on the wire: one record in a request") { file in
                file.wires.first { $0.batches > 50 && $0.recordsPerBatch < 1.2 && file.complains(.slow) != nil }.map {
                    [Evidence(source: $0.file, text: "one record in each of \($0.batches) batches")]
                }
            },
            Rule(.supports, "somebody calls it slow") { $0.complains(.slow) },
            Rule(.excludes, "records were refused") { $0.saw(.fatalDesync, .fatalRewound) },
        ],
        follows: ["socket-buffer-too-small"],
        changes: { _ in
            [Change("linger.ms", "20", "records then leave together")]
        },
        steps: [
            "Flush once at the end, or every few thousand records, and look at the futures or "
                + "callbacks instead of waiting for each."
        ],
        folk: [
            FolkFix("batch.size higher", "a flush sends what there is: one record"),
            FolkFix(
                "max.in.flight.requests.per.connection higher", "one request is in flight, the caller waits for it"),
            FolkFix("compression.type", "one record compresses badly"), acksOne, requestTimeout60,
        ],
        check: "Nothing is lost.",
        proof: .incident)
}
