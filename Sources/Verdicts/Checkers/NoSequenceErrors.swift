import EvidenceModel

/// Property: no answer carries 45, 46, 47 or 59, and the client raised no fatal error.
///
/// Evidence: every partition answer in the captures of either side, and the client's errors.
/// TLS: the client's errors alone; the measure `sequence_errors` is then not known.
/// Inconclusive: when none was seen and the captures are in doubt; one that was seen is proof.
enum NoSequenceErrors: Checker {
    static let property = "no-sequence-errors"
    static let passRestsOn: Set<Account> = [.client, .wire]
    static let failRestsOn: Set<Account> = []

    static func check(_ ledger: Ledger) -> PropertyResult {
        let answers = Self.answers(ledger)
        let fatal = ledger.record.client.errors.filter(\.fatal)
        if answers.isEmpty, fatal.isEmpty {
            guard ledger.record.wire != nil else { return inconclusive("there are no captures to look for errors in") }
            if ledger.isWireOpaque {
                return passed("no fatal error of the client; the traffic is TLS, so that no answer could be looked at")
            }
            return passed("no sequence error on the wire, no fatal error of the client")
        }
        var parts: [String] = []
        if let first = answers.first {
            let kinds = Dictionary(grouping: answers, by: \.code).mapValues(\.count).sorted { $0.key < $1.key }
                .map {
                    $0.value == answers.count
                        ? KafkaError.describe($0.key) : "\($0.value) x \(KafkaError.describe($0.key))"
                }
                .joined(separator: ", ")
            parts.append(
                "\(Words.count(answers.count, "sequence error")) (\(kinds)), first: \(first.batch.id)"
                    + (first.timeUs > 0 ? " at \(ledger.seconds(first.timeUs))" : ""))
        }
        if let first = fatal.first {
            let more = fatal.count > 1 ? " (\(fatal.count) in all)" : ""
            parts.append(
                "fatal error of the client at \(ledger.seconds(first.timeUs)): \(first.name)\(more)"
                    + (first.message.isEmpty ? "" : ": \(first.message.prefix(200))"))
        }
        var ids: [String] = []
        for answer in answers where ids.count < 20 && !ids.contains(answer.batch.id) { ids.append(answer.batch.id) }
        return failed(parts.joined(separator: "; "), batches: ids)
    }

    /// Every answer with a sequence error, in time order.
    static func answers(_ ledger: Ledger) -> [(batch: WireEvidence.Batch, code: Int16, timeUs: Int64)] {
        var found: [(batch: WireEvidence.Batch, code: Int16, timeUs: Int64)] = []
        for batch in ledger.record.wire?.batches ?? [] {
            for attempt in batch.attempts {
                guard let code = attempt.errorCode, KafkaError.sequenceErrors.contains(code) else { continue }
                found.append((batch, code, attempt.ackLeftBrokerUs ?? attempt.ackReachedClientUs ?? 0))
            }
        }
        return found.sorted { $0.timeUs < $1.timeUs }
    }
}
