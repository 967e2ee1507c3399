import EvidenceModel

/// The messages of one batch between producer and broker, both sides of the link, in the order of time: what a person
/// would otherwise put together from two captures.
struct Ladder {
    private let batch: WireEvidence.Batch
    private let rewritten: WireEvidence.Batch?
    private let record: CellRecord
    private let zeroUs: Int64
    private let steps: [Step]
    private let left: Int

    /// One message on its way, or a remark between messages.
    private struct Step {
        var timeUs: Int64
        var isRequest: Bool
        var label: String
        /// Time at the client's end; nil where the capture there did not see it.
        var clientUs: Int64?
        var brokerUs: Int64?
        /// Why it did not arrive; nil when it did.
        var lost: String?
        var style: String
        /// A remark instead of a message.
        var remark: String?
    }

    /// Tries shown; of more, the last are left out.
    private static let attemptLimit = 6

    /// The ladder of a batch; `rewritten` is the batch in which the client sent its records again, where that is
    /// another one.
    init(
        _ batch: WireEvidence.Batch, rewritten: WireEvidence.Batch? = nil, _ record: CellRecord, zeroUs: Int64
    ) {
        self.batch = batch
        self.record = record
        self.zeroUs = zeroUs
        var steps: [Step] = []
        var connection: String?
        let tries =
            batch.attempts.map { ($0, batch) } + (rewritten.map { other in other.attempts.map { ($0, other) } } ?? [])
        for (i, (attempt, batch)) in tries.prefix(Self.attemptLimit).enumerated() {
            if let connection, connection != attempt.connection {
                let timeUs = attempt.requestLeftClientUs ?? attempt.requestReachedBrokerUs ?? 0
                let name = attempt.connection.split(separator: ">").first.map(String.init) ?? attempt.connection
                steps.append(
                    Step(
                        timeUs: timeUs - 1, isRequest: true, label: "", style: "",
                        remark: "the client goes on over a new connection, \(name)"))
            }
            connection = attempt.connection
            steps += Self.steps(attempt, number: i + 1, batch, record)
        }
        let endUs = steps.lazy.flatMap { [$0.timeUs, $0.clientUs ?? 0, $0.brokerUs ?? 0] }.max() ?? 0
        steps += Self.resets(of: Set(tries.map(\.0.connection)), record).filter { $0.timeUs <= endUs }
        self.steps = steps.enumerated().sorted { ($0.element.timeUs, $0.offset) < ($1.element.timeUs, $1.offset) }
            .map(\.element)
        left = max(tries.count - Self.attemptLimit, 0)
        self.rewritten = rewritten
    }

    /// Remarks on connections that a fault reset.
    private static func resets(of connections: Set<String>, _ record: CellRecord) -> [Step] {
        var seen: Set<String> = []
        return record.faultLog.compactMap { entry in
            guard entry.fate == "reset", let connection = entry.connection else { return nil }
            let name = connections.contains(connection) ? connection : reversed(connection)
            guard connections.contains(name), seen.insert(name).inserted else { return nil }
            return Step(
                timeUs: entry.timeUs, isRequest: false, label: "", style: "",
                remark: "\(entry.fault) resets the connection")
        }
    }

