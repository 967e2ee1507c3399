extension Cause {
    /// The retries were used up while the trouble lasted.
    static let retriesTooFew = Cause(
        id: "retries-too-few",
        says: "The retries were used up while the trouble lasted.",
        effect: .loss,
        needs: [
            Rule(.hints, "retries is a small number") { $0.isSet("retries", in: 1...100) }
        ],
        rules: [
            Rule(.strong, "records failed with a lost connection or their last try") {
                $0.saw(.transportFailure, .noRetriesLeft)
            },
            Rule(.excludes, "nothing failed in the end") { $0.nothingFailed },
            Rule(.doubts, " records ran out of time first") { $0.saw(.expired) },
        ],
        follows: [
            "sequence-gap-after-expiry", "librdkafka-desync-before-2.3", "broker-unreachable", "sasl-mismatch",
            "tls-mismatch", "not-enough-replicas", "leader-churn", "broker-restart",
        ],
        changes: { _ in
            [Change("retries", nil, "leave it at its default (2147483647); the delivery timeout bounds the time")]
        },
        folk: [
            inFlightOne, acksAll, idempotenceOn, requestTimeout60,
        ],
        check: "A record that failed with a lost connection may have been written.",
        proof: .incident)
}
