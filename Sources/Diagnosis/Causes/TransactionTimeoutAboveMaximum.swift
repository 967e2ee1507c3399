extension Cause {
    /// transaction.timeout.ms is above the broker's transaction.max.timeout.ms; initTransactions is ….
    static let transactionTimeoutAboveMaximum = Cause(
        id: "transaction-timeout-above-maximum",
        says: "transaction.timeout.ms is above the broker's transaction.max.timeout.ms; "
            + "initTransactions is refused with 50.",
        effect: .refused,
        rules: [
            Rule(.decides, "error 50: the timeout is above the maximum") {
                $0.saw(.timeoutAboveMaximum) ?? $0.answered(50)
            }
        ],
        changes: { _ in
            [
                Change(
                    "transaction.timeout.ms", "900000",
                    "the broker's transaction.max.timeout.ms is 15 minutes by default")
            ]
        },
        steps: ["Or raise transaction.max.timeout.ms on the brokers."],
        folk: [
            moreRetries, idempotenceOn, FolkFix("max.block.ms higher", "the answer comes at once"),
        ],
        check: "Nothing was sent.",
        proof: .synthetic)
}
