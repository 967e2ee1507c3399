import EvidenceModel

/// Attempts gathered to batches, compactly: each batch is a chain of attempts.
final class BatchLedger {
    /// What is the same for every attempt of a batch.
    struct Key: Hashable {
        /// The producer id; for batches without one -1, and `identity` tells them apart.
        var producerID: Int64
        var identity: UInt64
        var topic: Int32
        var partition: Int32
        var baseSequence: Int32
        var lastSequence: Int32
        var epoch: Int16
    }

    struct Batch {
        var key: Key
        var firstAttempt: Int32
        var lastAttempt: Int32
        var attemptCount: Int32
    }

    private(set) var batches: [Batch] = []
    /// The next attempt of the same batch, -1 at the end.
    private(set) var nextAttempt: [Int32]
    /// Topics whose broker stamps the time of the append on every answer.
    private(set) var logAppendTimeTopics: Set<Int32> = []
    private let joined: [JoinedAttempt]
    private let observers: [CaptureObserver]

    init(_ joined: [JoinedAttempt], _ observers: [CaptureObserver], _ topics: TopicTable) {
        self.joined = joined
        self.observers = observers
        nextAttempt = [Int32](repeating: -1, count: joined.count)
        gather(topics)
        findLogAppendTimeTopics()
    }

    /// What either end noted about the request, the client's word first.
    func request(_ index: Int32) -> ObservedAttempt {
        let attempt = joined[Int(index)]
        guard let reference = attempt.client ?? attempt.broker else {
            preconditionFailure("a joined attempt refers to at least one capture")
        }
        let noted = observers[Int(reference.capture)].attempts[Int(reference.index)]
        // One end may have seen more of the batch's header than the other.
        if noted.flags.contains(.headerCut), let other = attempt.broker {
            let theirs = observers[Int(other.capture)].attempts[Int(other.index)]
            if !theirs.flags.contains(.headerCut) { return theirs }
        }
        return noted
    }

    /// What the client's capture noted.
    func client(_ index: Int32) -> ObservedAttempt? {
        joined[Int(index)].client.map { observers[Int($0.capture)].attempts[Int($0.index)] }
    }

    /// What the broker's capture noted.
    func broker(_ index: Int32) -> ObservedAttempt? {
        joined[Int(index)].broker.map { observers[Int($0.capture)].attempts[Int($0.index)] }
    }

    /// The answer as either end could read it.
    func answer(_ index: Int32) -> ObservedAttempt? {
        if let client = client(index), client.flags.contains(.decoded) { return client }
        if let broker = broker(index), broker.flags.contains(.decoded) { return broker }
        return nil
    }

    /// The attempts of a batch in time order.
    func attempts(of batch: Batch) -> [Int32] {
        var list: [Int32] = []
        var index = batch.firstAttempt
        while index >= 0 {
            list.append(index)
            index = nextAttempt[Int(index)]
        }
        return list
    }

    private func gather(_ topics: TopicTable) {
        var byKey: [Key: Int32] = [:]
        for index in joined.indices {
            let attempt = request(Int32(index))
            let hasSequence = attempt.producerID >= 0
            let key = Key(
                producerID: attempt.producerID, identity: hasSequence ? 0 : attempt.identity,
                topic: topics.resolved(attempt.topic), partition: attempt.partition,
                baseSequence: attempt.baseSequence, lastSequence: attempt.lastSequence, epoch: attempt.producerEpoch)
            if let known = byKey[key], hasSequence || isRetry(Int32(index), of: batches[Int(known)], attempt) {
                let last = batches[Int(known)].lastAttempt
                nextAttempt[Int(last)] = Int32(index)
                batches[Int(known)].lastAttempt = Int32(index)
                batches[Int(known)].attemptCount += 1
            } else {
                byKey[key] = Int32(batches.count)
                batches.append(
                    Batch(
                        key: key, firstAttempt: Int32(index), lastAttempt: Int32(index), attemptCount: 1))
            }
        }
    }

    /// Whether an attempt with the same checksum repeats a batch that has no producer id.
    ///
    /// Equal batches can be sent twice on purpose (the same content in the same millisecond). A client repeats one only
    /// after it was refused, or on another connection.
    private func isRetry(_ index: Int32, of batch: Batch, _ attempt: ObservedAttempt) -> Bool {
        guard attempt.identity != 0 else { return false }
        let last = request(batch.lastAttempt)
        if let answer = answer(batch.lastAttempt), answer.errorCode != 0 { return true }
        let here = joined[Int(index)].client ?? joined[Int(index)].broker
        let there = joined[Int(batch.lastAttempt)].client ?? joined[Int(batch.lastAttempt)].broker
        return here?.capture != there?.capture || attempt.connection != last.connection
    }

    /// On a topic with LogAppendTime every successful answer carries a time, so that the time is no sign of a
    /// deduplication there. The first answer to each batch tells: on a CreateTime topic it has none.
    private func findLogAppendTimeTopics() {
        var counts: [Int32: (with: Int, without: Int)] = [:]
        for batch in batches {
            guard let answer = answer(batch.firstAttempt), answer.errorCode == 0 else { continue }
            if answer.flags.contains(.deduplicated) {
                counts[batch.key.topic, default: (0, 0)].with += 1
            } else {
                counts[batch.key.topic, default: (0, 0)].without += 1
            }
        }
        for (topic, count) in counts where count.with > count.without && count.with > 2 {
            logAppendTimeTopics.insert(topic)
        }
    }

    /// True when the answer says that the batch was a duplicate.
    func isDeduplicated(_ index: Int32, in batch: Batch) -> Bool {
        guard let answer = answer(index), answer.flags.contains(.deduplicated) else { return false }
        guard logAppendTimeTopics.contains(batch.key.topic) else { return true }
        // With LogAppendTime: the same offset as an earlier answer to the same batch.
        var earlier = batch.firstAttempt
        while earlier >= 0, earlier != index {
            if let first = self.answer(earlier), first.errorCode == 0, first.baseOffset == answer.baseOffset,
                first.baseOffset >= 0
            {
                return true
            }
            earlier = nextAttempt[Int(earlier)]
        }
        return false
    }

    /// Recounts a capture's deduplicated answers where topics use LogAppendTime.
    func correctDeduplications(of observer: CaptureObserver, _ topics: TopicTable) {
        guard !logAppendTimeTopics.isEmpty else { return }
        var count = 0
        for attempt in observer.attempts where attempt.flags.contains(.deduplicated) {
            if !logAppendTimeTopics.contains(topics.resolved(attempt.topic)) { count += 1 }
        }
        let isClient = observer.counts.side == .client
        for batch in batches where logAppendTimeTopics.contains(batch.key.topic) && batch.attemptCount > 1 {
            for index in attempts(of: batch) where isDeduplicated(index, in: batch) {
                let noted = isClient ? client(index) : broker(index)
                if noted?.flags.contains(.decoded) == true { count += 1 }
            }
        }
        observer.counts.deduplicatedAnswers = count
    }
}
