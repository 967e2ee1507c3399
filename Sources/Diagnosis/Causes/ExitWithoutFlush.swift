extension Cause {
    /// The program ended with records in the producer's buffer.
    static let exitWithoutFlush = Cause(
        id: "exit-without-flush",
        says: "The program ended with records in the producer's buffer.",
        effect: .loss,
        rules: [
            Rule(.decides, "the client itself says that it ended with messages in its queue") {
                $0.saw(.terminatedWithQueue)
            },
            Rule(.strong, "the program ended and the producer was never closed") { file in
                when(
                    file.sawNone(.producerClosed, .fatalDesync, .fatalRewound),
                    both(file.saw(.idempotentProducer, .configBlock), file.saw(.exiting)))
            },
            Rule(.strong, "the source sends and neither flushes nor closes") { file in
                file.sources.first { $0.sends != nil && !$0.closes }?.sends.map { [$0] }
            },
            Rule(.hints, "a long linger holds records back") { $0.isSet("linger.ms", in: 50...10_000_000) },
            Rule(.hints, "the last records are missing") { $0.complains(.loss) },
        ],
        steps: [
            "Call close() (or flush()) before the end of the program, in a finally block or a "
                + "shutdown hook."
        ],
        folk: [
            acksAll, idempotenceOn, moreRetries, FolkFix("linger.ms=0", "makes the hole smaller, does not close it"),
        ],
        check: "Compare the application's last record with the topic's last: all that is missing is "
            + "at the end.",
        proof: .incident)
}
