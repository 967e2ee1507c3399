import EvidenceModel
import KafkaWire
import PacketWire

extension WireAnalysis {
    /// What a person on call reads first: who produced what, what went wrong, and where to look.
    public func summary() -> String {
        var lines = captures.enumerated().map { captureLine($0.offset, $0.element) }
        let totals = Totals(self)
        guard totals.attempts > 0 else {
            lines.append("")
            lines.append(
                "No Produce request was seen." + (captures.contains { $0.connections > 0 } ? "" : " No TCP either."))
            appendFindings(findings(), to: &lines)
            return lines.joined(separator: "\n") + "\n"
        }
        lines.append("")
        lines += producerLines()
        lines.append("")
        lines += totals.lines
        appendFindings(findings(), to: &lines)
        return lines.joined(separator: "\n") + "\n"
    }

    private func captureLine(_ index: Int, _ capture: WireEvidence.Capture) -> String {
        let side = capture.side == .client ? "client side" : "broker side"
        let how =
            sidesDetected[index] ? (observers[index].sideEvidence.side == nil ? ", assumed" : ", by its packets") : ""
        let length = InspectText.seconds(us: capture.lastPacketUs - capture.firstPacketUs)
        return "\(capture.file)  \(side)\(how); \(InspectText.date(us: capture.firstPacketUs)), \(length), "
            + "\(InspectText.count(capture.packets, "packet")), \(InspectText.count(capture.connections, "connection")), "
            + InspectText.count(capture.resets, "reset")
    }

    /// One line for each producer: where it runs, what it calls itself, what it sent.
    private func producerLines() -> [String] {
        struct Producer: Hashable {
            var address: IPAddress
            var clientID: String
            var producerID: Int64
        }
        struct Sent {
            var batches = 0
            var records = 0
            var acks: Set<Int16> = []
            var versions: Set<Int16> = []
            var topics: Set<Int32> = []
            var isTransactional = false
        }
        var producers: [Producer: Sent] = [:]
        var order: [Producer] = []
        for number in ledger.batches.indices {
            let batch = ledger.batches[number]
            let request = ledger.request(batch.firstAttempt)
            let attempt = joined[Int(batch.firstAttempt)]
            let connection = attempts.connection(attempt.client >= 0 ? attempt.client : attempt.broker)
            let producer = Producer(
                address: connection.client.address, clientID: connection.clientID ?? "",
                producerID: request.producerID)
            if producers[producer] == nil { order.append(producer) }
            producers[producer, default: Sent()].batches += 1
            producers[producer, default: Sent()].records += Int(request.recordCount)
            producers[producer, default: Sent()].acks.insert(request.acks)
            producers[producer, default: Sent()].versions.insert(request.apiVersion)
            producers[producer, default: Sent()].topics.insert(topics.resolved(request.topic))
            if request.flags.contains(.transactional) {
                producers[producer, default: Sent()].isTransactional = true
            }
        }
        var lines = order.prefix(8).map { producer -> String in
            let sent = producers[producer] ?? Sent()
            let kind =
                sent.isTransactional
                ? "transactional" : producer.producerID >= 0 ? "idempotent" : "not idempotent"
            let acks = sent.acks.sorted().map { $0 == -1 ? "all" : String($0) }.joined(separator: ",")
            let versions = sent.versions.sorted().map { "v\($0)" }.joined(separator: ",")
            let names = sent.topics.map { topics.text($0) }.sorted()
            let topicText =
                names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
            let id = producer.producerID >= 0 ? ", producer id \(producer.producerID)" : ""
            return
                "producer  \(producer.address) '\(producer.clientID)'\(id), \(kind), acks=\(acks), Produce \(versions): "
                + "\(InspectText.count(sent.records, "record")) in \(InspectText.count(sent.batches, "batch")) to \(topicText)"
        }
        if order.count > 8 { lines.append("          and \(order.count - 8) more producers") }
        return lines
    }

