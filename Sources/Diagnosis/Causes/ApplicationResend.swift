extension Cause {
    /// The application sends a record again whose send was reported as failed; to the producer that is ….
    static let applicationResend = Cause(
        id: "application-resend",
        says: "The application sends a record again whose send was reported as failed; to the "
            + "producer that is a new record, and the first one may have been written.",
        effect: .duplicates,
        rules: [
            Rule(.decides, "the application says that it sends again what failed") { $0.saw(.sentAgain) },
            Rule(.hints, "the producer is idempotent: its own retries are recognised") {
                when($0.isIdempotent == true)
            },
        ],
        changes: { file in
            (file.setting("delivery.timeout.ms")?.number ?? 120_000) < 120_000
                ? [
                    Change(
                        "delivery.timeout.ms", file.client == .librdkafka ? "300000" : "120000",
                        "the producer's own retries are recognised, the application's are not")
                ] : []
        },
        steps: [
            "Do not send a record again whose send failed with a timeout: it may have been "
                + "written. Let the producer retry, or let consumers recognise records by a key."
        ],
        folk: [
            idempotenceOn, inFlightOne, acksAll, moreRetries,
        ],
        check: "Look for the application's own record number at two offsets: the sequences differ, "
            + "so the broker saw two records.",
        proof: .incident)
}
