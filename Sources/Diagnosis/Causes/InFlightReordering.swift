extension Cause {
    /// Several requests are in flight, one is refused and sent again behind the others, and without ….
    static let inFlightReordering = Cause(
        id: "in-flight-reordering",
        says: "Several requests are in flight, one is refused and sent again behind the others, and "
            + "without idempotence nothing keeps the order.",
        effect: .reordering,
        needs: [
            Rule(.hints, "the producer is not idempotent") { $0.notIdempotent }
        ],
        rules: [
            Rule(.strong, "a refused request was sent again while others were in flight") { file in
                when(file.inFlight > 1, both(file.saw(.produceRetried), file.saw(.notLeader)))
            },
            Rule(.strong, "somebody sees records in another order") { $0.complains(.order) },
            Rule(.supports, "settings alone: retries with several in flight") {
                when($0.hasNoEvents && $0.inFlight > 1 && $0.retries > 0 && $0.retries < 1_000)
            },
            Rule(.excludes, "one request in flight") { when($0.inFlight <= 1) },
            Rule(.excludes, "nothing is sent again") { when($0.retries == 0 || $0.acks == "0") },
            Rule(.doubts, " requests ran out of time: copies are the greater trouble") { $0.saw(.produceTimedOut) },
        ],
        follows: ["application-resend"],
        changes: { _ in
            [Change("enable.idempotence", "true", "it keeps the order with five in flight")]
        },
        cost: "none that could be measured (docs/claims.md, idempotence-cost)",
        folk: [
            acksAll, moreRetries,
            FolkFix("request.timeout.ms or delivery.timeout.ms higher", "a refusal is answered at once"),
            FolkFix(
                "max.in.flight.requests.per.connection=1",
                "keeps the order, at one request per round trip; idempotence keeps it for nothing"),
        ],
        check: "Read each partition back and compare the order with the application's own numbers.",
        releases: "every client without idempotence and with more than one request in flight",
        proof: .scenario("Scenarios/clients/without-idempotence.yaml"))
}
