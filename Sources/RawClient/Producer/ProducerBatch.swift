import KafkaWire

/// Records that go out in one Produce request, and what became of them so far.
final class ProducerBatch {
    /// One record.
    struct Item {
        var id: Int64
        var value: [UInt8]
    }

    /// Index of its lane.
    let lane: Int
    /// Place in its lane: an earlier batch has a lower number.
    let order: Int
    /// When its first record was offered, on the caller's monotonic clock.
    let createdNs: Int64
    /// Timestamp of every record, milliseconds since the epoch: fixed, so that a retry has the same bytes.
    let timestampMs: Int64
    private(set) var items: [Item] = []
    private(set) var valueBytes = 0
    /// Sequence of its first record; nil until one is taken.
    var baseSequence: Int32?
    /// How often it was sent.
    var tries = 0
    /// An earlier try may have written some of its records.
    var mayBeWritten = false
    /// Its records were reported as failed; an answer means nothing any more.
    var isGivenUp = false
    /// The change that a retry makes was made.
    var isChanged = false
    private var encoded: [UInt8]?

    init(lane: Int, order: Int, createdNs: Int64, timestampMs: Int64) {
        self.lane = lane
        self.order = order
        self.createdNs = createdNs
        self.timestampMs = timestampMs
    }

    /// Adds a record; only before the first try, or when a retry is changed on purpose.
    func append(_ item: Item) {
        items.append(item)
        valueBytes += item.value.count
        encoded = nil
    }

    /// Takes the records from `count` on out of the batch.
    func cut(from count: Int) -> [Item] {
        let rest = Array(items[count...])
        items.removeLast(rest.count)
        valueBytes -= rest.reduce(0) { $0 + $1.value.count }
        encoded = nil
        return rest
    }

    /// Puts other records in place of its own; returns its own.
    func replaceItems(by others: [Item]) -> [Item] {
        let own = cut(from: 0)
        for item in others { append(item) }
        return own
    }

    /// Gives the batch up its sequence, to take a new one.
    func forgetSequence() {
        baseSequence = nil
        encoded = nil
    }

    /// The records section of a Produce request of this version: magic 0 (Produce 0 and 1), 1 (2) or 2.
    func bytes(producer: (id: Int64, epoch: Int16), produceVersion: Int16) -> [UInt8] {
        if let encoded { return encoded }
        let bytes: [UInt8]
        if produceVersion >= 3 {
            bytes = RecordBatchBuilder(
                items.map { Record(value: $0.value) }, baseTimestamp: timestampMs, producerID: producer.id,
                producerEpoch: producer.epoch, baseSequence: baseSequence ?? -1
            ).build()
        } else {
            var writer = ByteWriter(capacity: valueBytes + items.count * 40)
            for (index, item) in items.enumerated() {
                Message(
                    offset: Int64(index), magic: produceVersion == 2 ? 1 : 0, timestamp: timestampMs, value: item.value
                ).write(to: &writer)
            }
            bytes = writer.bytes
        }
        encoded = bytes
        return bytes
    }
}

/// The batches of one partition that wait: first those to be sent again, in order, then new ones.
struct BatchQueue {
    /// To be sent again or for the first time with a place of their own; the next one last.
    private var front: [ProducerBatch] = []
    private var back: [ProducerBatch] = []
    private var head = 0

    var isEmpty: Bool { front.isEmpty && head == back.count }
    var first: ProducerBatch? { front.last ?? (head < back.count ? back[head] : nil) }
    /// The newest batch.
    var last: ProducerBatch? { head < back.count ? back.last : nil }
    /// The oldest batch that never had its turn.
    var firstNew: ProducerBatch? { head < back.count ? back[head] : nil }
    var isFirstARetry: Bool { !front.isEmpty }

    mutating func append(_ batch: ProducerBatch) { back.append(batch) }

    mutating func popFirst() -> ProducerBatch? {
        front.popLast() ?? popFirstNew()
    }

    mutating func popFirstNew() -> ProducerBatch? {
        guard head < back.count else { return nil }
        defer {
            head += 1
            if head > 1024, head * 2 > back.count {
                back.removeFirst(head)
                head = 0
            }
        }
        return back[head]
    }

    /// Puts a batch back in its place before all new ones.
    mutating func putBack(_ batch: ProducerBatch) {
        front.append(batch)
        front.sort { $0.order > $1.order }
    }

    /// Takes out every batch created before `limitNs`.
    mutating func removeAll(createdBefore limitNs: Int64) -> [ProducerBatch] {
        var removed = front.filter { $0.createdNs < limitNs }
        if !removed.isEmpty { front.removeAll { $0.createdNs < limitNs } }
        while let batch = firstNew, batch.createdNs < limitNs {
            removed.append(batch)
            _ = popFirstNew()
        }
        return removed
    }
}
