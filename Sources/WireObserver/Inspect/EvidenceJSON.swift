import EvidenceModel

/// Writes ``WireEvidence`` as JSON, one batch at a time, with explicit nulls.
///
/// The format is that of its `Codable` form, which reads it back. Written by hand because a capture can hold a million
/// batches, which must neither be in memory at once nor take longer to print than to read.
struct EvidenceJSON {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// Takes what was written so far.
    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    mutating func begin(_ bracket: Character) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        bytes.append(bracket.asciiValue ?? 0x7b)
        needsComma = false
    }

    mutating func end(_ bracket: Character) {
        bytes.append(bracket.asciiValue ?? 0x7d)
        needsComma = true
    }

    mutating func newline() { bytes.append(UInt8(ascii: "\n")) }

    mutating func key(_ name: StaticString) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func field(_ name: StaticString, _ value: some FixedWidthInteger) {
        key(name)
        integer(Int64(value))
        needsComma = true
    }

    mutating func field(_ name: StaticString, _ value: (some FixedWidthInteger)?) {
        key(name)
        if let value { integer(Int64(value)) } else { bytes.append(contentsOf: "null".utf8) }
        needsComma = true
    }

    mutating func field(_ name: StaticString, _ value: Bool) {
        key(name)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
        needsComma = true
    }

    mutating func field(_ name: StaticString, _ value: String?) {
        key(name)
        if let value { string(value) } else { bytes.append(contentsOf: "null".utf8) }
        needsComma = true
    }

    mutating func string(_ value: String) { JSONText.append(value, to: &bytes) }

    private mutating func integer(_ value: Int64) { JSONText.append(value, to: &bytes) }

    // MARK: The evidence

    mutating func capture(_ capture: WireEvidence.Capture) {
        begin("{")
        field("file", capture.file)
        field("side", capture.side.rawValue)
        field("packets", capture.packets)
        field("connections", capture.connections)
        field("produce_requests", capture.produceRequests)
        field("produce_responses", capture.produceResponses)
        if let requests = capture.requests {
            key("requests")
            table(requests.sorted { $0.key < $1.key })
        }
        key("answers")
        table(capture.answers.sorted { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) })
        field("deduplicated_answers", capture.deduplicatedAnswers)
        field("retransmitted_segments", capture.retransmittedSegments)
        field("resets", capture.resets)
        field("gaps", capture.gaps)
        if let missing = capture.missing {
            key("missing")
            begin("[")
            for stretch in missing { self.stretch(stretch) }
            end("]")
        }
        field("undecodable_frames", capture.undecodableFrames)
        field("first_packet_us", capture.firstPacketUs)
        field("last_packet_us", capture.lastPacketUs)
        end("}")
    }

    private mutating func stretch(_ stretch: WireEvidence.MissingStretch) {
        begin("{")
        field("connection", stretch.connection)
        field("direction", stretch.direction.rawValue)
        field("sequence", Int(stretch.sequence))
        field("length_bytes", stretch.lengthBytes)
        field("received", stretch.isReceived)
        end("}")
    }

    private mutating func table(_ entries: [(key: String, value: Int)]) {
        begin("{")
        for (name, count) in entries {
            if needsComma { bytes.append(UInt8(ascii: ",")) }
            string(name)
            bytes.append(UInt8(ascii: ":"))
            integer(Int64(count))
            needsComma = true
        }
        end("}")
    }

    mutating func batch(_ batch: WireEvidence.Batch) {
        begin("{")
        field("id", batch.id)
        field("topic", batch.topic)
        field("partition", batch.partition)
        field("producer_id", batch.producerID == WireEvidence.Batch.unknownProducer ? nil : batch.producerID)
        field("producer_epoch", batch.producerEpoch)
        field("base_sequence", batch.baseSequence)
        field("last_sequence", batch.lastSequence)
        field("record_count", batch.recordCount)
        field("payload_hash", batch.payloadHash)
        field("base_offset", batch.baseOffset)
        field("deduplicated", batch.deduplicated)
        if let isSplit = batch.isSplit { field("split", isSplit) }
        key("attempts")
        begin("[")
        for attempt in batch.attempts { self.attempt(attempt) }
        end("]")
        end("}")
    }

    private mutating func attempt(_ attempt: WireEvidence.Attempt) {
        begin("{")
        field("connection", attempt.connection)
        field("node", attempt.node)
        field("correlation_id", attempt.correlationID)
        field("api_version", attempt.apiVersion)
        field("acks", attempt.acks)
        field("request_left_client_us", attempt.requestLeftClientUs)
        field("request_reached_broker_us", attempt.requestReachedBrokerUs)
        field("ack_left_broker_us", attempt.ackLeftBrokerUs)
        field("ack_reached_client_us", attempt.ackReachedClientUs)
        field("error_code", attempt.errorCode)
        field("base_offset", attempt.baseOffset)
        field("deduplicated", attempt.deduplicated)
        field("fate", attempt.fate.rawValue)
        field("request_retransmissions", attempt.requestRetransmissions)
        field("ack_retransmissions", attempt.ackRetransmissions)
        if let hash = attempt.payloadHash { field("payload_hash", hash) }
        end("}")
    }

    mutating func finding(_ finding: WireEvidence.Finding) {
        begin("{")
        field("kind", finding.kind)
        field("time_us", finding.timeUs)
        field("batch", finding.batch)
        field("detail", finding.detail)
        end("}")
    }
}

extension WireAnalysis {
    /// Writes the evidence as one JSON object in pieces of about 64 KB, so that the whole is never in memory.
    public func writeJSON(_ write: ([UInt8]) throws -> Void) rethrows {
        var json = EvidenceJSON()
        json.begin("{")
        json.key("captures")
        json.begin("[")
        for capture in captures { json.capture(capture) }
        json.end("]")
        json.key("batches")
        json.begin("[")
        try forEachBatch { batch in
            json.batch(batch)
            if json.bytes.count > 65_536 { try write(json.take()) }
        }
        json.end("]")
        json.key("findings")
        json.begin("[")
        for finding in findings() {
            json.finding(finding)
            if json.bytes.count > 65_536 { try write(json.take()) }
        }
        json.end("]")
        json.key("transactions")
        json.begin("[")
        for transaction in transactions.transactions {
            json.transaction(transaction)
            if json.bytes.count > 65_536 { try write(json.take()) }
        }
        json.end("]")
        json.end("}")
        json.newline()
        try write(json.take())
    }
}
