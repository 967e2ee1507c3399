/// Findings `transaction_fenced`, `transaction_timed_out`, `transaction_abortable`: it could not end as its client wanted.
enum TransactionRefused {
    static func add(
        _ transaction: ObservedTransaction, _ name: String, _ timeNs: Int64, to list: inout FindingList
    ) {
        switch transaction.outcome {
        case .fenced:
            list.add("transaction_fenced", timeNs, "\(name): a newer instance of the transactional id took over")
        case .timedOut:
            list.add(
                "transaction_timed_out", timeNs,
                "\(name): its epoch was refused and no newer instance was seen: the coordinator ended it, as after "
                    + "transaction.timeout.ms")
        default: break
        }
        guard let count = transaction.errors[120] else { return }
        list.add(
            "transaction_abortable", timeNs,
            "\(name): 120 was answered \(InspectText.count(count, "time")): the application must abort")
    }
}