    private static func steps(
        _ attempt: WireEvidence.Attempt, number: Int, _ batch: WireEvidence.Batch, _ record: CellRecord
    ) -> [Step] {
        let sequences = batch.baseSequence >= 0 ? ", seq \(batch.baseSequence)–\(batch.lastSequence)" : ", no sequence"
        var label = "\(number == 1 ? "Produce" : "Produce again") #\(attempt.correlationID)\(sequences)"
        if attempt.requestRetransmissions > 0 { label += ", TCP sent \(attempt.requestRetransmissions) again" }
        let isLost = attempt.fate == .requestLost || attempt.requestReachedBrokerUs == nil
        var steps = [
            Step(
                timeUs: attempt.requestLeftClientUs ?? attempt.requestReachedBrokerUs ?? 0, isRequest: true,
                label: label, clientUs: attempt.requestLeftClientUs, brokerUs: attempt.requestReachedBrokerUs,
                lost: isLost ? cause(attempt, isRequest: true, record) ?? "lost" : nil,
                style: number == 1 ? "c-acked" : "c-retried")
        ]
        guard attempt.errorCode != nil || attempt.ackLeftBrokerUs != nil || attempt.ackReachedClientUs != nil else {
            return steps
        }
        var answer = attempt.errorCode.map { $0 == 0 ? "ok" : "error \($0)" } ?? "answer"
        if attempt.errorCode == 0, let offset = attempt.baseOffset { answer += ", offset \(offset)" }
        if attempt.deduplicated { answer += ", recognised as duplicate" }
        let reached = attempt.ackReachedClientUs != nil
        let lost: String? =
            attempt.fate == .ackLate
            ? "too late" : reached ? nil : cause(attempt, isRequest: false, record) ?? "lost"
        let style = attempt.deduplicated ? "c-dedup" : (attempt.errorCode ?? 0) != 0 ? "c-failed" : "c-acked"
        steps.append(
            Step(
                timeUs: attempt.ackLeftBrokerUs ?? attempt.ackReachedClientUs ?? 0, isRequest: false, label: answer,
                clientUs: attempt.ackReachedClientUs, brokerUs: attempt.ackLeftBrokerUs, lost: lost, style: style))
        return steps
    }

    /// The fault that took the message, as the fault log names it.
    private static func cause(
        _ attempt: WireEvidence.Attempt, isRequest: Bool, _ record: CellRecord
    ) -> String? {
        let entry = record.faultLog.first { entry in
            guard let message = entry.message, message.correlationID == attempt.correlationID, entry.fate == "drop",
                (entry.direction == .clientToBroker) == isRequest, let connection = entry.connection
            else { return false }
            return connection == attempt.connection || reversed(connection) == attempt.connection
        }
        return entry.map { "dropped by \($0.fault)" }
    }

    private static func reversed(_ connection: String) -> String {
        connection.split(separator: ">").reversed().joined(separator: ">")
    }

    // MARK: - Markup

    private static let clientX = 66
    private static let brokerX = 294

    /// The markup: a drawing, and under it what the log holds and the client reported.
    func html(title: String) -> String {
        var y = 34
        var body = ""
        for step in steps {
            if let remark = step.remark {
                body += "<text class=\"remark\" x=\"180\" y=\"\(y + 10)\">\(Markup.escape(remark))</text>"
                y += 24
            } else {
                body += svg(step, y: y)
                y += 40
            }
        }
        if left > 0 {
            body += "<text class=\"remark\" x=\"180\" y=\"\(y + 10)\">and \(left) more tries</text>"
            y += 24
        }
        let height = y + 8
        var text = "<figure class=\"ladder\"><figcaption>\(Markup.escape(title)): batch"
        text += " <code>\(Markup.escape(batch.id))</code>, \(batch.recordCount)"
        text += batch.recordCount == 1 ? " record</figcaption>" : " records</figcaption>"
        text += "<svg viewBox=\"0 0 360 \(height)\" role=\"img\" aria-label=\"messages of the batch\">"
        text += "<text class=\"end\" x=\"\(Self.clientX)\" y=\"14\">producer</text>"
        text += "<text class=\"end dim\" x=\"180\" y=\"14\">link</text>"
        text += "<text class=\"end\" x=\"\(Self.brokerX)\" y=\"14\">broker</text>"
        text += "<path class=\"rail\" d=\"M\(Self.clientX) 20V\(height)M\(Self.brokerX) 20V\(height)\"/>"
        text += "<path class=\"rail mid\" d=\"M180 20V\(height)\"/>\(body)</svg>"
        return text + "<p>\(Markup.escape(outcome()))</p></figure>"
    }

