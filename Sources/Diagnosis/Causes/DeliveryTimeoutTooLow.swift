extension Cause {
    /// Records were given up in an outage that the default delivery timeout would have bridged.
    static let deliveryTimeoutTooLow = Cause(
        id: "delivery-timeout-too-low",
        says: "Records were given up in an outage that the default delivery timeout would have bridged.",
        effect: .loss,
        needs: [
            Rule(.supports, "records ran out of time") { $0.saw(.expired) ?? $0.raisedOwnEpoch }
        ],
        rules: [
            Rule(.strong, "aiokafka: request_timeout_ms is what a batch may take, and it is below its default") {
                file in
                when(file.client == .aiokafka, file.isSet("request.timeout.ms", in: 1...39_999))
            },
            Rule(.strong, "records were given up after less than the default, by the log") { file in
                when(file.setting("delivery.timeout.ms") == nil, file.expiredEarly)
            },
            Rule(.strong, "the delivery timeout is below its default") { file in
                file.isSet("delivery.timeout.ms", in: 1...(file.client == .librdkafka ? 299_999 : 119_999))
            },
            Rule(.hints, "it is below half a minute") { $0.isSet("delivery.timeout.ms", in: 1...29_999) },
            Rule(.supports, "the client raised its own epoch, and the old one's batch got 47") { $0.raisedOwnEpoch },
        ],
        follows: [
            "application-resend", "broker-restart", "idle-connection-dropped", "not-enough-replicas",
            "client-stalled-after-reset", "mtu-black-hole", "broker-unreachable", "advertised-listener-unreachable",
            "tls-mismatch", "tls-certificate-name", "sasl-mismatch", "sasl-credentials", "topic-missing",
            "bandwidth-cap", "packet-loss", "broker-paused", "sequence-gap-after-expiry", "dns-failure",
            "broker-not-listening", "new-topic-race", "quota-throttled", "socket-buffer-too-small", "pipelining-limit",
            "not-authorized", "broker-forgot-window",
        ],
        changes: { file in
            file.client == .aiokafka
                ? [Change("request.timeout.ms", "40000", "the default; aiokafka gives a batch up after it")]
                : [
                    Change(
                        "delivery.timeout.ms", file.client == .librdkafka ? "300000" : "120000",
                        "the default; it must be longer than the longest outage")
                ]
        },
        cost: "nothing while the network is well; in an outage records wait instead of failing",
        folk: [
            requestTimeout60, moreRetries, inFlightOne, idempotenceOn,
            FolkFix("a transactional.id", "nobody is fenced: after giving up the client raises its own epoch"),
        ],
        check: "A record that was given up may have been written: look for the first ones given up "
            + "in the topic.",
        proof: .scenario("Scenarios/causes/delayed-acks.yaml"))
}
