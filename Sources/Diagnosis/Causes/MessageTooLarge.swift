extension Cause {
    /// A record or a batch is larger than the client's max.request.size or the broker's max.message.bytes.
    static let messageTooLarge = Cause(
        id: "message-too-large",
        says: "A record or a batch is larger than the client's max.request.size or the broker's "
            + "max.message.bytes.",
        effect: .refused,
        rules: [
            Rule(.decides, "the client refuses a record by its size") { $0.saw(.tooLargeForClient) },
            Rule(.decides, "the broker refuses a batch by its size (10)") {
                $0.saw(.tooLargeForBroker, .brokerTooLarge) ?? $0.answered(10)
            },
            Rule(.excludes, "the client split each refused batch, and all of it was delivered (KIP-126)") {
                $0.everyLargeBatchWasSplit
            },
        ],
        changes: { file in
            file.record(.tooLargeForClient) == nil
                ? []
                : [
                    Change(
                        file.client == .librdkafka ? "message.max.bytes" : "max.request.size",
                        String(max(2_097_152, Int(file.record(.tooLargeForClient)?.most ?? 0) * 3 / 2)),
                        "above the largest record; the topic's max.message.bytes must be as large")
                ]
        },
        steps: [
            "The topic's max.message.bytes must hold the largest batch; where the broker refuses, "
                + "raise it there or send smaller records."
        ],
        folk: [
            FolkFix("compression.type=zstd", "the client checks before it compresses"),
            FolkFix("broker's message.max.bytes", "where the client refuses, the broker never sees the record"),
            FolkFix("batch.size higher", "a batch of one record is as large as the record"), moreRetries,
        ],
        check: "The records named above were not written; all others were.",
        proof: .incident)
}
