extension Cause {
    /// An answer was lost or late, the client sent the batch again, and without a producer id the ….
    static let idempotenceOff = Cause(
        id: "idempotence-off",
        says: "An answer was lost or late, the client sent the batch again, and without a producer "
            + "id the broker wrote it twice.",
        effect: .duplicates,
        needs: [
            Rule(.hints, "the producer is not idempotent") { $0.notIdempotent }
        ],
        rules: [
            Rule(.strong, "requests were sent again after an unknown outcome") { $0.retriedWithUnknownOutcome },
            Rule(.strong, "the same records were on the wire twice, without a producer id") { file in
                file.found("records_sent_again") ?? file.resentWithoutID
            },
            Rule(.supports, "requests lost their connection before an answer came") { file in
                when(file.client == .librdkafka, file.saw(.disconnected, .produceTimedOut))
            },
            Rule(.supports, "what became of batches is unknown on the wire") { $0.found("outcome_unknown") },
            Rule(.supports, "somebody sees records twice") { $0.complains(.duplicates) },
            Rule(.supports, "settings alone: nothing protects a retry") { when($0.hasNoEvents) },
            Rule(.hints, "idempotence is switched off by hand") { $0.isSet("enable.idempotence", "false") },
            Rule(.excludes, "acks=0: there is no answer to miss") { when($0.acks == "0") },
            Rule(.excludes, "retries=0: nothing is sent again") { when($0.setting("retries")?.number == 0) },
        ],
        follows: [
            "request-timeout-too-low", "in-flight-reordering", "invalid-timestamp", "application-resend",
            "config-conflict", "not-enough-replicas", "retries-too-few",
        ],
        changes: { file in
            file.acks == "all"
                ? [Change("enable.idempotence", "true", "the broker then recognises the retry")]
                : [
                    Change("acks", "all", "idempotence needs it"),
                    Change("enable.idempotence", "true", "the broker then recognises the retry"),
                ]
        },
        cost: "none that could be measured (docs/claims.md, idempotence-cost)",
        folk: [
            inFlightOne, FolkFix("acks=all alone", "the copy is written as safely as the first one"), requestTimeout60,
            delivery120, FolkFix("retries=0", "trades duplicates for records given up although they were written"),
        ],
        check: "Read the topic back and look for the same key and value at two offsets around the "
            + "times above.",
        releases: "librdkafka, aiokafka: off by default; kafka-clients: before 3.0.1, or with acks=0 or "
            + "1; kafka-python: before 3.0",
        proof: .scenario("Scenarios/causes/idempotence-disabled.yaml"))
}
