extension Cause {
    /// A restarted broker knows the last batch of each producer only; the retries of the ones before ….
    static let brokerForgotWindow = Cause(
        id: "broker-forgot-window",
        says: "A restarted broker knows the last batch of each producer only; the retries of the "
            + "ones before it are refused with 45.",
        effect: .refused,
        needs: [
            Rule(.hints, "the retry of a written batch was refused with 45") { $0.refusedWrittenRetry }
        ],
        rules: [
            Rule(.supports, "written batches, refused") { $0.wire(\.refusedRetries) },
            Rule(.strong, "a fatal sequence error") { $0.saw(.fatalDesync, .fatalRewound) },
            Rule(.supports, "brokers were restarted at that time") { $0.sawRestart },
            Rule(.hints, "the brokers remember five batches unless they restart") { file in
                file.brokerRelease.flatMap { $0.release >= ReleaseNumber(1, 0) ? [$0.evidence] : nil }
            },
            Rule(.excludes, "the brokers are of 0.11") { file in
                when(file.brokerRelease.map { $0.release < ReleaseNumber(1, 0) } ?? false)
            },
        ],
        lookAlikes: ["broker-window-of-one", "librdkafka-desync-before-2.3"],
        decidedBy: "the brokers' release (kafka-broker-api-versions.sh --bootstrap-server HOST:PORT | "
            + "grep Produce; 0 to 3 is 0.11) and their restarts at that time (server.log: \"Kafka "
            + "Server started\")",
        changes: { _ in
            [
                Change(
                    "max.in.flight.requests.per.connection", "1",
                    "the snapshot that a broker starts from knows the last batch")
            ]
        },
        steps: [
            "librdkafka: make a new producer after the fatal error; the batches in flight were "
                + "written, so look before sending them again. kafka-clients goes on under a new epoch "
                + "and writes them twice."
        ],
        cost: "max.in.flight=1: 19911 to 3240 records/s (docs/claims.md, max-in-flight-cost)",
        folk: [
            idempotenceOn, delivery120, requestTimeout60, acksAll,
            FolkFix("librdkafka 2.3 or later", "this end is the same in every release; only the message differs"),
        ],
        check: "Read back the records of the batches above: they are there once; with kafka-clients "
            + "twice, under two epochs.",
        releases: "every broker since 1.0",
        proof: .scenario("Scenarios/incidents/restart-forgets-window.yaml"))
}
