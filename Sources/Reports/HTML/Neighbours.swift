import EvidenceModel

/// The batches of the same partition around a guilty one: a sequence error is explained by what came before it.
struct Neighbours {
    private let batch: WireEvidence.Batch
    private let around: ArraySlice<WireEvidence.Batch>
    private let zeroUs: Int64

    init(_ batch: WireEvidence.Batch, _ wire: WireEvidence, zeroUs: Int64) {
        self.batch = batch
        self.zeroUs = zeroUs
        let partition = wire.batches.filter { $0.topic == batch.topic && $0.partition == batch.partition }
        let place = partition.firstIndex { $0.id == batch.id } ?? 0
        around = partition[max(place - 3, 0)..<min(place + 3, partition.count)]
    }

    /// The markup; nothing when the batch stands alone.
    func html() -> String {
        guard around.count > 1 else { return "" }
        var text =
            "<div class=\"scroll\"><table class=\"wide neighbours\"><thead><tr><th></th><th>batches around it</th>"
        text += "<th>sent</th><th>epoch</th><th>sequences</th><th>tries</th><th>answers</th></tr></thead>"
        for other in around {
            let isGuilty = other.id == batch.id
            text += "<tr\(isGuilty ? " class=\"guilty\"" : "")><td>\(isGuilty ? "▶" : "")</td>"
            text += "<td>\(Markup.escape(other.id))</td><td class=\"n\">\(sent(other))</td>"
            text += "<td class=\"n\">\(other.producerEpoch >= 0 ? String(other.producerEpoch) : "–")</td>"
            text +=
                "<td class=\"n\">\(other.baseSequence >= 0 ? "\(other.baseSequence)–\(other.lastSequence)" : "–")</td>"
            text += "<td class=\"n\">\(other.attempts.count)</td><td>\(Markup.escape(answers(other)))</td></tr>"
        }
        return text + "</table></div>"
    }

    private func sent(_ batch: WireEvidence.Batch) -> String {
        guard let attempt = batch.attempts.first,
            let timeUs = attempt.requestLeftClientUs ?? attempt.requestReachedBrokerUs
        else { return "–" }
        return Numbers.fixed(Double(timeUs - zeroUs) / 1e6, 4) + " s"
    }

    /// `ack lost, then ok at offset 88 (duplicate recognised)`.
    private func answers(_ batch: WireEvidence.Batch) -> String {
        batch.attempts.prefix(4).map { attempt in
            var text =
                attempt.fate == .acknowledged
                ? "ok" : attempt.fate.rawValue.split(separator: "_").joined(separator: " ")
            if let code = attempt.errorCode, code != 0 { text += " \(code)" }
            if attempt.errorCode == 0, let offset = attempt.baseOffset { text += " at offset \(offset)" }
            if attempt.deduplicated { text += " (duplicate recognised)" }
            return text
        }.joined(separator: ", then ") + (batch.attempts.count > 4 ? ", …" : "")
    }
}
