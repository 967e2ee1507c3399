extension Cause {
    /// Batches in flight together carried the same sequences; the broker took the later ones for ….
    static let sequenceReuse = Cause(
        id: "sequence-reuse",
        says: "Batches in flight together carried the same sequences; the broker took the later "
            + "ones for retries and threw them away with success.",
        effect: .loss,
        rules: [
            Rule(.decides, "the same sequences with other records") { $0.found("sequence_reuse") }
        ],
        steps: [
            "It is a fault of the client: change its release, or send with one request in flight "
                + "until it is mended."
        ],
        folk: [
            acksAll, idempotenceOn, delivery120, requestTimeout60,
        ],
        check: "Many acknowledgements name one offset; the records behind it are in no log.",
        proof: .scenario("Scenarios/incidents/sequence-reuse.yaml"))
}
