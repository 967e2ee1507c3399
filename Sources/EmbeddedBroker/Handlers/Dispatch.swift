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
        case .initProducerId: try answer(header, reply) { initProducerID(nodeID, try request(&reader, header), header) }
        case .createTopics: try answer(header, reply) { createTopics(try request(&reader, header), header) }
        case .deleteTopics: try answer(header, reply) { deleteTopics(try request(&reader, header), header) }
        case .listOffsets: try answer(header, reply) { listOffsets(nodeID, try request(&reader, header), header) }
        case .deleteRecords: try answer(header, reply) { deleteRecords(nodeID, try request(&reader, header)) }
        case .offsetForLeaderEpoch:
            try answer(header, reply) { offsetForLeaderEpoch(nodeID, try request(&reader, header)) }
        case .findCoordinator: try answer(header, reply) { findCoordinator(try request(&reader, header), header) }
        case .joinGroup: joinGroup(nodeID, header, try request(&reader, header), reply)
        case .syncGroup: syncGroup(nodeID, header, try request(&reader, header), reply)
        case .saslHandshake: try answer(header, reply) { saslHandshake(try request(&reader, header)) }
        case .saslAuthenticate: try answer(header, reply) { saslAuthenticate(try request(&reader, header)) }
        default: try dispatchTransactional(nodeID, header, &reader, reply)
        }
    }

    private func dispatchTransactional(
        _ nodeID: Int32, _ header: RequestHeaderView, _ reader: inout ByteReader, _ reply: @escaping ReplyTo
    ) throws {
        switch header.apiKey {
        case .addPartitionsToTxn:
            try answer(header, reply) { addPartitionsToTxn(nodeID, try request(&reader, header), header) }
        case .addOffsetsToTxn:
            try answer(header, reply) { addOffsetsToTxn(nodeID, try request(&reader, header), header) }
        case .txnOffsetCommit:
            try answer(header, reply) { txnOffsetCommit(nodeID, try request(&reader, header), header) }
        case .endTxn: try answer(header, reply) { endTxn(nodeID, try request(&reader, header), header) }
        case .writeTxnMarkers: try answer(header, reply) { writeTxnMarkers(nodeID, try request(&reader, header)) }
        case .describeTransactions:
            try answer(header, reply) { describeTransactions(nodeID, try request(&reader, header)) }
        case .listTransactions: try answer(header, reply) { listTransactions(nodeID, try request(&reader, header)) }
        case .describeProducers: try answer(header, reply) { describeProducers(nodeID, try request(&reader, header)) }
        case .offsetCommit: try answer(header, reply) { offsetCommit(nodeID, try request(&reader, header), header) }
        case .offsetFetch: try answer(header, reply) { offsetFetch(nodeID, try request(&reader, header), header) }
        case .heartbeat: try answer(header, reply) { heartbeat(nodeID, try request(&reader, header)) }
        case .leaveGroup: try answer(header, reply) { leaveGroup(nodeID, try request(&reader, header), header) }
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
