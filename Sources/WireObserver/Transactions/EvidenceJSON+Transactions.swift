extension EvidenceJSON {
    /// One entry of `transactions[]`.
    mutating func transaction(_ transaction: ObservedTransaction) {
        begin("{")
        field("transactional_id", transaction.transactionalID)
        field("producer_id", transaction.producerID)
        field("producer_epoch", transaction.epoch)
        field("first_us", transaction.firstNs / 1000)
        field("end_us", transaction.endNs.map { $0 / 1000 })
        field("asked", transaction.asked.map { $0 ? "commit" : "abort" })
        field("outcome", transaction.outcome.rawValue)
        field("told", transaction.isTold)
        field("end_requests", transaction.endRequests)
        field("records", transaction.records)
        field("batches", transaction.batches.count)
        field("late_batches", transaction.lateBatches.count)
        field("next_epoch", transaction.nextEpoch)
        key("partitions")
        begin("[")
        for partition in transaction.added.union(transaction.written)
            .sorted(by: { ($0.topic, $0.partition) < ($1.topic, $1.partition) })
        {
            begin("{")
            field("topic", partition.topic)
            field("partition", partition.partition)
            field("added", transaction.added.contains(partition))
            field("written", transaction.written.contains(partition))
            end("}")
        }
        end("]")
        key("errors")
        begin("[")
        for (code, count) in transaction.errors.sorted(by: { $0.key < $1.key }) {
            begin("{")
            field("code", code)
            field("count", count)
            end("}")
        }
        end("]")
        end("}")
    }
}
