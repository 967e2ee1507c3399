extension Cause {
    /// kafka-python 3.0 dropped its producer id after records expired and never asked for another; ….
    static let clientStalledAfterReset = Cause(
        id: "client-stalled-after-reset",
        says: "kafka-python 3.0 dropped its producer id after records expired and never asked for "
            + "another; whatever is sent then waits for ever.",
        effect: .loss,
        rules: [
            Rule(.decides, "the producer id went to -1, and no other one came") { $0.droppedProducerID },
            Rule(.hints, "flush() never ended") { $0.saw(.waitedForEver) },
        ],
        changes: { _ in
            [Change("delivery.timeout.ms", "120000", "the default, so that nothing expires in an outage")]
        },
        steps: ["enable_idempotence=False, or a new producer after an expiry."],
        folk: [
            moreRetries, inFlightOne, acksAll, requestTimeout60,
        ],
        check: "Everything sent after the line above is missing, and most of it was never reported "
            + "as failed.",
        releases: "kafka-python 3.0",
        proof: .incident)
}
