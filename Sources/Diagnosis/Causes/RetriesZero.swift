extension Cause {
    /// retries=0: what a second try would have delivered is given up.
    static let retriesZero = Cause(
        id: "retries-zero",
        says: "retries=0: what a second try would have delivered is given up.",
        effect: .loss,
        needs: [
            Rule(.hints, "nothing is retried") { file in
                when(file.retries == 0 && file.acks != "0", file.setting("retries").map { [$0.evidence] } ?? [])
            }
        ],
        rules: [
            Rule(.strong, "records failed with an error that a retry heals") {
                $0.saw(.transportFailure, .notLeader, .deliveryFailed, .noRetriesLeft)
            },
            Rule(.supports, "settings alone") { when($0.hasNoEvents && $0.setting("retries") != nil) },
            Rule(.excludes, "nothing failed in the end") { $0.nothingFailed },
            Rule(.supports, "somebody misses records") { $0.complains(.loss) },
            Rule(.supports, "connections were lost") { $0.saw(.disconnected) },
        ],
        follows: ["message-too-large", "topic-missing", "invalid-timestamp", "not-authorized"],
        changes: { _ in
            [
                Change("retries", nil, "leave it at its default (2147483647); the delivery timeout bounds the time"),
                Change("enable.idempotence", "true", "so that a retry is no copy"),
            ]
        },
        folk: [
            acksAll, inFlightOne, delivery120, requestTimeout60,
        ],
        check: "A record that failed with a lost connection may have been written.",
        proof: .synthetic)
}
