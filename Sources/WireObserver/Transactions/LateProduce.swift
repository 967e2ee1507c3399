/// Finding `transaction_late_produce`: batches of a transaction that were first sent after its end.
enum LateProduce {
    static func add(
        _ transaction: ObservedTransaction, _ name: String, _ timeNs: Int64, to list: inout FindingList
    ) {
        let count = transaction.isStray ? transaction.batches.count : transaction.lateBatches.count
        guard count > 0 else { return }
        list.add(
            "transaction_late_produce", timeNs,
            "\(name): \(InspectText.count(count, "batch")) sent when its epoch was over, outside of a transaction")
    }
}
