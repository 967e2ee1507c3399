extension Cause {
    /// The producer's memory or queue is smaller than load times outage; send() refuses.
    static let bufferExhausted = Cause(
        id: "buffer-exhausted",
        says: "The producer's memory or queue is smaller than load times outage; send() refuses.",
        effect: .loss,
        rules: [
            Rule(.decides, "send() found no room in the buffer or the queue") { $0.saw(.bufferExhausted) }
        ],
        changes: { file in
            file.client == .librdkafka
                ? [
                    Change("queue.buffering.max.messages", "1000000", "load times the longest outage"),
                    Change("queue.buffering.max.kbytes", "1048576", "the bytes of it"),
                ]
                : [
                    Change("buffer.memory", "33554432", "load times the longest outage"),
                    Change("max.block.ms", "60000", "as long as the caller can wait"),
                ]
        },
        steps: ["On a full queue call poll() and try again instead of dropping the record."],
        cost: "memory",
        folk: [
            FolkFix("delivery.timeout.ms higher", "the records never reached the buffer"), moreRetries,
            FolkFix("batch.size higher", "takes more of the same memory"), inFlightOne,
        ],
        check: "The records whose send was refused are in no log; they were never sent.",
        proof: .incident)
}
