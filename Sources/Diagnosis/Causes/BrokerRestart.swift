extension Cause {
    /// The broker was down for a while: connections were refused, then all was well.
    static let brokerRestart = Cause(
        id: "broker-restart",
        says: "The broker was down for a while: connections were refused, then all was well.",
        effect: .delay,
        rules: [
            Rule(.decides, "the broker's log shows its stop and its start") { file in
                both(file.saw(.brokerStopped), file.saw(.brokerStarted))
            },
            Rule(.strong, "connections were refused for seconds while requests waited") { $0.refusedForSeconds },
            Rule(.hints, "somebody speaks of a restart") { $0.complains(.restart) },
            Rule(.excludes, "nothing was ever delivered") { file in
                when(file.delivered == 0 && file.saw(.brokerStarted) == nil)
            },
            Rule(
                .doubts,
                "one node after the other, and nothing failed: a rolling restart that the client "
                    + "followed"
            ) { $0.rollingRestart },
            Rule(.doubts, " other nodes carried on, and nothing was sent again") { file in
                when(file.sawNone(.produceRetried, .expired, .nodeNotReady), file.nothingFailed)
            },
        ],
        follows: [
            "broker-forgot-window", "broker-window-of-one", "advertised-listener-unreachable", "not-enough-replicas",
            "idempotence-off",
        ],
        changes: { file in
            (file.setting("delivery.timeout.ms")?.number ?? 120_000) < 120_000 && file.record(.expired) != nil
                ? [Change("delivery.timeout.ms", "120000", "longer than a restart")] : []
        },
        steps: [
            "Nothing in the producer where all was delivered afterwards. With replicas elsewhere "
                + "and leaders moved first, a restart is no outage."
        ],
        folk: [
            inFlightOne, acksOne, requestTimeout60, FolkFix("firewall rules", "a firewall that drops gives no refusal"),
            idempotenceOn,
        ],
        check: "Records that ran out of time in the restart are missing; the others came late.",
        proof: .scenario("Scenarios/faults/refuse.yaml"))
}
