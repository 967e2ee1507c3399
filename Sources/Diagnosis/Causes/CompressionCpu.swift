extension Cause {
    /// The codec's level is what takes the time: records wait for the processor, not for the network.
    static let compressionCpu = Cause(
        id: "compression-cpu",
        says: "The codec's level is what takes the time: records wait for the processor, not for "
            + "the network.",
        effect: .delay,
        rules: [
            Rule(.strong, "the codec is set to its slow end") { $0.slowCodec },
            Rule(.strong, "a slow codec, and the processor is busy") { file in
                when(
                    file.slowCodec == nil,
                    both(file.isSet("compression.type", "gzip", "zstd"), file.complains(.processor)))
            },
            Rule(.supports, "somebody calls it slow") { $0.complains(.slow) },
            Rule(.supports, "answers come fast, and yet little is sent") { file in
                file.measure("request-latency-avg").flatMap {
                    $0.last < 100 && file.slowCodec != nil ? [$0.evidence] : nil
                }
            },
            Rule(.doubts, " settings alone, and nobody complains") {
                when($0.hasNoEvents && $0.complains(.slow) == nil)
            },
            Rule(.doubts, " answers are slow: it is the network or the broker") { file in
                file.measure("request-latency-avg").flatMap { $0.last > 300 ? [$0.evidence] : nil }
            },
        ],
        changes: { file in
            file.client == .librdkafka
                ? [Change("compression.level", nil, "the codec's default level")]
                : [
                    Change("compression.type", "lz4", "a tenth of the processor time"),
                    Change("compression.gzip.level", nil, "the default"),
                    Change("compression.zstd.level", nil, "the default"),
                ]
        },
        folk: [
            FolkFix("max.in.flight.requests.per.connection higher", "requests do not wait for answers"),
            FolkFix("buffer.memory higher", "the queue only gets longer"), requestTimeout60, acksOne,
        ],
        check: "Nothing is lost.",
        proof: .synthetic)
}
