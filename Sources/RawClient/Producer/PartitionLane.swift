import KafkaWire

/// One partition as the producer sees it: what waits, what is in flight, and the sequence of the next batch.
struct PartitionLane {
    /// Index of the topic.
    let topic: Int
    /// Partition.
    let partition: Int32
    /// Node that leads; -1 while none is known.
    var leader: Int32 = -1
    /// What waits.
    var queue = BatchQueue()
    /// Batches in flight, in the order of their last try.
    var inFlight: [ProducerBatch] = []
    /// Nothing is sent before this time: a pause after an error.
    var pausedUntilNs: Int64 = 0
    /// Sequence of the next batch.
    var nextSequence: Int32
    /// Number of batches made.
    private(set) var batchCount = 0

    init(topic: Int, partition: Int32, firstSequence: Int32) {
        self.topic = topic
        self.partition = partition
        nextSequence = firstSequence
    }

    /// Adds a record to the newest batch, or to a new one when that is full or had its turn.
    mutating func append(
        _ item: ProducerBatch.Item, lane: Int, nowNs: Int64, timestampMs: Int64, properties: RawProducerProperties
    ) {
        if let last = queue.last, last.tries == 0, last.items.count < properties.batchRecords,
            last.valueBytes + item.value.count <= properties.batchSize
        {
            last.append(item)
            return
        }
        let batch = newBatch(lane: lane, nowNs: nowNs, timestampMs: timestampMs)
        batch.append(item)
        queue.append(batch)
    }

    /// A batch behind all others of the lane.
    mutating func newBatch(lane: Int, nowNs: Int64, timestampMs: Int64) -> ProducerBatch {
        batchCount += 1
        // Room between two numbers: half of a batch that was cut in two comes between it and the next.
        return ProducerBatch(lane: lane, order: batchCount * 2, createdNs: nowNs, timestampMs: timestampMs)
    }

    /// When the first waiting batch may go, on the monotonic clock; nil when nothing waits.
    func dueNs(_ properties: RawProducerProperties, isFlushing: Bool) -> Int64? {
        guard let first = queue.first else { return nil }
        let isFull =
            first.items.count >= properties.batchRecords || first.valueBytes >= properties.batchSize
            || queue.last !== first
        let ready =
            isFull || isFlushing || queue.isFirstARetry
            ? first.createdNs : first.createdNs + Int64(properties.lingerMs) * 1_000_000
        return max(ready, pausedUntilNs)
    }

    /// Gives a batch its sequence, if it has none.
    mutating func assignSequence(to batch: ProducerBatch, _ properties: RawProducerProperties) {
        guard batch.baseSequence == nil else { return }
        batch.baseSequence = nextSequence
        if !properties.rules.reusesSequences { advance(by: batch.items.count, from: nextSequence, properties) }
    }

    /// Moves the next sequence behind `count` records that begin at `base`.
    mutating func advance(by count: Int, from base: Int32, _ properties: RawProducerProperties) {
        let next = Int64(base) + Int64(count)
        let limit = Int64(Int32.max) + 1
        // A producer that wraps wrongly counts on from its wrong number.
        nextSequence = Int32(
            truncatingIfNeeded: next < limit ? next : Int64(properties.rules.sequenceWrapsTo) + (next - limit))
    }

    /// Makes the change that `raw.retry.changes` asks for to a batch that is about to be sent again.
    mutating func change(_ batch: ProducerBatch, lane: Int, nowNs: Int64, _ properties: RawProducerProperties) {
        guard !batch.isChanged, properties.rules.retryChange != .none, let base = batch.baseSequence else { return }
        let count = batch.items.count
        switch properties.rules.retryChange {
        case .none: return
        case .merge:
            guard let next = queue.popFirstNew() else { return }
            for item in next.items { batch.append(item) }
            advance(by: next.items.count, from: nextSequence, properties)
        case .split:
            guard count > 1 else { return }
            let rest = ProducerBatch(
                lane: lane, order: batch.order + 1, createdNs: batch.createdNs, timestampMs: batch.timestampMs)
            for item in batch.cut(from: (count + 1) / 2) { rest.append(item) }
            rest.mayBeWritten = batch.mayBeWritten
            rest.isChanged = true
            rest.baseSequence = RecordBatchHeader.advance(base, by: Int32(batch.items.count))
            queue.putBack(rest)
        case .swap:
            guard let next = queue.firstNew, next.items.count == count else { return }
            let others = next.replaceItems(by: batch.items)
            _ = batch.replaceItems(by: others)
            next.mayBeWritten = batch.mayBeWritten
        case .renumber:
            batch.forgetSequence()
        }
        batch.isChanged = true
    }
}
