extension Cause {
    /// librdkafka before 2.3.0 went past a batch that it had given up and that was never written; the ….
    static let librdkafkaDesyncBefore23 = Cause(
        id: "librdkafka-desync-before-2.3",
        says: "librdkafka before 2.3.0 went past a batch that it had given up and that was never "
            + "written; the next one left a gap, and the producer died of the 45.",
        effect: .refused,
        needs: [
            Rule(.strong, "a fatal \"sequence desynchronization\"") { $0.saw(.fatalDesync) }
        ],
        rules: [
            Rule(.strong, "librdkafka is older than 2.3.0") { file in
                when(file.client == .librdkafka && (file.clientRelease.map { $0 < ReleaseNumber(2, 3) } ?? false))
            },
            Rule(.hints, "a batch was refused with 45 behind one that nobody answered") { $0.wire(\.gaps) },
            Rule(.hints, "records were given up before it") { $0.saw(.transportFailure, .expired) },
            Rule(.excludes, "from 2.3.0 on this text is never a gap") { file in
                when(file.clientRelease.map { $0 >= ReleaseNumber(2, 3) } ?? false)
            },
            Rule(.excludes, "written batches were refused") { $0.wire(\.refusedRetries) },
        ],
        lookAlikes: ["broker-forgot-window", "broker-window-of-one"],
        decidedBy: "the release of librdkafka: python -c \"import confluent_kafka as c; "
            + "print(c.libversion())\"; from 2.3.0 on the text never means a gap",
        changes: { _ in
            [Change("retries", nil, "at its default nothing is given up at a lost connection")]
        },
        steps: ["librdkafka 2.3.0 or later (confluent-kafka 2.3.0): it heals the gap under a new epoch."],
        folk: [
            inFlightOne, acksAll, delivery120,
            FolkFix(
                "security.protocol",
                "\"might require SASL authentication\" is a guess of old releases at any disconnect"),
        ],
        check: "The batch before the one that is named is in no log; nothing is twice.",
        releases: "librdkafka before 2.3.0",
        proof: .scenario("Scenarios/incidents/unpersisted-batch.yaml"))
}
