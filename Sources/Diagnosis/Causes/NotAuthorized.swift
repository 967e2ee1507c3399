extension Cause {
    /// The principal may not write to the topic, or may not be idempotent (IdempotentWrite before 2.8).
    static let notAuthorized = Cause(
        id: "not-authorized",
        says: "The principal may not write to the topic, or may not be idempotent (IdempotentWrite "
            + "before 2.8).",
        effect: .refused,
        rules: [
            Rule(.decides, "authorization failed") {
                $0.saw(.notAuthorized) ?? $0.answered(29) ?? $0.answered(31) ?? $0.answered(53)
            }
        ],
        follows: ["sasl-credentials"],
        steps: [
            "kafka-acls.sh --add --allow-principal User:NAME --operation Write --topic TOPIC; "
                + "before 2.8 --operation IdempotentWrite --cluster too."
        ],
        folk: [
            FolkFix("enable.idempotence=false", "avoids the grant and gives up protection from duplicates"),
            moreRetries, requestTimeout60,
        ],
        check: "Nothing was written.",
        proof: .synthetic)
}
