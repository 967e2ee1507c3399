extension Cause {
    /// Retention deleted a producer's last record, and a broker before 2.4 forgot the producer with it.
    static let retentionForgetsProducer = Cause(
        id: "retention-forgets-producer",
        says: "Retention deleted a producer's last record, and a broker before 2.4 forgot the "
            + "producer with it.",
        effect: .refused,
        rules: [
            Rule(.strong, "59, and a short retention") { file in
                both(
                    file.saw(.unknownProducerID) ?? file.answered(59),
                    file.brokerSetting("retention.ms").flatMap {
                        ($0.number ?? 1 << 40) < 3_600_000 ? [$0.evidence] : nil
                    })
            }
        ],
        follows: ["unknown-producer-id-old-broker"],
        steps: ["Brokers of 2.5 or later; until then a retention longer than the longest pause."],
        folk: [
            moreRetries, inFlightOne, acksAll,
        ],
        check: "What failed was not written.",
        releases: "Apache Kafka 0.11 to 2.3",
        proof: .scenario("Scenarios/incidents/retention-forgets-producer.yaml"))
}
