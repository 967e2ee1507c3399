extension Cause {
    /// A batch was given up and never written; what follows it was refused with 45 and sent again ….
    static let sequenceGapAfterExpiry = Cause(
        id: "sequence-gap-after-expiry",
        says: "A batch was given up and never written; what follows it was refused with 45 and sent "
            + "again under a new epoch.",
        effect: .loss,
        rules: [
            Rule(.strong, "a batch was refused with 45 behind one that nobody answered") { $0.wire(\.gaps) },
            Rule(.strong, "records were given up, then a sequence error") { file in
                when(!file.hasCapture, both(file.saw(.expired, .transportFailure), file.saw(.outOfOrder)))
            },
            Rule(.supports, "the client went on under a new epoch") { $0.found("epoch_bump") ?? $0.saw(.epochBumped) },
            Rule(.hints, "records were given up") { $0.saw(.expired, .transportFailure) },
            Rule(.excludes, "the client ended with a fatal error") { $0.saw(.fatalDesync, .fatalRewound) },
            Rule(.excludes, "an answer 47 and no 45: the client raised its own epoch") { file in
                when(file.answered(45) == nil && file.sawNone(.outOfOrder))
            },
        ],
        follows: ["new-topic-race"],
        changes: { file in
            (file.setting("retries")?.number ?? 1_000) < 100
                ? [Change("retries", "2147483647", "the default; the delivery timeout bounds the time")]
                : [
                    Change(
                        "delivery.timeout.ms", file.client == .librdkafka ? "300000" : "120000",
                        "the default, so that nothing is given up in an outage")
                ]
        },
        folk: [
            inFlightOne, acksAll, idempotenceOn, requestTimeout60,
        ],
        check: "The records of the batch that was given up are in no log; those behind it are there "
            + "once.",
        releases: "every client; librdkafka before 2.3.0 ends with a fatal error instead",
        proof: .scenario("Scenarios/incidents/message-timeout-gap.yaml"))
}
