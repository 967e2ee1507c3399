extension Cause {
    /// The broker refuses the records themselves (87): no key on a compacted topic, or a batch that is ….
    static let invalidRecord = Cause(
        id: "invalid-record",
        says: "The broker refuses the records themselves (87): no key on a compacted topic, or a "
            + "batch that is not valid.",
        effect: .refused,
        rules: [
            Rule(.decides, "the broker answers 87 INVALID_RECORD") { $0.answered(87) },
            Rule(.supports, "the broker failed to validate the records") { $0.saw(.invalidRecord) },
            Rule(.supports, "the topic is compacted") { file in
                file.brokerSetting("cleanup.policy").flatMap { $0.value.contains("compact") ? [$0.evidence] : nil }
            },
        ],
        lookAlikes: ["invalid-timestamp"],
        decidedBy: "kafka-configs.sh --describe --entity-type topics --entity-name TOPIC "
            + "(cleanup.policy), and whether the records have keys",
        steps: ["Give every record of a compacted topic a key."],
        folk: [
            moreRetries, acksOne, idempotenceOn,
        ],
        check: "Nothing that was refused is in the log.",
        proof: .scenario("Scenarios/incidents/sequence-wrap.yaml"))
}
