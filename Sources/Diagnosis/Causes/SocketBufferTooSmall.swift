extension Cause {
    /// The socket buffer holds less than rate times round trip, so TCP lets go a buffer for each round ….
    static let socketBufferTooSmall = Cause(
        id: "socket-buffer-too-small",
        says: "The socket buffer holds less than rate times round trip, so TCP lets go a buffer for "
            + "each round trip.",
        effect: .delay,
        needs: [
            Rule(.strong, "send.buffer.bytes is set, and small") {
                $0.isSet("send.buffer.bytes", in: 1...65_535) ?? $0.isSet("socket.send.buffer.bytes", in: 1...65_535)
            }
        ],
        rules: [
            Rule(.strong, "answers take a multiple of the round trip") { file in
                file.measure("request-latency-avg").flatMap { $0.last > 200 ? [$0.evidence] : nil }
            },
            Rule(.supports, "somebody calls it slow, or the line empty") { $0.complains(.slow) },
            Rule(.hints, "the client's queue grows") { file in
                file.measure("record-queue-time-avg").flatMap { $0.last > 500 ? [$0.evidence] : nil }
            },
            Rule(.doubts, " no sign of slowness") { file in
                when(!file.hasNoEvents && file.measure("request-latency-avg") == nil && file.complains(.slow) == nil)
            },
            Rule(.doubts, " settings alone") { when($0.hasNoEvents && $0.complains(.slow) == nil) },
        ],
        changes: { file in
            file.client == .librdkafka
                ? [Change("socket.send.buffer.bytes", "0", "the kernel's own tuning")]
                : [
                    Change("send.buffer.bytes", "-1", "the kernel's own tuning"),
                    Change("receive.buffer.bytes", "-1", "the same"),
                ]
        },
        folk: [
            FolkFix(
                "max.in.flight.requests.per.connection higher", "TCP lets a buffer go at a time, whatever is in flight"),
            FolkFix("batch.size or linger.ms higher", "the same"), requestTimeout60,
            FolkFix("buffer.memory higher", "the queue only gets longer"),
        ],
        check: "Nothing is lost unless records ran out of time.",
        proof: .incident)
}
