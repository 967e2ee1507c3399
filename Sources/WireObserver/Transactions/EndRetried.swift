/// Finding `transaction_end_retried`: the client did not get the answer to EndTxn, and sent it again.
enum EndRetried {
    static func add(
        _ transaction: ObservedTransaction, _ name: String, _ timeNs: Int64, to list: inout FindingList
    ) {
        guard transaction.endRequests > 1, transaction.untoldEnds > 0 else { return }
        list.add(
            "transaction_end_retried", timeNs,
            "\(name): EndTxn was sent \(transaction.endRequests) times; "
                + "\(InspectText.count(transaction.untoldEnds, "answer")) did not reach the client; "
                + transaction.outcome.rawValue)
    }
}
