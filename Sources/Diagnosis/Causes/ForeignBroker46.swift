extension Cause {
    /// The broker answers a duplicate with 46, which Apache Kafka 1.0.2 or later never does; the ….
    static let foreignBroker46 = Cause(
        id: "foreign-broker-46",
        says: "The broker answers a duplicate with 46, which Apache Kafka 1.0.2 or later never "
            + "does; the client takes it for success.",
        effect: .none,
        rules: [
            Rule(.decides, "error 46 DUPLICATE_SEQUENCE_NUMBER") {
                $0.found("foreign_46") ?? $0.answered(46) ?? $0.saw(.duplicateSequence)
            }
        ],
        steps: [
            "Nothing in the producer. Apache Kafka 1.0.2 or later answers such a retry with "
                + "success; ask what the platform runs."
        ],
        folk: [
            idempotenceOn, acksAll, inFlightOne, delivery120, requestTimeout60,
            FolkFix("message.downconversion.enable=true", "it is about Fetch v0 to v3"),
        ],
        check: "The batch that got 46 is in the log, once.",
        releases: "brokers that are not Apache Kafka, and Apache Kafka 1.0.0 and 1.0.1",
        proof: .scenario("Scenarios/causes/max-in-flight.yaml"))
}
