/// What a producer's settings are about, in one set of words for all clients. A client's folder says which of its own
/// properties stands for each.
public enum ProducerConcept: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
    /// Which replicas must have a record before it is acknowledged.
    case acks
    /// Whether the producer numbers its batches, KIP-98.
    case idempotence
    /// Requests in flight on one connection.
    case inFlight = "in_flight"
    /// Bytes that a batch may hold.
    case batchBytes = "batch_bytes"
    /// Records that a batch may hold.
    case batchRecords = "batch_records"
    /// How long a batch waits to be filled, milliseconds.
    case lingerMs = "linger_ms"
    /// Bytes that the client may hold back.
    case bufferBytes = "buffer_bytes"
    /// The same in KiB, where the client counts so.
    case bufferKiB = "buffer_kib"
    /// Records that the client may hold back.
    case bufferRecords = "buffer_records"
    /// How long a record may take from the send call to its outcome, milliseconds.
    case deliveryTimeoutMs = "delivery_timeout_ms"
    /// How long a request may take, milliseconds.
    case requestTimeoutMs = "request_timeout_ms"
    /// The send buffer of a connection's socket, bytes.
    case sendBufferBytes = "send_buffer_bytes"
    /// The transactional id.
    case transactionalID = "transactional_id"
}

/// What judges, searches and reports need to know of a client's settings. It stands in `cell.json`, so that a record of a
/// client that this build has never heard of can be judged.
public struct ClientSettings: Codable, Sendable, Equatable {
    /// How configurations of the client are written.
    public enum Style: String, Codable, Sendable, CaseIterable {
        /// `name=value` lines.
        case properties
        /// Keyword arguments of Python: dots and underscores are the same.
        case python
    }

    /// The client's properties for each concept, the usual name first; a concept without any cannot be set.
    public var names: [ProducerConcept: [String]]
    /// Whether the client is idempotent where nothing is said.
    public var isIdempotentByDefault: Bool
    /// Requests in flight on a connection where nothing is said; nil: no fixed number.
    public var defaultInFlight: Int?
    /// The most that an idempotent producer of the client keeps in flight, whatever it is told; nil: what it is told.
    public var inFlightWhenIdempotent: Int?
    /// The send buffer that the client sets where nothing is said, bytes; nil: it leaves it to the kernel.
    public var defaultSendBufferBytes: Int?
    /// The value of its send buffer by which the client leaves it to the kernel; nil: it has none.
    public var kernelSendBuffer: String?
    /// How configurations are written.
    public var style: Style
    /// What makes a producer in ``Style/python``, for example `KafkaProducer`.
    public var constructor: String?
    /// Processors that the start of its driver takes, for as long as a short cell lasts.
    public var startProcessors: Double

    enum CodingKeys: String, CodingKey {
        case names
        case isIdempotentByDefault = "idempotent_by_default"
        case defaultInFlight = "default_in_flight"
        case inFlightWhenIdempotent = "in_flight_when_idempotent"
        case defaultSendBufferBytes = "default_send_buffer_bytes"
        case kernelSendBuffer = "kernel_send_buffer"
        case style, constructor
        case startProcessors = "start_processors"
    }

    /// Settings of a client of which nothing is known.
    public init(
        names: [ProducerConcept: [String]] = [:], isIdempotentByDefault: Bool = false, defaultInFlight: Int? = nil,
        inFlightWhenIdempotent: Int? = nil, defaultSendBufferBytes: Int? = nil, kernelSendBuffer: String? = nil,
        style: Style = .properties, constructor: String? = nil,
        startProcessors: Double = 0.15
    ) {
        self.names = names
        self.isIdempotentByDefault = isIdempotentByDefault
        self.defaultInFlight = defaultInFlight
        self.inFlightWhenIdempotent = inFlightWhenIdempotent
        self.defaultSendBufferBytes = defaultSendBufferBytes
        self.kernelSendBuffer = kernelSendBuffer
        self.style = style
        self.constructor = constructor
        self.startProcessors = startProcessors
    }

    /// The property that stands for a concept; nil where the client has none.
    public func name(_ concept: ProducerConcept) -> String? { names[concept]?.first }

    /// What a configuration says of a concept, under any of its names; nil where it says nothing.
    public func value(_ concept: ProducerConcept, in config: [String: String]) -> String? {
        let wanted = names[concept] ?? []
        return wanted.lazy.compactMap { config[$0] }.first
            ?? (style == .python
                ? config.first { entry in wanted.contains { Self.dotted($0) == Self.dotted(entry.key) } }?.value : nil)
    }

    private static func dotted(_ name: String) -> String { String(name.map { $0 == "_" ? "." : $0 }) }
}
