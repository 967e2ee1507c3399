import EvidenceModel

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
    /// Bytes of the send buffer of a socket: 0 leaves it to the kernel; nil: as the client has it.
    public var sendBufferBytes: Int?
    /// How long a record may take from send to outcome, milliseconds.
    public var deliveryTimeoutMs = 120_000
    /// How long a request may take, milliseconds.
    public var requestTimeoutMs = 30_000

    /// A start that carries much in a data centre: nothing but the batches is larger than the clients' defaults.
    public init() {}

    /// The client's own properties. Not every client has a word for every setting.
    ///
    /// - Parameters:
    ///   - client: what the client calls its settings.
    ///   - recordBytes: size of a record, for limits that count records.
    public func properties(_ client: ClientSettings, recordBytes: Int) -> [String: String] {
        var properties: [String: String] = [:]
        for concept in ProducerConcept.allCases {
            if let name = client.name(concept), let value = value(concept, client, recordBytes: max(recordBytes, 1)) {
                properties[name] = value
            }
        }
        return properties
    }

    private func value(_ concept: ProducerConcept, _ client: ClientSettings, recordBytes: Int) -> String? {
        switch concept {
        case .acks: "all"
        case .idempotence: "true"
        case .inFlight: "\(inFlight)"
        case .batchBytes: "\(batchBytes)"
        // A second limit of a batch must not be the one that binds.
        case .batchRecords: "\(max(10_000, batchBytes / recordBytes))"
        case .lingerMs: "\(lingerMs)"
        case .bufferBytes: "\(bufferBytes)"
        case .bufferKiB: "\(bufferBytes / 1024)"
        case .bufferRecords: "\(max(100_000, bufferBytes / recordBytes))"
        case .deliveryTimeoutMs: "\(deliveryTimeoutMs)"
        case .requestTimeoutMs: "\(requestTimeoutMs)"
        case .sendBufferBytes: sendBufferBytes.flatMap { $0 == 0 ? client.kernelSendBuffer : "\($0)" }
        case .transactionalID: nil
        }
    }
}
