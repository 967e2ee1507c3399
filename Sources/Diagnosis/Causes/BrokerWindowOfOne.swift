extension Cause {
    /// Brokers of 0.11 remember one batch for each producer; with more in flight, the retry of an ….
    static let brokerWindowOfOne = Cause(
        id: "broker-window-of-one",
        says: "Brokers of 0.11 remember one batch for each producer; with more in flight, the retry "
            + "of an older one is refused with 45.",
        effect: .refused,
        needs: [
            Rule(.hints, "the retry of a written batch was refused with 45") { $0.refusedWrittenRetry }
        ],
        rules: [
            Rule(.supports, "written batches, refused") { $0.wire(\.refusedRetries) },
            Rule(.strong, "a fatal sequence error") { $0.saw(.fatalDesync, .fatalRewound) },
            Rule(.strong, "the brokers are of 0.11") { file in
                file.brokerRelease.flatMap { $0.release < ReleaseNumber(1, 0) ? [$0.evidence] : nil }
            },
            Rule(.hints, "somebody speaks of an old cluster") { $0.complains(.oldBroker) },
            Rule(.excludes, "the brokers remember five batches") { file in
                when(file.brokerRelease.map { $0.release >= ReleaseNumber(1, 0) } ?? false)
            },
            Rule(.excludes, "one request in flight") { file in
                when(file.setting("max.in.flight.requests.per.connection")?.number == 1)
            },
            Rule(.doubts, " brokers were restarted") { $0.sawRestart },
        ],
        lookAlikes: ["broker-forgot-window", "librdkafka-desync-before-2.3"],
        decidedBy: "the brokers' release: kafka-broker-api-versions.sh --bootstrap-server HOST:PORT | "
            + "grep Produce (0 to 3: 0.11); and their restarts at that time (server.log: \"Kafka "
            + "Server started\")",
        changes: { _ in
            [Change("max.in.flight.requests.per.connection", "1", "the broker remembers the last batch")]
        },
        steps: ["Brokers of 1.0 or later remember five batches for each producer."],
        cost: "max.in.flight=1: 19911 to 3240 records/s (docs/claims.md, max-in-flight-cost)",
        folk: [
            delivery120, moreRetries, acksAll, requestTimeout60,
        ],
        check: "The batches that were refused are in the log, once: nothing is lost or twice unless "
            + "the application sends them again.",
        releases: "Apache Kafka 0.11",
        proof: .scenario("Scenarios/incidents/window-of-one.yaml"))
}
