extension Cause {
    /// The topic does not exist and is not made automatically; every Metadata answer says 3.
    static let topicMissing = Cause(
        id: "topic-missing",
        says: "The topic does not exist and is not made automatically; every Metadata answer says 3.",
        effect: .refused,
        rules: [
            Rule(.decides, "the topic is unknown, again and again") { $0.saw(.unknownTopic, rounds: 3) },
            Rule(.supports, "the topic is unknown") { $0.saw(.unknownTopic) },
            Rule(.strong, "records failed for it") { file in
                both(file.saw(.unknownTopic), file.saw(.deliveryFailed, .expired))
            },
            Rule(.strong, "sends waited for metadata of it in vain") { file in
                both(file.saw(.topicNotInMetadata), file.saw(.metadataAnswered))
            },
            Rule(.doubts, " it came later") { file in
                when(file.somethingDelivered && (file.delivered ?? 0) > 0)
            },
        ],
        follows: ["new-topic-race"],
        steps: [
            "Create the topic: kafka-topics.sh --bootstrap-server HOST:PORT --create --topic "
                + "NAME; auto.create.topics.enable is false."
        ],
        folk: [
            FolkFix("max.block.ms higher", "it is not there later either"), requestTimeout60, moreRetries,
            FolkFix("firewall rules", "metadata is answered"),
        ],
        check: "Nothing was sent.",
        proof: .incident)
}
