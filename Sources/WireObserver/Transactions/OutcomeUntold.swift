/// Findings `transaction_outcome_untold`: the end was asked for and the client got no answer; `transaction_open`: no end was
/// asked for in what was captured.
enum OutcomeUntold {
    static func add(
        _ transaction: ObservedTransaction, _ name: String, _ timeNs: Int64, to list: inout FindingList
    ) {
        if transaction.outcome == .open {
            list.add(
                "transaction_open", timeNs,
                "\(name): \(InspectText.count(transaction.records, "record")) in it and no end when the capture ended: "
                    + "readers of committed records wait behind it until it ends or times out")
        }
        guard transaction.asked != nil, !transaction.isTold, ![.open, .fenced].contains(transaction.outcome)
        else { return }
        list.add(
            "transaction_outcome_untold", timeNs,
            "\(name): no answer to its EndTxn reached the client; by the wire: \(transaction.outcome.rawValue)")
    }
}
