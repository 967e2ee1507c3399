extension Cause {
    /// A retry was built anew, with other records than its first try; the broker knows a batch by its ….
    static let changedBatch = Cause(
        id: "changed-batch",
        says: "A retry was built anew, with other records than its first try; the broker knows a "
            + "batch by its sequences.",
        effect: .refused,
        rules: [
            Rule(.decides, "a retry has other bounds than its first try") { $0.found("retry_changed") }
        ],
        follows: ["sequence-reuse"],
        steps: ["It is a fault of the client: change its release."],
        folk: [
            inFlightOne, acksAll, delivery120, requestTimeout60,
        ],
        check: "The records that were in one try alone are missing or twice.",
        proof: .scenario("Scenarios/incidents/changed-batch.yaml"))
}
