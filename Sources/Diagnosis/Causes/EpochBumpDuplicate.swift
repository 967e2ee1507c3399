extension Cause {
    /// A sequence error of one partition made the client renumber everything under a new epoch, ….
    static let epochBumpDuplicate = Cause(
        id: "epoch-bump-duplicate",
        says: "A sequence error of one partition made the client renumber everything under a new "
            + "epoch, another partition's written batch among it.",
        effect: .duplicates,
        rules: [
            Rule(
                .decides,
                "records whose answer was lost were accepted again under a new epoch, in a partition "
                    + "that had no sequence error"
            ) { file in
                file.found("payload_under_two_epochs").flatMap { _ in
                    when(file.answered(45) != nil && file.refusedRetriesOnly == false, file.wire(\.underTwoEpochs))
                }
            },
            Rule(.supports, "somebody sees records twice although idempotence is on") { file in
                when(file.isIdempotent == true, both(file.complains(.duplicates), file.complains(.rebalance)))
            },
            Rule(.strong, "after a leader moved away and back") { file in
                when(
                    !file.hasCapture && file.client == .librdkafka && file.isIdempotent == true,
                    both(both(file.complains(.duplicates), file.complains(.rebalance)), file.saw(.disconnected)))
            },
        ],
        follows: ["broker-forgot-window", "broker-window-of-one"],
        steps: [
            "No property prevents it wholly in librdkafka (librdkafka#4953). One producer for "
                + "each topic: a sequence error of one cannot renumber the other. Or let consumers "
                + "recognise records by a key."
        ],
        folk: [
            idempotenceOn, acksAll, delivery120, requestTimeout60,
        ],
        check: "Read back the partition that had no error: the records above stand at two offsets, "
            + "under two epochs.",
        releases: "librdkafka; kafka-clients bumps for each partition alone",
        proof: .scenario("Scenarios/incidents/epoch-bump-duplicate.yaml"))
}