    private func svg(_ step: Step, y: Int) -> String {
        let from = step.isRequest ? Self.clientX : Self.brokerX
        let direction = step.isRequest ? 1 : -1
        let whole = Self.brokerX - Self.clientX
        let isLate = step.lost == "too late"
        let length = step.lost == nil || isLate ? whole : whole / 2
        let to = from + direction * length
        let top = y + 16
        let drop = step.lost == nil || isLate ? 12 : 6
        var text = "<path class=\"arrow \(step.style)\" d=\"M\(from) \(top)L\(to) \(top + drop)\"/>"
        if step.lost == nil || isLate {
            text += "<path class=\"tip \(step.style)\" d=\"M\(to) \(top + drop)l\(-direction * 8) -5v8z\"/>"
        }
        if let lost = step.lost {
            let x = isLate ? to + 10 : to
            text += "<path class=\"cross\" d=\"M\(x - 5) \(top + drop - 5)l10 10m0 -10l-10 10\"/>"
            // The name of what took it stands in the empty half.
            let place = isLate ? 180 : step.isRequest ? 240 : 120
            text += "<text class=\"lost\" x=\"\(place)\" y=\"\(top + drop + (isLate ? 14 : 4))\">"
            text += "\(Markup.escape(lost))</text>"
        }
        // The text of a message that did not arrive stands in the half that it did cross.
        let labelX = step.lost == nil || isLate ? 180 : step.isRequest ? 123 : 237
        text += "<text class=\"label\" x=\"\(labelX)\" y=\"\(top - 5)\">\(Markup.escape(step.label))</text>"
        if let timeUs = step.clientUs {
            let at = step.isRequest ? top : top + drop
            text += "<text class=\"t\" x=\"\(Self.clientX - 5)\" y=\"\(at + 4)\">\(time(timeUs))</text>"
        }
        if let timeUs = step.brokerUs {
            let at = step.isRequest ? top + drop : top
            text += "<text class=\"t right\" x=\"\(Self.brokerX + 5)\" y=\"\(at + 4)\">\(time(timeUs))</text>"
        }
        return text
    }

    private func time(_ timeUs: Int64) -> String { Numbers.fixed(Double(timeUs - zeroUs) / 1e6, 4) + " s" }

    /// What the log holds of the batch, and what the client reported about its first record.
    private func outcome() -> String {
        let appended = Set(batch.attempts.filter { $0.errorCode == 0 }.compactMap(\.baseOffset)).filter { $0 >= 0 }
        let rewrites = rewritten.map { Set($0.attempts.compactMap(\.baseOffset)) } ?? []
        let told = appended.union(rewrites)
        let inLog = told.sorted().compactMap { offset in
            record.log?.batches.first {
                $0.topic == batch.topic && $0.partition == batch.partition && $0.baseOffset == offset
            }
        }
        guard record.log != nil else { return "The log was not read back." }
        if told.isEmpty { return "No offset was told for it." }
        if inLog.isEmpty { return "The log holds nothing at the offsets that were told for it." }
        let ranges = inLog.map { "\($0.baseOffset)–\($0.baseOffset + Int64(max($0.recordIDs.count, 1)) - 1)" }
        var text = "In the log at offsets " + ranges.joined(separator: " and ") + "."
        if let id = inLog[0].recordIDs.first, id >= 0, id < record.client.records.count {
            let report = record.client.records[Int(id)]
            switch report.outcome {
            case .acknowledged: text += " The client reported record \(id) delivered at \(time(report.reportedUs))"
            case .notPersisted, .indeterminate:
                text += " The client gave record \(id) up at \(time(report.reportedUs))"
            case .none: text += " The client never reported record \(id)"
            }
            if report.outcome == .acknowledged, report.offset >= 0 { text += ", offset \(report.offset)" }
            text += "."
        }
        return text
    }
}
