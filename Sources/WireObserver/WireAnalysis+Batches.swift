import EvidenceModel
import PacketWire

extension WireAnalysis {
    /// Passes every batch in order of first appearance, made one at a time: the whole can be large.
    public func forEachBatch(_ body: (WireEvidence.Batch) throws -> Void) rethrows {
        var seen: [String: Int32] = [:]
        for batch in ledger.batches { try body(describe(batch, &seen)) }
    }

    func describe(_ batch: BatchLedger.Batch, _ seen: inout [String: Int32]) -> WireEvidence.Batch {
        let attempts = ledger.attempts(of: batch)
        let request = ledger.request(batch.firstAttempt)
        var result = WireEvidence.Batch(
            id: id(of: batch, request, &seen), topic: topics.text(request.topic), partition: request.partition,
            producerID: request.producerID, producerEpoch: request.producerEpoch,
            baseSequence: request.baseSequence, lastSequence: request.lastSequence,
            recordCount: request.recordCount, payloadHash: Self.hexadecimal(request.payload))
        let fates = FateJudge(self).fates(batch, attempts)
        for (index, fate) in zip(attempts, fates) {
            let attempt = describe(index, fate, in: batch, payload: request.payload)
            if result.baseOffset == nil, attempt.errorCode == 0, let offset = attempt.baseOffset, offset >= 0 {
                result.baseOffset = offset
            }
            if attempt.deduplicated { result.deduplicated = true }
            result.attempts.append(attempt)
        }
        return result
    }

    private func describe(
        _ index: Int32, _ fate: WireEvidence.Fate, in batch: BatchLedger.Batch, payload: UInt64
    ) -> WireEvidence.Attempt {
        let request = ledger.request(index)
        let client = ledger.client(index)
        let broker = ledger.broker(index)
        let answer = ledger.answer(index)
        var attempt = WireEvidence.Attempt(
            connection: connectionText(index), node: node(index), correlationID: request.correlationID,
            apiVersion: request.apiVersion, acks: request.acks, fate: fate)
        attempt.requestLeftClientUs = client.map { $0.requestNs / 1000 }
        attempt.requestReachedBrokerUs = broker.map { $0.requestNs / 1000 }
        attempt.ackLeftBrokerUs = broker.flatMap { $0.flags.contains(.answered) ? $0.answerNs / 1000 : nil }
        attempt.ackReachedClientUs = client.flatMap { $0.flags.contains(.answered) ? $0.answerNs / 1000 : nil }
        attempt.errorCode = answer?.errorCode
        attempt.baseOffset = answer?.baseOffset
        attempt.deduplicated = ledger.isDeduplicated(index, in: batch)
        attempt.requestRetransmissions = Int((client ?? request).requestRetransmissions)
        attempt.ackRetransmissions = Int((broker ?? request).answerRetransmissions)
        if request.payload != payload { attempt.payloadHash = Self.hexadecimal(request.payload) }
        return attempt
    }

    /// `topic-partition/producer.epoch/seq base`, or the checksum where there is no sequence. A second batch that would
    /// have the same name gets its last sequence or a count.
    func id(of batch: BatchLedger.Batch, _ request: ObservedAttempt, _ seen: inout [String: Int32]) -> String {
        let partition = "\(topics.text(request.topic))-\(request.partition)"
        var id: String
        if request.producerID >= 0 {
            id = "\(partition)/\(request.producerID).\(request.producerEpoch)/seq \(request.baseSequence)"
            if let last = seen[id], last != request.lastSequence { id += "-\(request.lastSequence)" }
            if seen[id] == nil { seen[id] = request.lastSequence }
        } else {
            id = "\(partition)/crc \(Self.hexadecimal(request.identity).prefix(8))"
            seen[id, default: 0] += 1
            if let count = seen[id], count > 1 { id += " (\(count))" }
        }
        return id
    }

    func connectionText(_ index: Int32) -> String {
        guard let reference = joined[Int(index)].client ?? joined[Int(index)].broker else { return "" }
        let observer = observers[Int(reference.capture)]
        let connection = observer.connections[Int(observer.attempts[Int(reference.index)].connection)]
        return Self.text(connection.client) + ">" + Self.text(connection.broker)
    }

    private func node(_ index: Int32) -> Int {
        joined[Int(index)].broker.map { observers[Int($0.capture)].node } ?? 0
    }

    static func text(_ endpoint: ObservedConnection.Endpoint) -> String {
        endpoint.address.isV4
            ? "\(endpoint.address):\(endpoint.port)" : "[\(endpoint.address)]:\(endpoint.port)"
    }

    static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
