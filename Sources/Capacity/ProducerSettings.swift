/// The settings of a producer that decide how far it carries, in one set of words for all clients.
public struct ProducerSettings: Sendable, Equatable {
    /// Requests in flight on one connection; at most 5 keep the order of an idempotent producer (KIP-98).
    public var inFlight = 5
    /// Bytes that a batch may hold.
    public var batchBytes = 65_536
    /// How long a batch waits to be filled, milliseconds.
    public var lingerMs = 5
    /// Bytes that the client may hold back.
    public var bufferBytes = 67_108_864
    /// How long a record may take from send to outcome, milliseconds.
    public var deliveryTimeoutMs = 120_000
    /// How long a request may take, milliseconds.
    public var requestTimeoutMs = 30_000

    /// A start that carries much in a data centre: nothing but the batches is larger than the clients' defaults.
    public init() {}

    /// The client's own properties. Not every client has a word for every setting.
    ///
    /// - Parameter recordBytes: size of a record, for limits that count records.
    public func properties(client: String, recordBytes: Int) -> [String: String] {
        switch client {
        case "librdkafka":
            return [
                "acks": "all", "enable.idempotence": "true",
                "max.in.flight.requests.per.connection": "\(inFlight)", "batch.size": "\(batchBytes)",
                // Its other limit of a batch counts records.
                "batch.num.messages": "\(max(10_000, batchBytes / max(recordBytes, 1)))",
                "linger.ms": "\(lingerMs)", "queue.buffering.max.kbytes": "\(bufferBytes / 1024)",
                "queue.buffering.max.messages": "\(max(100_000, bufferBytes / max(recordBytes, 1)))",
                "delivery.timeout.ms": "\(deliveryTimeoutMs)", "request.timeout.ms": "\(requestTimeoutMs)",
            ]
        case "aiokafka":
            return [
                "acks": "all", "enable_idempotence": "true", "max_batch_size": "\(batchBytes)",
                "linger_ms": "\(lingerMs)", "request_timeout_ms": "\(requestTimeoutMs)",
            ]
        default:
            let words = [
                "acks": "all", "enable.idempotence": "true",
                "max.in.flight.requests.per.connection": "\(inFlight)", "batch.size": "\(batchBytes)",
                "linger.ms": "\(lingerMs)", "buffer.memory": "\(bufferBytes)",
                "delivery.timeout.ms": "\(deliveryTimeoutMs)", "request.timeout.ms": "\(requestTimeoutMs)",
            ]
            guard client == "kafka-python" else { return words }
            return Dictionary(
                uniqueKeysWithValues: words.map { (String($0.key.map { $0 == "." ? "_" : $0 }), $0.value) })
        }
    }
}
