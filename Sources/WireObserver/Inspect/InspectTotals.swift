import EvidenceModel
import KafkaWire

/// Sums over all attempts.
struct Totals {
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

    private let atLeast: String

    init(_ analysis: WireAnalysis) {
        atLeast = analysis.atLeast
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
            "acked     \(atLeast)\(InspectText.grouped(acknowledgedRecords)) of \(InspectText.count(records, "record")); "
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
