extension Cause {
    /// A broker before 2.5 forgot an idle producer and refuses its next batch with 59.
    static let unknownProducerIdOldBroker = Cause(
        id: "unknown-producer-id-old-broker",
        says: "A broker before 2.5 forgot an idle producer and refuses its next batch with 59.",
        effect: .loss,
        rules: [
            Rule(.decides, "the broker answered 59 UNKNOWN_PRODUCER_ID") {
                $0.saw(.unknownProducerID) ?? $0.answered(59)
            },
            Rule(.hints, "after a pause") { $0.complains(.idle) },
            Rule(.hints, "the brokers are older than 2.5") { file in
                file.brokerRelease.flatMap { $0.release < ReleaseNumber(2, 5) ? [$0.evidence] : nil }
            },
        ],
        steps: [
            "Brokers of 2.5 or later take any sequence from a producer they do not know (KIP-360).",
            "Until then raise the broker's transactional.id.expiration.ms (before 3.4 it governs "
                + "how long a producer id is remembered) above the longest pause, or make a new "
                + "producer after a pause, or write a heartbeat record.",
        ],
        folk: [
            moreRetries, inFlightOne, acksAll, requestTimeout60,
        ],
        check: "What failed was not written; records before the pause are all there.",
        releases: "Apache Kafka 1.0 to 2.4",
        proof: .scenario("Scenarios/incidents/state-expiry.yaml"))
}
