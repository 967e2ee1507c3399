extension Cause {
    /// Fewer replicas are in sync than min.insync.replicas; with acks=all the leader refuses with 19 or 20.
    static let notEnoughReplicas = Cause(
        id: "not-enough-replicas",
        says: "Fewer replicas are in sync than min.insync.replicas; with acks=all the leader "
            + "refuses with 19 or 20.",
        effect: .refused,
        rules: [
            Rule(.strong, "answers 19 or 20") {
                $0.saw(.notEnoughReplicas, .brokerNotEnoughReplicas) ?? $0.answered(19) ?? $0.answered(20)
            },
            Rule(.supports, "the topic's in-sync set is below its minimum") { $0.inSyncBelowMinimum },
            Rule(.strong, "it is, and records ran out of time") { file in
                both(file.inSyncBelowMinimum, file.saw(.expired))
            },
            Rule(.supports, "settings alone: the in-sync set is below its minimum") {
                when($0.hasNoEvents && $0.inSyncBelowMinimum != nil)
            },
            Rule(.strong, "the minimum is above the number of replicas, and the broker is older than 3.7") {
                $0.minimumAboveReplicas
            },
        ],
        changes: { file in
            (file.setting("delivery.timeout.ms")?.number ?? 120_000) < 120_000
                ? [Change("delivery.timeout.ms", "120000", "above the longest outage of the replicas")] : []
        },
        steps: [
            "Bring the missing replicas back: kafka-topics.sh --bootstrap-server HOST:PORT "
                + "--describe --under-min-isr-partitions"
        ],
        folk: [
            FolkFix("acks=1", "accepts records that one node's death loses"),
            FolkFix("min.insync.replicas=1", "the same"), moreRetries,
            FolkFix("request.timeout.ms higher", "the refusal comes at once"),
        ],
        check: "What was refused with 19 is not written; what was answered 20 or 7 may be.",
        proof: .incident)
}
