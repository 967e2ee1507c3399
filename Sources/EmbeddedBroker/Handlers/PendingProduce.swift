import KafkaWire

/// A Produce request with acks=all that waits for its batches to be replicated. Plays `DelayedProduce`.
final class PendingProduce: PartitionWaiter {
    private var entries: [ProduceEntry]
    private var waiting: [Int: Int64]
    private let correlationID: Int32
    private let version: Int16
    private unowned let core: ClusterCore
    private let leaderEpochs: [Int: Int32]
    private let reply: ReplyTo
    private var registered: [Partition] = []
    private var isAnswered = false

    init(
        _ entries: [ProduceEntry], waiting: [Int: Int64], header: RequestHeaderView, core: ClusterCore,
        reply: @escaping ReplyTo
    ) {
        self.entries = entries
        self.waiting = waiting
        self.core = core
        self.reply = reply
        correlationID = header.correlationID
        version = header.apiVersion
        leaderEpochs = waiting.keys.reduce(into: [:]) { $0[$1] = entries[$1].partition?.leaderEpoch }
        // The request's bytes end with the call that brought them.
        for index in self.entries.indices { self.entries[index].batch = nil }
    }

    func wait(timeoutMs: Int64) {
        registered = waiting.keys.compactMap { entries[$0].partition }
        for partition in registered { partition.waiters.append(self) }
        let box = UncheckedSendable(value: self)
        core.schedule(timeoutMs) { _ in box.value.expire() }
    }

    private func expire() {
        guard !isAnswered else { return }
        for position in waiting.keys { entries[position].answer.errorCode = ErrorCode.requestTimedOut.rawValue }
        waiting.removeAll()
        answer()
    }

    func partitionChanged() -> Bool { answerIfComplete() }

    /// Looks at every partition that is not settled yet; answers when all are.
    func answerIfComplete() -> Bool {
        guard !isAnswered else { return true }
        for (position, required) in waiting {
            guard let partition = entries[position].partition else { continue }
            if partition.leader == nil || partition.leaderEpoch != leaderEpochs[position] {
                entries[position].answer.errorCode = ErrorCode.notLeaderOrFollower.rawValue
            } else if partition.highWatermark >= required {
                if partition.inSyncCount < partition.minInSync(core.release) {
                    entries[position].answer.errorCode = ErrorCode.notEnoughReplicasAfterAppend.rawValue
                }
            } else {
                continue
            }
            waiting[position] = nil
        }
        guard waiting.isEmpty else { return false }
        answer()
        return true
    }

    private func answer() {
        isAnswered = true
        // A partition where nothing happens would keep this for ever.
        for partition in registered { partition.waiters.removeAll { $0 === self } }
        registered = []
        reply(ClusterCore.reply(Self.response(entries), correlationID: correlationID, version: version))
    }

    static func response(_ entries: [ProduceEntry]) -> ProduceResponse {
        var response = ProduceResponse()
        var positions: [ProduceEntry.Key: Int] = [:]
        for entry in entries {
            let key = ProduceEntry.Key(topic: entry.topicName, id: entry.topicID, index: 0)
            if let position = positions[key] {
                response.topics[position].partitions.append(entry.answer)
            } else {
                positions[key] = response.topics.count
                var topic = ProduceResponse.Topic()
                topic.name = entry.topicName
                topic.topicID = entry.topicID
                topic.partitions = [entry.answer]
                response.topics.append(topic)
            }
        }
        return response
    }
}
