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
        lines.append("requests  " + requestText)
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

    /// Requests by api, versions put together, of the capture that saw most.
    private var requestText: String {
        let most = observers.max {
            $0.frames.requestCounts.values.reduce(0, +) < $1.frames.requestCounts.values.reduce(0, +)
        }
        var byName: [String: Int] = [:]
        for (key, count) in most?.frames.requestCounts ?? [:] {
            byName[APIKey(rawValue: Int16(key >> 16)).name, default: 0] += count
        }
        return byName.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
            .joined(separator: ", ")
    }

    private struct Producer: Hashable {
        var address: IPAddress
        var clientID: String
        var producerID: Int64
    }

    private struct Sent {
        var batches = 0
        var records = 0
        var acks: Set<Int16> = []
        var versions: Set<Int16> = []
        var topics: Set<Int32> = []
        var isTransactional = false
        var last: ObservedAttempt?

        /// - Parameter isSplit: its records are those of smaller batches.
        mutating func note(_ request: ObservedAttempt, isSplit: Bool) {
            batches += 1
            if !isSplit { records += Int(request.recordCount) }
            if let last, last.acks == request.acks, last.apiVersion == request.apiVersion, last.topic == request.topic {
                return
            }
            last = request
            acks.insert(request.acks)
            versions.insert(request.apiVersion)
            topics.insert(request.topic)
            if request.flags.contains(.transactional) { isTransactional = true }
        }
    }

    /// Where a producer's batches come from: few different values, so that the names are looked up once for each.
    private struct Origin: Hashable {
        var capture: Int
        var connection: Int32
        var producerID: Int64
    }

    /// One line for each producer: where it runs, what it calls itself, what it sent.
    private func producerLines() -> [String] {
        var origins: [Origin: Int] = [:]
        var numbers: [Producer: Int] = [:]
        var order: [(producer: Producer, sent: Sent)] = []
        var last: (origin: Origin, number: Int)?
        for number in ledger.batches.indices {
            let first = ledger.batches[number].firstAttempt
            let request = ledger.request(first)
            let noted = joined[Int(first)].client >= 0 ? joined[Int(first)].client : joined[Int(first)].broker
            let capture = attempts.capture(of: noted)
            let origin = Origin(
                capture: capture, connection: attempts[noted].connection, producerID: request.producerID)
            if let last, last.origin == origin {
                order[last.number].sent.note(request, isSplit: splits.pieces[number] != nil)
                continue
            }
            var place = origins[origin]
            if place == nil {
                let connection = observers[capture].log.connections[Int(origin.connection)]
                let producer = Producer(
                    address: connection.client.address, clientID: connection.clientID ?? "",
                    producerID: request.producerID)
                place = numbers[producer]
                if place == nil {
                    numbers[producer] = order.count
                    order.append((producer, Sent()))
                }
                place = place ?? order.count - 1
                origins[origin] = place
            }
            order[place ?? 0].sent.note(request, isSplit: splits.pieces[number] != nil)
            last = (origin, place ?? 0)
        }
        var lines = order.prefix(8).map { producer, sent -> String in
            let kind =
                sent.isTransactional
                ? "transactional" : producer.producerID >= 0 ? "idempotent" : "not idempotent"
            let acks = sent.acks.sorted().map { $0 == -1 ? "all" : String($0) }.joined(separator: ",")
            let versions = sent.versions.sorted().map { "v\($0)" }.joined(separator: ",")
            let names = Set(sent.topics.map { topics.text($0) }).sorted()
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

    /// Where nothing else is suspicious, the first batch that was sent again is what to look at.
    private func appendFirstRetry(_ findings: [WireEvidence.Finding], to lines: inout [String]) {
        guard !findings.contains(where: { $0.batch != nil }),
            let number = ledger.batches.indices.first(where: { ledger.batches[$0].attemptCount > 1 })
        else { return }
        let batch = describe(number)
        lines.append("")
        lines.append("First batch sent again (crosswind inspect … --batch '\(batch.id)'):")
        for (index, attempt) in batch.attempts.enumerated() {
            let time = attempt.requestLeftClientUs ?? attempt.requestReachedBrokerUs ?? 0
            lines.append("  \(InspectText.time(us: time))  attempt \(index + 1): \(InspectText.fate(attempt))")
        }
    }

    private func appendFindings(_ findings: [WireEvidence.Finding], to lines: inout [String]) {
        defer { appendFirstRetry(findings, to: &lines) }
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
    var splitBatches = 0
    var fates: [WireEvidence.Fate: Int] = [:]
    var errors: [Int16: Int] = [:]
    var acknowledgedRecords = 0
    var records = 0
    var acknowledged = 0
    var latenciesUs: [Int32] = []

    init(_ analysis: WireAnalysis) {
        let ledger = analysis.ledger
        let judge = FateJudge(analysis)
        batches = ledger.batches.count
        for number in ledger.batches.indices {
            let batch = ledger.batches[number]
            let isSplit = analysis.splits.pieces[number] != nil
            if isSplit { splitBatches += 1 }
            let count = isSplit ? 0 : Int(ledger.request(batch.firstAttempt).recordCount)
            records += count
            if batch.attemptCount == 1 {
                attempts += 1
                let fate = judge.fate(batch.firstAttempt)
                note(batch.firstAttempt, fate, batch, ledger)
                if fate == .acknowledged { acknowledgedRecords += count }
                continue
            }
            let indices = ledger.attempts(of: batch)
            let fates = judge.fates(batch, indices)
            attempts += indices.count
            if indices.count > 1 { retriedBatches += 1 }
            var isAcknowledged = false
            for (index, fate) in zip(indices, fates) {
                if fate == .acknowledged { isAcknowledged = true }
                note(index, fate, batch, ledger)
            }
            if isAcknowledged { acknowledgedRecords += count }
        }
        latenciesUs.sort()
    }

    private mutating func note(
        _ index: Int32, _ fate: WireEvidence.Fate, _ batch: BatchLedger.Batch, _ ledger: BatchLedger
    ) {
        if fate == .acknowledged { acknowledged += 1 } else { fates[fate, default: 0] += 1 }
        if ledger.isDeduplicated(index, in: batch) { deduplicated += 1 }
        if let answer = ledger.answer(index), answer.errorCode != 0 { errors[answer.errorCode, default: 0] += 1 }
        guard fate == .acknowledged, latenciesUs.count < 4_000_000 else { return }
        let attempt = ledger.client(index) ?? ledger.request(index)
        latenciesUs.append(Int32(clamping: (attempt.answerNs - attempt.requestNs) / 1000))
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
                + (splitBatches > 0
                    ? "; \(InspectText.count(splitBatches, "batch")) refused as too large and split" : ""))
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
