extension Cause {
    /// The bootstrap address answers, and the address that the broker advertises cannot be reached ….
    static let advertisedListenerUnreachable = Cause(
        id: "advertised-listener-unreachable",
        says: "The bootstrap address answers, and the address that the broker advertises cannot be "
            + "reached from the client.",
        effect: .loss,
        rules: [
            Rule(.strong, "metadata came, and the connection to the node it names fails") { $0.nodeFailsAfterMetadata },
            Rule(.supports, "the advertised address is localhost") { $0.saw(.localNode) },
            Rule(.supports, "the broker's container advertises what its image does by default") {
                $0.defaultAdvertised
            },
            Rule(.strong, "the node that metadata names cannot be reached, the bootstrap address can") {
                $0.namedNodeFails
            },
            Rule(.strong, "the advertised name cannot be resolved") { file in
                both(file.saw(.metadataAnswered, .producerIDGiven), file.saw(.resolveFailed))
            },
            Rule(.excludes, "something was delivered") { file in
                when((file.delivered ?? 0) > 0 || file.wires.contains { $0.acknowledged > 0 })
            },
        ],
        follows: ["broker-paused"],
        steps: [
            "Set advertised.listeners (KAFKA_ADVERTISED_LISTENERS) on the broker to an address "
                + "that its clients can reach, with one listener for each network they come from."
        ],
        folk: [
            FolkFix("delivery.timeout.ms or request.timeout.ms higher", "the address does not become reachable"),
            moreRetries, FolkFix("bootstrap.servers", "it is right: metadata came from there"),
            FolkFix("reconnect.backoff.ms", "the same address is tried again"),
        ],
        check: "Nothing was sent.",
        proof: .incident)
}
