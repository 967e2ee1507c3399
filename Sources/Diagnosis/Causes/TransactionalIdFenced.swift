extension Cause {
    /// A second instance with the same transactional.id took over; the first one is fenced.
    static let transactionalIdFenced = Cause(
        id: "transactional-id-fenced",
        says: "A second instance with the same transactional.id took over; the first one is fenced.",
        effect: .refused,
        rules: [
            Rule(.strong, "the coordinator gave the same transactional.id a higher epoch") { $0.secondInstance },
            Rule(.strong, "the client is told that it is fenced") { $0.saw(.fenced) },
            Rule(.strong, "a transactional producer used an old epoch") { $0.transactionalOldEpoch },
            Rule(.hints, "two producers with one transactional.id in the log") { file in
                when((file.record(.transactionalProducer)?.count ?? 0) > 1, file.saw(.transactionalProducer))
            },
            Rule(.excludes, "the coordinator rolled the transaction back for its timeout") {
                $0.saw(.coordinatorRollback)
            },
        ],
        lookAlikes: ["transaction-timeout"],
        decidedBy: "the coordinator's log for this transactional.id: grep -e \"Initialized "
            + "transactionalId\" -e \"due to timeout\" server.log; and how many instances run",
        steps: [
            "Give each instance a transactional.id of its own, and let the platform end the old "
                + "one before the new one starts."
        ],
        folk: [
            idempotenceOn, moreRetries, inFlightOne, delivery120,
        ],
        check: "The fenced instance's open transaction was aborted: its records are invisible to "
            + "read_committed.",
        proof: .incident)
}
