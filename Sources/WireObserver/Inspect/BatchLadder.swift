import EvidenceModel
import KafkaWire

extension WireAnalysis {
    /// One rung of a ladder.
    private struct Rung {
        var timeNs: Int64
        var side: WireEvidence.Side
        var event: AttemptWatch.Event
        /// Which attempt at the batch, from 1; 0 for the end of a connection.
        var attempt: Int
        var connection: String
    }

    /// The number of the batch with this id, as reports and JSON name it.
    func number(of id: String) -> Int? {
        ledger.batches.indices.first { number in
            self.id(number, ledger.request(ledger.batches[number].firstAttempt)) == id
        }
    }

    /// Draws everything that happened to one batch, at both ends, in time order: requests, answers, what TCP sent again
    /// and acknowledged, and the ends of the connections.
    ///
    /// Reads the captures once more.
    ///
    /// - Throws: ``CaptureError`` when there is no such batch, with some that there are; or when a file cannot be read.
    public func ladder(of id: String) throws -> String {
        guard let number = number(of: id) else { throw CaptureError(unknown(id)) }
        let batch = describe(number)
        let indices = ledger.attempts(of: ledger.batches[number])
        let rungs = try events(indices).sorted { $0.timeNs < $1.timeNs }
        var lines = [heading(batch), ""]
        let start = rungs.first?.timeNs ?? 0
        lines.append("  \(InspectText.time(us: start / 1000)) is time 0; attempts:")
        for (index, attempt) in batch.attempts.enumerated() {
            lines.append(
                "  #\(index + 1)  \(attempt.connection)  Produce v\(attempt.apiVersion), correlation id "
                    + "\(attempt.correlationID)  ->  \(InspectText.fate(attempt))")
        }
        lines.append("")
        for rung in rungs { lines.append(line(rung, from: start, batch)) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func heading(_ batch: WireEvidence.Batch) -> String {
        var text = "\(batch.id): \(InspectText.count(Int(batch.recordCount), "record"))"
        if batch.producerID >= 0 { text += ", sequences \(batch.baseSequence) to \(batch.lastSequence)" }
        text += batch.baseOffset.map { ", offset \($0)" } ?? ", no offset known"
        if batch.deduplicated { text += ", deduplicated" }
        return text
    }

    private func unknown(_ id: String) -> String {
        let some = ledger.batches.indices.prefix(3).map { number in
            "'\(self.id(number, ledger.request(ledger.batches[number].firstAttempt)))'"
        }
        return some.isEmpty
            ? "there is no batch '\(id)': the capture holds none"
            : "there is no batch '\(id)'; ids look like \(some.joined(separator: ", ")), and --json lists all"
    }

    /// Reads the captures again and notes what happens to these attempts.
    private func events(_ indices: [Int32]) throws -> [Rung] {
        var rungs: [Rung] = []
        for (capture, observer) in observers.enumerated() {
            let isClient = observer.counts.side == .client
            var watched: [Int: Int32] = [:]
            var order: [Int: Int] = [:]
            for (place, index) in indices.enumerated() {
                let number = isClient ? joined[Int(index)].client : joined[Int(index)].broker
                guard number >= 0, attempts.capture(of: number) == capture else { continue }
                let local = Int(number) - attempts.first[capture]
                watched[local] = attempts[number].connection
                order[local] = place + 1
            }
            guard !watched.isEmpty else { continue }
            let watch = AttemptWatch(watched)
            var sources = CaptureFiles(files[capture], keys: keys)
            let again = try sources.read {
                // Of a first reading that finds the files out of order, nothing counts.
                watch.reset()
                let again = CaptureObserver(
                    file: observer.counts.file, side: observer.counts.side, topics: TopicTable(), keys: keys)
                again.log.watch = watch
                return again
            }
            again.finish()
            let firstNs = watch.events.first { $0.attempt != nil }?.timeNs ?? 0
            for event in watch.events where event.attempt != nil || event.timeNs >= firstNs {
                rungs.append(
                    Rung(
                        timeNs: event.timeNs, side: observer.counts.side, event: event,
                        attempt: event.attempt.flatMap { order[$0] } ?? 0,
                        connection: connectionTexts[capture][Int(event.connection)]))
            }
        }
        return rungs
    }

    private func line(_ rung: Rung, from start: Int64, _ batch: WireEvidence.Batch) -> String {
        let place = rung.attempt > 0 ? "#\(rung.attempt)" : "  "
        let arrow = rung.event.fromClient ? "--->" : "<---"
        let what: String
        switch rung.event.kind {
        case .request: what = rung.side == .client ? "Produce request leaves" : "Produce request arrives"
        case .requestRepeated: what = "TCP sends the request again"
        case .requestAcknowledged: what = "TCP acknowledges the request"
        case .answer: what = (rung.side == .client ? "answer arrives: " : "answer leaves: ") + answer(rung, batch)
        case .answerRepeated: what = "TCP sends the answer again"
        case .answerAcknowledged: what = "TCP acknowledges the answer"
        case .finish: what = "FIN, \(rung.connection)"
        case .reset: what = "RST, \(rung.connection)"
        }
        let side = rung.side == .client ? "client" : "broker"
        return "  \(InspectText.offset(ns: rung.timeNs - start))  \(side)  \(place)  \(arrow)  \(what)"
    }

    private func answer(_ rung: Rung, _ batch: WireEvidence.Batch) -> String {
        guard rung.attempt > 0, let code = batch.attempts[rung.attempt - 1].errorCode else { return "(not decoded)" }
        let attempt = batch.attempts[rung.attempt - 1]
        guard code == 0 else { return "\(code) \(ErrorCode(rawValue: code).name)" }
        let offset = attempt.baseOffset.map { "offset \($0)" } ?? "no offset"
        return attempt.deduplicated ? "success, \(offset), a duplicate" : "success, \(offset)"
    }
}
