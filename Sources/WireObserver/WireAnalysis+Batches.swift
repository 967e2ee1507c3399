import EvidenceModel
import PacketWire

extension WireAnalysis {
    /// Passes every batch in order of first appearance, made one at a time: the whole can be large.
    public func forEachBatch(_ body: (WireEvidence.Batch) throws -> Void) rethrows {
        for number in ledger.batches.indices { try body(describe(number)) }
    }

    /// The batch with this number, in order of first appearance.
    func describe(_ number: Int) -> WireEvidence.Batch {
        let batch = ledger.batches[number]
        let request = ledger.request(batch.firstAttempt)
        var result = WireEvidence.Batch(
            id: id(number, request), topic: topics.text(request.topic), partition: request.partition,
            producerID: request.flags.contains(.headerCut) ? WireEvidence.Batch.unknownProducer : request.producerID,
            producerEpoch: request.producerEpoch,
            baseSequence: request.baseSequence, lastSequence: request.lastSequence,
            recordCount: request.recordCount, payloadHash: Self.hexadecimal(request.payload))
        if splits.pieces[number] != nil { result.isSplit = true }
        let indices = ledger.attempts(of: batch)
        let fates = FateJudge(self).fates(batch, indices)
        for (index, fate) in zip(indices, fates) {
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
        attempt.requestRetransmissions = Int((client ?? request).retransmissions.request)
        attempt.ackRetransmissions = Int((broker ?? request).retransmissions.answer)
        if request.payload != payload { attempt.payloadHash = Self.hexadecimal(request.payload) }
        return attempt
    }

    /// `topic-partition/producer.epoch/seq base`, or the checksum where there is no sequence. A further batch that would
    /// have the same name gets its last sequence or a count.
    func id(_ number: Int, _ request: ObservedAttempt) -> String {
        let partition = "\(topics.text(request.topic))-\(request.partition)"
        let namesakes = ledger.namesakes.isEmpty ? nil : ledger.namesakes[Int32(number)]
        if request.producerID >= 0 {
            let id = "\(partition)/\(request.producerID).\(request.producerEpoch)/seq \(request.baseSequence)"
            return namesakes == nil ? id : "\(id)-\(request.lastSequence)"
        }
        let id = "\(partition)/crc \(Self.hexadecimal(request.identity))"
        return namesakes.map { "\(id) (\($0 + 1))" } ?? id
    }

    private func connectionText(_ index: Int32) -> String {
        let attempt = joined[Int(index)]
        let number = attempt.client >= 0 ? attempt.client : attempt.broker
        let capture = attempts.capture(of: number)
        let connection = Int(attempts[number].connection)
        return connectionTexts[capture][connection]
    }

    private func node(_ index: Int32) -> Int {
        let number = joined[Int(index)].broker
        return number < 0 ? 0 : observers[attempts.capture(of: number)].node
    }

    /// An endpoint without a port that is not told.
    static func host(_ endpoint: ObservedConnection.Endpoint) -> String {
        let text = text(endpoint)
        return endpoint.port == 0 && text.hasSuffix(":0") ? String(text.dropLast(2)) : text
    }

    static func text(_ endpoint: ObservedConnection.Endpoint) -> String {
        endpoint.address.isV4 ? "\(endpoint.address):\(endpoint.port)" : "[\(endpoint.address)]:\(endpoint.port)"
    }

    static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
