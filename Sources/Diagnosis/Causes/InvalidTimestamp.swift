extension Cause {
    /// The records' timestamps are outside what the broker takes (32): a wrong unit or a wrong clock.
    static let invalidTimestamp = Cause(
        id: "invalid-timestamp",
        says: "The records' timestamps are outside what the broker takes (32): a wrong unit or a "
            + "wrong clock.",
        effect: .refused,
        rules: [
            Rule(.decides, "the broker answers 32 INVALID_TIMESTAMP") { $0.answered(32) ?? $0.saw(.invalidTimestamp) },
            Rule(.strong, "the broker failed to validate the records; librdkafka says so of timestamps too") {
                $0.saw(.invalidRecord)
            },
            Rule(.hints, "somebody speaks of a clock or a power cut") { $0.complains(.clock) },
        ],
        lookAlikes: ["invalid-record"],
        decidedBy: "the code on the wire: tcpdump -i any -s 0 -w incident.pcap port 9092, then crosswind "
            + "inspect incident.pcap (32 or 87); and date -u on the client's host",
        steps: [
            "Set the client's clock (NTP); check the unit of timestamps that the application "
                + "sets: milliseconds.", "Or set message.timestamp.type=LogAppendTime on the topic.",
        ],
        folk: [
            moreRetries, acksOne, idempotenceOn,
            FolkFix("message.timestamp.difference.max.ms", "gone in 4.0: message.timestamp.after.max.ms"),
        ],
        check: "Nothing that was refused is in the log.",
        releases: "brokers refuse more than an hour ahead since 3.6 where "
            + "message.timestamp.after.max.ms says so, by default since 4.0",
        proof: .incident)
}
