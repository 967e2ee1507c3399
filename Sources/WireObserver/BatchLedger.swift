import EvidenceModel

/// Attempts gathered to batches, compactly: a batch is a chain of attempts and knows nothing that its first does not.
final class BatchLedger {
    struct Batch {
        var firstAttempt: Int32
        var lastAttempt: Int32
        var attemptCount: Int32
    }

    private(set) var batches = SegmentedArray<Batch>()
    /// The next attempt of the same batch, -1 at the end.
    private(set) var nextAttempt: [Int32]
    /// Topics whose broker stamps the time of the append on every answer.
    private(set) var logAppendTimeTopics: Set<Int32> = []
    /// Batches that need more than the usual name, because an earlier one has it: by number, how many have it already.
    private(set) var namesakes: [Int32: Int32] = [:]
    let attempts: AttemptIndex
    private let joined: [JoinedAttempt]
    private let topics: TopicTable

    init(_ joined: [JoinedAttempt], _ attempts: AttemptIndex, _ topics: TopicTable) {
        self.joined = joined
        self.attempts = attempts
        self.topics = topics
        nextAttempt = [Int32](repeating: -1, count: joined.count)
        gather()
        findLogAppendTimeTopics()
    }

    /// What either end noted about the request: the client's word, unless only the broker's capture has the whole header.
    func request(_ index: Int32) -> ObservedAttempt {
        let attempt = joined[Int(index)]
        guard attempt.client >= 0 else { return attempts[attempt.broker] }
        let noted = attempts[attempt.client]
        if noted.flags.contains(.headerCut), attempt.broker >= 0 {
            let theirs = attempts[attempt.broker]
            if !theirs.flags.contains(.headerCut) { return theirs }
        }
        return noted
    }

    /// What the client's capture noted.
    func client(_ index: Int32) -> ObservedAttempt? {
        let number = joined[Int(index)].client
        return number < 0 ? nil : attempts[number]
    }

    /// What the broker's capture noted.
    func broker(_ index: Int32) -> ObservedAttempt? {
        let number = joined[Int(index)].broker
        return number < 0 ? nil : attempts[number]
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
        list.reserveCapacity(Int(batch.attemptCount))
        var index = batch.firstAttempt
        while index >= 0 {
            list.append(index)
            index = nextAttempt[Int(index)]
        }
        return list
    }

    // MARK: Gathering

    /// Whether two attempts have the same name: everything that identifies a batch but its last sequence.
    private func haveSameName(_ a: ObservedAttempt, _ b: ObservedAttempt) -> Bool {
        a.producerID == b.producerID && a.partition == b.partition && a.baseSequence == b.baseSequence
            && a.producerEpoch == b.producerEpoch && topics.resolved(a.topic) == topics.resolved(b.topic)
            && (a.producerID >= 0 || a.identity == b.identity)
    }

    private func hash(_ attempt: ObservedAttempt) -> Int {
        var hash = UInt64(bitPattern: attempt.producerID) &* 0x9e37_79b9_7f4a_7c15
        if attempt.producerID < 0 { hash ^= attempt.identity }
        hash = (hash ^ hash >> 32) &* 0xff51_afd7_ed55_8ccd
        let place = UInt64(UInt32(bitPattern: topics.resolved(attempt.topic))) << 32
        hash ^= place | UInt64(UInt32(bitPattern: attempt.partition))
        hash = (hash ^ hash >> 29) &* 0xc4ce_b9fe_1a85_ec53
        let sequence = UInt64(UInt32(bitPattern: attempt.baseSequence)) << 16
        hash ^= sequence | UInt64(UInt16(bitPattern: attempt.producerEpoch))
        hash = (hash ^ hash >> 31) &* 0x9e37_79b9_7f4a_7c15
        return Int(truncatingIfNeeded: hash >> 16)
    }

