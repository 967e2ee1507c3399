extension Cause {
    /// The transaction was longer than transaction.timeout.ms, and the coordinator ended it.
    static let transactionTimeout = Cause(
        id: "transaction-timeout",
        says: "The transaction was longer than transaction.timeout.ms, and the coordinator ended it.",
        effect: .refused,
        rules: [
            Rule(.decides, "the coordinator rolled it back for its timeout") { $0.saw(.coordinatorRollback) },
            Rule(.strong, "the transaction was in an invalid state") { $0.saw(.invalidTxnState) },
            Rule(.strong, "a transactional producer used an old epoch") { $0.transactionalOldEpoch },
            Rule(.hints, "the timeout is short") { $0.isSet("transaction.timeout.ms", in: 0...59_999) },
            Rule(.excludes, "the coordinator gave the transactional.id to another instance") { file in
                when(file.sawNone(.coordinatorRollback), file.secondInstance)
            },
        ],
        lookAlikes: ["transactional-id-fenced"],
        decidedBy: "the coordinator's log for this transactional.id: grep -e \"Initialized "
            + "transactionalId\" -e \"due to timeout\" server.log",
        changes: { _ in
            [Change("transaction.timeout.ms", "60000", "the default; or do the slow work before beginTransaction")]
        },
        folk: [
            FolkFix("a transactional.id of its own", "it has one, nobody fenced it"), delivery120, moreRetries,
            idempotenceOn,
        ],
        check: "The transaction's records are in the log and aborted: invisible to read_committed.",
        proof: .incident)
}
