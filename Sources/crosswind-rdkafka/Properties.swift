import CRdkafka

/// The client's properties: every property of the harness passes through, and librdkafka judges it.
final class Properties {
    /// The configuration object; owned here until a producer takes it.
    let handle: OpaquePointer
    private var isTaken = false

    /// - Throws: `DriverFailure` with librdkafka's own words when it rejects a property.
    init(_ configuration: Configuration) throws(DriverFailure) {
        handle = rd_kafka_conf_new()
        for (name, value) in configuration.config.sorted(by: { $0.key < $1.key }) { try set(name, value) }
        // After the user's own: the client must stay on the link, and log lines must come through rd_kafka_poll.
        try set("bootstrap.servers", configuration.bootstrap)
        try set("log.queue", "true")
    }

    deinit {
        if !isTaken { rd_kafka_conf_destroy(handle) }
    }

    /// The client will use a producer id.
    var isIdempotent: Bool { value("enable.idempotence") == "true" || isTransactional }
    /// The client is transactional.
    var isTransactional: Bool { !(value("transactional.id") ?? "").isEmpty }
    /// The user's statistics interval; 0 when there is none.
    var statisticsIntervalMs: Int64 { Int64(value("statistics.interval.ms") ?? "0") ?? 0 }

    /// Sets one property.
    func set(_ name: String, _ value: String) throws(DriverFailure) {
        var words = [CChar](repeating: 0, count: 512)
        let result = rd_kafka_conf_set(handle, name, value, &words, words.count)
        guard result != RD_KAFKA_CONF_OK else { return }
        throw DriverFailure(
            name: result == RD_KAFKA_CONF_UNKNOWN ? "UNKNOWN_PROPERTY" : "INVALID_PROPERTY",
            message: Self.text(words))
    }

    /// Makes the producer, which then owns the configuration.
    func makeProducer() throws(DriverFailure) -> OpaquePointer {
        var words = [CChar](repeating: 0, count: 512)
        guard let producer = rd_kafka_new(RD_KAFKA_PRODUCER, handle, &words, words.count) else {
            throw DriverFailure(name: ErrorName.of(rd_kafka_last_error()), message: Self.text(words))
        }
        isTaken = true
        return producer
    }

    private func value(_ name: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 512)
        var count = buffer.count
        guard rd_kafka_conf_get(handle, name, &buffer, &count) == RD_KAFKA_CONF_OK else { return nil }
        return Self.text(buffer)
    }

    private static func text(_ buffer: [CChar]) -> String {
        buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
}
