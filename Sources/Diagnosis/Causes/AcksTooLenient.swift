extension Cause {
    /// With acks=0 or acks=1 the client takes records for delivered that one machine, or nobody, has; ….
    static let acksTooLenient = Cause(
        id: "acks-too-lenient",
        says: "With acks=0 or acks=1 the client takes records for delivered that one machine, or "
            + "nobody, has; they go with it.",
        effect: .loss,
        needs: [
            Rule(.hints, "acks is 0 or 1") { file in
                when(file.acks == "0" || file.acks == "1", file.setting("acks").map { [$0.evidence] } ?? [])
            }
        ],
        rules: [
            Rule(.strong, "acks=0, and a connection was lost with whatever was on it") { file in
                when(file.acks == "0", file.saw(.disconnected, .connectRefused))
            },
            Rule(.supports, "acks=1, and the leader's connection was lost") { file in
                when(file.acks == "1", file.saw(.disconnected))
            },
            Rule(.hints, "the client reports that nothing failed") { $0.nothingFailed },
            Rule(.supports, "somebody misses records") { $0.complains(.loss, .crash) },
            Rule(.strong, "settings alone: the answer promises too little") {
                when($0.hasNoEvents && $0.setting("acks") != nil)
            },
            Rule(.hints, "the topic has replicas that acks=1 does not wait for") { file in
                when(file.topics.contains { ($0.replicationFactor ?? 1) > 1 })
            },
        ],
        follows: [
            "idempotence-off", "in-flight-reordering", "broker-restart", "config-conflict", "request-timeout-too-low",
        ],
        changes: { file in
            [Change("acks", "all", "an acknowledged record is then on every replica in sync")]
                + (file.client == .kafkaPython && (file.clientRelease.map { $0 < ReleaseNumber(2, 1) } ?? false)
                    ? [
                        Change("retries", "5", "the default of this release is 0"),
                        Change("max.in.flight.requests.per.connection", "1", "or retries change the order"),
                    ] : [Change("enable.idempotence", "true", "or its retries write records twice")])
        },
        cost: "acks=all: ack p99 813 ms to 1963 ms in the scenario's failover, no throughput lost "
            + "(docs/claims.md)",
        folk: [
            FolkFix(
                "retries or delivery.timeout.ms higher", "the records were taken for delivered, nothing is retried"),
            FolkFix("min.insync.replicas=2", "it counts for acks=all only"), inFlightOne, requestTimeout60,
        ],
        check: "Compare what the application counted as sent with the topic: the offsets are "
            + "continuous, records are missing.",
        proof: .scenario("Scenarios/causes/acks-too-lenient.yaml"))
}
