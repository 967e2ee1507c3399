extension Cause {
    /// A new topic's first batch was refused with 6 and a later one accepted; the first is lost, and ….
    static let newTopicRace = Cause(
        id: "new-topic-race",
        says: "A new topic's first batch was refused with 6 and a later one accepted; the first is "
            + "lost, and the client says that all was delivered.",
        effect: .loss,
        rules: [
            Rule(.decides, "a later batch was accepted after the first one of the partition had been refused with 6") {
                $0.wire(\.newTopicRace)
            },
            Rule(
                .strong,
                "error 6 right after the topic was unknown, then sequence errors until records were "
                    + "given up"
            ) { file in
                both(both(file.saw(.unknownTopic), file.saw(.notLeader)), file.saw(.outOfOrder))
            },
            Rule(.strong, "error 6 on a topic that was just made, and records are missing") { file in
                both(both(file.saw(.unknownTopic), file.saw(.notLeader)), file.complains(.loss))
            },
        ],
        steps: [
            "Create topics before their producers start and wait until every partition has a "
                + "leader; brokers of 4.5 and later want sequence 0 first."
        ],
        folk: [
            acksAll, inFlightOne, moreRetries, requestTimeout60,
        ],
        check: "Read each partition from offset 0: the application's first records are not there.",
        releases: "brokers from 2.5 to 4.4",
        proof: .scenario("Scenarios/incidents/new-topic-race.yaml"))
}
