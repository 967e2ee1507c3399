import KafkaWire
import Logging

extension ClusterCore {
    /// Handles one request that arrived at `nodeID`; `frame` is the request from its header on.
    ///
    /// What Kafka answers with a closed connection (unknown api, version not served, bytes that are no request) is a
    /// `close` with the reason.
    func handle(_ nodeID: Int32, _ frame: UnsafeRawBufferPointer, reply: @escaping ReplyTo) {
        do {
            var reader = ByteReader(frame)
            let header = try RequestHeaderView(from: &reader)
            guard header.apiKey.isKnown else { return reply(.close("unknown api \(header.apiKey.rawValue)")) }
            if header.apiKey == .apiVersions { return try apiVersions(header, &reader, reply) }
            guard release.serves(header.apiKey, version: header.apiVersion) else {
                return reply(
                    .close("\(header.apiKey) v\(header.apiVersion) is not served by release \(release)"))
            }
            try dispatch(nodeID, header, &reader, frame, reply)
        } catch {
            reply(.close("bad request: \(error)"))
        }
    }

    private func dispatch(
        _ nodeID: Int32, _ header: RequestHeaderView, _ reader: inout ByteReader, _ frame: UnsafeRawBufferPointer,
        _ reply: @escaping ReplyTo
    ) throws {
        switch header.apiKey {
        case .produce: try produce(nodeID, header, frame, bodyOffset: reader.position, reply: slowed(reply))
        case .fetch: try fetch(nodeID, header, try request(&reader, header), reply)
        case .metadata: try answer(header, reply) { metadata(try request(&reader, header), header) }
        case .initProducerId: try answer(header, reply) { initProducerID(try request(&reader, header)) }
        case .createTopics: try answer(header, reply) { createTopics(try request(&reader, header), header) }
        case .deleteTopics: try answer(header, reply) { deleteTopics(try request(&reader, header), header) }
        case .listOffsets: try answer(header, reply) { listOffsets(nodeID, try request(&reader, header), header) }
        case .deleteRecords: try answer(header, reply) { deleteRecords(nodeID, try request(&reader, header)) }
        case .offsetForLeaderEpoch:
            try answer(header, reply) { offsetForLeaderEpoch(nodeID, try request(&reader, header)) }
        case .findCoordinator: try answer(header, reply) { findCoordinator(try request(&reader, header), header) }
        case .saslHandshake: try answer(header, reply) { saslHandshake(try request(&reader, header)) }
        case .saslAuthenticate: try answer(header, reply) { saslAuthenticate(try request(&reader, header)) }
        default: reply(.close("\(header.apiKey) is not implemented"))
        }
    }

    /// The reply, later by what appends are delayed; a connection waits for it, so that order is kept.
    private func slowed(_ reply: @escaping ReplyTo) -> ReplyTo {
        guard appendDelayMs > 0 else { return reply }
        let delay = appendDelayMs
        let box = UncheckedSendable(value: self)
        return { answer in box.value.schedule(delay) { _ in reply(answer) } }
    }

    /// Reads a request body; bytes left over are refused, as Kafka's readers do not but a fuzzer should see.
    private func request<R: KafkaRequest>(_ reader: inout ByteReader, _ header: RequestHeaderView) throws -> R {
        try R(from: &reader, version: header.apiVersion)
    }

    private func answer<M: KafkaMessage>(
        _ header: RequestHeaderView, _ reply: ReplyTo, _ make: () throws -> M
    ) throws {
        let response = try make()
        reply(
            .response(
                try Self.encode(response, correlationID: header.correlationID, version: header.apiVersion)))
    }
}
