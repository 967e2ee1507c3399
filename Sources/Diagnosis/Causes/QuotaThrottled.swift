extension Cause {
    /// A producer_byte_rate quota of the broker holds the client back.
    static let quotaThrottled = Cause(
        id: "quota-throttled",
        says: "A producer_byte_rate quota of the broker holds the client back.",
        effect: .delay,
        rules: [
            Rule(.strong, "the broker's answers ask the client to wait") { $0.saw(.throttled) },
            Rule(.strong, "a quota is configured") { file in
                file.brokerSetting("producer_byte_rate").map { [$0.evidence] }
            },
            Rule(.hints, "throttle time in cancelled requests") { file in
                when((file.record(.cancelledInFlight)?.most ?? 0) > 0, file.saw(.cancelledInFlight))
            },
            Rule(.hints, "somebody calls it slow") { $0.complains(.slow) },
        ],
        steps: [
            "Raise the quota: kafka-configs.sh --bootstrap-server HOST:PORT --alter --add-config "
                + "producer_byte_rate=N --entity-type users --entity-name NAME; or send less: "
                + "compression.type=zstd."
        ],
        folk: [
            FolkFix("max.in.flight.requests.per.connection higher", "the broker mutes the connection"),
            FolkFix("buffer.memory higher", "the queue only gets longer"), requestTimeout60, acksOne,
        ],
        check: "Nothing is lost unless records ran out of time.",
        proof: .synthetic)
}
