extension Cause {
    /// Requests in flight times batch over round trip is the limit: the client waits for answers.
    static let pipeliningLimit = Cause(
        id: "pipelining-limit",
        says: "Requests in flight times batch over round trip is the limit: the client waits for "
            + "answers.",
        effect: .delay,
        needs: [
            Rule(.supports, "one request in flight") { $0.isSet("max.in.flight.requests.per.connection", "1") }
        ],
        rules: [
            Rule(.strong, "the client's queue grows while answers take a round trip") { file in
                file.measure("record-queue-time-avg").flatMap { $0.last > 300 ? [$0.evidence] : nil }
            },
            Rule(.supports, "somebody calls it slow") { $0.complains(.slow) },
            Rule(.doubts, " no sign of slowness") { file in
                when(
                    file.measure("record-queue-time-avg").map { $0.last <= 300 } ?? true && file.complains(.slow) == nil
                )
            },
            Rule(.doubts, " records were refused or given up") {
                $0.saw(.expired, .fatalDesync, .fatalRewound, .produceTimedOut)
            },
        ],
        changes: { _ in
            [
                Change("max.in.flight.requests.per.connection", "5", "idempotence keeps the order with five"),
                Change("enable.idempotence", "true", "or five in flight can change the order"),
            ]
        },
        cost: "none; 1 costs 19911 to 3240 records/s (docs/claims.md, max-in-flight-cost)",
        folk: [
            FolkFix("buffer.memory higher", "the queue only gets longer"), requestTimeout60,
            FolkFix("send.buffer.bytes higher", "TCP is not what waits"), acksOne,
        ],
        check: "Nothing is lost unless records ran out of time.",
        proof: .scenario("Scenarios/capacity/in-flight-over-rtt.yaml"))
}