    private func appendFindings(_ findings: [WireEvidence.Finding], to lines: inout [String]) {
        guard !findings.isEmpty else {
            lines.append("findings  none")
            return
        }
        var counts: [String: Int] = [:]
        for finding in findings { counts[finding.kind, default: 0] += 1 }
        let kinds = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        lines.append("findings  " + kinds.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        let first = findings.filter { $0.batch != nil }.prefix(5)
        if let suspicious = first.first {
            lines.append("")
            lines.append("First suspicious batch (crosswind inspect … --batch '\(suspicious.batch ?? "")'):")
        }
        for finding in first {
            lines.append(
                "  \(InspectText.time(us: finding.timeUs))  \(finding.kind)  \(finding.batch ?? ""): \(finding.detail)")
        }
        let general = findings.filter { $0.batch == nil }
        if !general.isEmpty { lines.append("") }
        for finding in general.prefix(8) { lines.append("  \(finding.kind): \(finding.detail)") }
    }
}

/// Sums over all attempts.
private struct Totals {
    var batches = 0
    var attempts = 0
    var retriedBatches = 0
    var deduplicated = 0
    var fates: [WireEvidence.Fate: Int] = [:]
    var errors: [Int16: Int] = [:]
    var acknowledgedRecords = 0
    var records = 0
    var latenciesUs: [Int64] = []

    init(_ analysis: WireAnalysis) {
        let ledger = analysis.ledger
        let judge = FateJudge(analysis)
        batches = ledger.batches.count
        for number in ledger.batches.indices {
            let batch = ledger.batches[number]
            let indices = ledger.attempts(of: batch)
            let fates = judge.fates(batch, indices)
            let count = Int(ledger.request(batch.firstAttempt).recordCount)
            records += count
            attempts += indices.count
            if indices.count > 1 { retriedBatches += 1 }
            var isAcknowledged = false
            for (index, fate) in zip(indices, fates) {
                self.fates[fate, default: 0] += 1
                if fate == .acknowledged { isAcknowledged = true }
                if ledger.isDeduplicated(index, in: batch) { deduplicated += 1 }
                if let answer = ledger.answer(index), answer.errorCode != 0 {
                    errors[answer.errorCode, default: 0] += 1
                }
                let attempt = ledger.client(index) ?? ledger.request(index)
                if fate == .acknowledged, latenciesUs.count < 4_000_000 {
                    latenciesUs.append((attempt.answerNs - attempt.requestNs) / 1000)
                }
            }
            if isAcknowledged { acknowledgedRecords += count }
        }
        latenciesUs.sort()
    }

    var lines: [String] {
        var lines = [
            "acked     \(InspectText.grouped(acknowledgedRecords)) of \(InspectText.count(records, "record")); "
                + "\(InspectText.count(attempts, "attempt")) at \(InspectText.count(batches, "batch"))" + latency
        ]
        let named = errors.sorted { $0.key < $1.key }.map {
            "\($0.key) \(ErrorCode(rawValue: $0.key).name) x\($0.value)"
        }
        lines.append("errors    \(named.isEmpty ? "none" : named.joined(separator: ", "))")
        let names: [(WireEvidence.Fate, String)] = [
            (.requestLost, "request lost"), (.ackLost, "ack lost"), (.ackLate, "ack late"),
            (.connectionLost, "connection lost"), (.openAtEnd, "open at the end"), (.noAckAskedFor, "no ack asked for"),
        ]
        let lost = names.compactMap { fate, name in fates[fate].map { "\(name) \($0)" } }
        lines.append("not told  \(lost.isEmpty ? "none" : lost.joined(separator: ", "))")
        lines.append(
            "retries   \(InspectText.count(retriedBatches, "batch")) sent again; \(deduplicated) deduplicated by the broker"
        )
        return lines
    }

    private var latency: String {
        guard !latenciesUs.isEmpty else { return "" }
        func at(_ share: Double) -> String {
            let value = latenciesUs[min(Int(Double(latenciesUs.count) * share), latenciesUs.count - 1)]
            return "\(value / 1000).\((value % 1000) / 100)"
        }
        return "; answered in \(at(0.5)) ms p50, \(at(0.99)) ms p99, \(at(1)) ms max"
    }
}
