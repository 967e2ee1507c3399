import KafkaWire

extension WireAnalysis {
    /// The lines of the summary about transactions, none where there is none: how many ended how, and those that did not end
    /// as asked.
    var transactionLines: [String] {
        let all = transactions.transactions
        guard !all.isEmpty else { return [] }
        var counts: [String: Int] = [:]
        for transaction in all { counts[transaction.outcome.rawValue, default: 0] += 1 }
        let text = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
        var lines = ["transactions  " + text.joined(separator: ", ")]
        let shown = all.filter { Self.isWorthALine($0) }
        for transaction in shown.prefix(20) { lines.append("  " + Self.line(transaction)) }
        if shown.count > 20 { lines.append("  and \(shown.count - 20) more: --json has all") }
        return lines
    }

    private static func isWorthALine(_ transaction: ObservedTransaction) -> Bool {
        ![.committed, .aborted].contains(transaction.outcome) || transaction.endRequests > 1 || !transaction.isTold
    }

    private static func line(_ transaction: ObservedTransaction) -> String {
        var text = InspectText.time(us: transaction.firstNs / 1000)
        text += "  \(transaction.transactionalID ?? "?")  \(transaction.producerID).\(transaction.epoch)"
        text += "  \(InspectText.count(transaction.records, "record"))"
        if let asked = transaction.asked { text += ", \(asked ? "commit" : "abort") asked" }
        if transaction.endRequests > 1 { text += " \(transaction.endRequests) times" }
        text += ": \(transaction.outcome.rawValue)"
        if transaction.asked != nil, !transaction.isTold { text += ", and the client was not told" }
        let errors = transaction.errors.sorted { $0.key < $1.key }.map {
            "\($0.value) x \($0.key) \(ErrorCode(rawValue: $0.key).name)"
        }
        return errors.isEmpty ? text : text + "; " + errors.joined(separator: ", ")
    }
}