    /// Joins attempts through a table of batch numbers (open addressing): four bytes a slot.
    private func gather() {
        var mask = 1023
        while mask < joined.count * 2 { mask = mask << 1 | 1 }
        var table = [Int32](repeating: -1, count: mask + 1)
        for index in joined.indices {
            let attempt = request(Int32(index))
            var slot = hash(attempt) & mask
            var namesake: Int32 = 0
            var found: Int32 = -1
            while table[slot] >= 0 {
                let candidate = batches[Int(table[slot])]
                let first = request(candidate.firstAttempt)
                if haveSameName(first, attempt) {
                    if isSameBatch(Int32(index), attempt, candidate, first) {
                        found = table[slot]
                        break
                    }
                    namesake += 1
                }
                slot = (slot + 1) & mask
            }
            if found >= 0 {
                nextAttempt[Int(batches[Int(found)].lastAttempt)] = Int32(index)
                batches[Int(found)].lastAttempt = Int32(index)
                batches[Int(found)].attemptCount += 1
            } else {
                table[slot] = Int32(batches.count)
                if namesake > 0 { namesakes[Int32(batches.count)] = namesake }
                batches.append(Batch(firstAttempt: Int32(index), lastAttempt: Int32(index), attemptCount: 1))
            }
        }
    }

    private func isSameBatch(
        _ index: Int32, _ attempt: ObservedAttempt, _ batch: Batch, _ first: ObservedAttempt
    ) -> Bool {
        if attempt.producerID >= 0 { return attempt.lastSequence == first.lastSequence }
        return isRetry(index, of: batch, attempt)
    }

    /// Whether an attempt with the same checksum repeats a batch that has no producer id.
    ///
    /// Equal batches can be sent twice on purpose (the same content in the same millisecond). A client repeats one only
    /// after it was refused, or on another connection.
    private func isRetry(_ index: Int32, of batch: Batch, _ attempt: ObservedAttempt) -> Bool {
        guard attempt.identity != 0 else { return false }
        if let answer = answer(batch.lastAttempt), answer.errorCode != 0 { return true }
        let here = joined[Int(index)]
        let there = joined[Int(batch.lastAttempt)]
        let mine = here.client >= 0 ? here.client : here.broker
        let theirs = there.client >= 0 ? there.client : there.broker
        return attempts.capture(of: mine) != attempts.capture(of: theirs)
            || attempts[mine].connection != attempts[theirs].connection
    }

    // MARK: Deduplication

    /// On a topic with LogAppendTime every successful answer carries a time, so that the time is no sign of a
    /// deduplication there. The first answer to each batch tells: on a CreateTime topic it has none.
    private func findLogAppendTimeTopics() {
        var with: [Int32: Int] = [:]
        var without: [Int32: Int] = [:]
        var lastTopic: Int32 = -1
        for number in batches.indices {
            let first = batches[number].firstAttempt
            guard let answer = answer(first), answer.errorCode == 0 else { continue }
            let topic = topics.resolved(answer.topic)
            if answer.flags.contains(.deduplicated) {
                with[topic, default: 0] += 1
            } else if topic != lastTopic || with[topic] != nil {
                without[topic, default: 0] += 1
                lastTopic = topic
            }
        }
        for (topic, count) in with where count > without[topic, default: 0] && count > 2 {
            logAppendTimeTopics.insert(topic)
        }
    }

    /// True when the answer says that the batch was a duplicate.
    func isDeduplicated(_ index: Int32, in batch: Batch) -> Bool {
        guard let answer = answer(index), answer.flags.contains(.deduplicated) else { return false }
        guard !logAppendTimeTopics.isEmpty, logAppendTimeTopics.contains(topics.resolved(answer.topic)) else {
            return true
        }
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
    func correctDeduplications(of observer: CaptureObserver) {
        guard !logAppendTimeTopics.isEmpty else { return }
        var count = 0
        for index in observer.log.attempts.indices {
            let attempt = observer.log.attempts[index]
            guard attempt.flags.contains(.deduplicated) else { continue }
            if !logAppendTimeTopics.contains(topics.resolved(attempt.topic)) { count += 1 }
        }
        let isClient = observer.counts.side == .client
        for number in batches.indices where batches[number].attemptCount > 1 {
            let batch = batches[number]
            guard logAppendTimeTopics.contains(topics.resolved(request(batch.firstAttempt).topic)) else { continue }
            for index in attempts(of: batch) where isDeduplicated(index, in: batch) {
                let noted = isClient ? client(index) : broker(index)
                if noted?.flags.contains(.decoded) == true { count += 1 }
            }
        }
        observer.tally.counts.deduplicatedAnswers = count
    }
}
