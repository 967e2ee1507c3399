import KafkaWire

// Fetch, v0 to v18, for consumers. No fetch sessions: the answer's session id is 0, which every client takes as "full
// requests only" (KIP-227). Read committed ends at the last stable offset. v0 to v3 are converted
// down (see DownConversion) where the topic's format is newer. Gap: no fetch from followers (KIP-392).
extension ClusterCore {
    /// Answers at once when `minBytes` are there or something is wrong; else waits up to `maxWaitMs`.
    func fetch(
        _ nodeID: Int32, _ header: RequestHeaderView, _ request: FetchRequest, _ reply: @escaping ReplyTo
    ) throws {
        if request.sessionID != 0, request.sessionEpoch > 0 {
            var response = FetchResponse()
            response.errorCode = ErrorCode.fetchSessionIdNotFound.rawValue
            return reply(
                .response(
                    try Self.encode(response, correlationID: header.correlationID, version: header.apiVersion)))
        }
        let pending = PendingFetch(request, header, nodeID, core: self, reply: reply)
        if pending.answerIfReady() { return }
        pending.wait()
    }

    /// Reads what `request` asks for. `bytes` counts the records, `isFinal` says that waiting cannot help.
    fileprivate func read(
        _ request: FetchRequest, version: Int16, nodeID: Int32, count: Bool
    ) -> (response: FetchResponse, bytes: Int, isFinal: Bool) {
        var response = FetchResponse()
        var left = Int(version >= 3 ? request.maxBytes : .max)
        var total = 0
        var isFinal = request.topics.isEmpty || request.maxWaitMs <= 0
        for wanted in request.topics {
            let topic = version >= 13 ? topicsByID[wanted.topicID] : topics[wanted.topic]
            var answers: [FetchResponse.Partition] = []
            for part in wanted.partitions {
                var answer = FetchResponse.Partition(partitionIndex: part.partition)
                let found: Result<(Partition, Int), ErrorCode> =
                    topic.map { leaderLog(nodeID, $0.name, part.partition, epoch: part.currentLeaderEpoch) }
                    ?? .failure(version >= 13 ? .unknownTopicId : .unknownTopicOrPartition)
                switch found {
                case .failure(let code):
                    answer.errorCode = code.rawValue
                    isFinal = true
                case .success(let (partition, leader)):
                    let how = Reading(
                        version: version, isCommitted: version >= 4 && request.isolationLevel == 1, atMost: left,
                        isPastWatermark: request.replicaID == FetchRequest.logEndReader && release.letsLogEndReaders,
                        isFirst: total == 0, onlyCounts: count)
                    let read = fill(&answer, part, partition, leader, how)
                    total += read
                    left -= min(left, read)
                    if answer.errorCode != 0 { isFinal = true }
                }
                if answer.errorCode != 0 || !count { answers.append(answer) }
            }
            response.responses.append(.init(topic: wanted.topic, topicID: wanted.topicID, partitions: answers))
        }
        return (response, total, isFinal)
    }

    /// How a partition is read.
    private struct Reading {
        var version: Int16
        /// Read committed.
        var isCommitted: Bool
        var atMost: Int
        /// By the id of a broker's own reader, -3: to the log's end (`FetchIsolation.of`; since 1.1).
        var isPastWatermark: Bool
        var isFirst: Bool
        var onlyCounts: Bool
    }

    private func fill(
        _ answer: inout FetchResponse.Partition, _ part: FetchRequest.Partition, _ partition: Partition, _ leader: Int,
        _ how: Reading
    ) -> Int {
        let (version, isFirst) = (how.version, how.isFirst)
        let stable = partition.replicas[leader].log.lastStableOffset(highWatermark: partition.highWatermark)
        let readable = how.isCommitted ? stable : partition.highWatermark
        let limit = how.isPastWatermark ? partition.replicas[leader].log.logEndOffset : readable
        let start = partition.replicas[leader].log.logStartOffset
        guard part.fetchOffset >= start, part.fetchOffset <= partition.replicas[leader].log.logEndOffset else {
            answer.errorCode = ErrorCode.offsetOutOfRange.rawValue
            return 0
        }
        answer.highWatermark = partition.highWatermark
        answer.lastStableOffset = stable
        answer.logStartOffset = start
        answer.records = []
        let atMost = min(Int(max(part.partitionMaxBytes, 0)), how.atMost)
        if how.onlyCounts {
            return partition.replicas[leader].log.bytes(from: part.fetchOffset, limit: limit, atMost: atMost)
        }
        let batches = partition.replicas[leader].log.read(
            from: part.fetchOffset, limit: limit, maxBytes: atMost, minOne: isFirst && version >= 3)
        var records: [UInt8] = []
        if let magic = conversion(partition.configuration.messageFormat, version, batches) {
            switch converted(batches, to: magic, part, partition) {
            case .success(let bytes): records = bytes
            case .failure(let refusal):
                answer = FetchResponse.Partition(partitionIndex: part.partition)
                answer.errorCode = refusal.rawValue
                answer.highWatermark = -1
                answer.records = []
                return 0
            }
        } else {
            records.reserveCapacity(batches.reduce(0) { $0 + $1.bytes.count })
            for batch in batches { records += batch.bytes }
        }
        if how.isCommitted {
            answer.abortedTransactions = aborted(partition.replicas[leader].log, part, readBytes: records.count)
        }
        answer.records = records
        return records.count
    }

    /// Batches in an older format, or why they cannot be given in it.
    private func converted(
        _ batches: ArraySlice<StoredBatch>, to magic: Int8, _ part: FetchRequest.Partition, _ partition: Partition
    ) -> Result<[UInt8], ErrorCode> {
        guard partition.configuration.convertsDown else { return .failure(.unsupportedVersion) }
        do throws(DownConversion.UnsupportedCodec) {
            let conversion = DownConversion(release: release, magic: magic)
            return .success(try conversion.records(of: batches, from: part.fetchOffset))
        } catch {
            return .failure(.unsupportedCompressionType)
        }
    }

    private func aborted(
        _ log: PartitionLog, _ part: FetchRequest.Partition, readBytes: Int
    ) -> [FetchResponse.Aborted] {
        guard !properties.defects.transactions.hidesAborted else { return [] }
        return log.abortedTransactions(from: part.fetchOffset, readBytes: readBytes).map { entry in
            var named = FetchResponse.Aborted()
            named.producerID = entry.producerID
            named.firstOffset = entry.firstOffset
            return named
        }
    }

    /// The magic that batches must be converted down to for a Fetch of this version; nil when they go out as they are
    /// (`KafkaApis.maybeConvertFetchedData`).
    private func conversion(_ format: Int8, _ version: Int16, _ batches: ArraySlice<StoredBatch>) -> Int8? {
        guard version < 4 else { return nil }
        func isNeeded(_ magic: Int8) -> Bool {
            format > magic && (release.convertsByTopicFormat || batches.contains { $0.header.magic > magic })
        }
        if version < 2, isNeeded(0) { return 0 }
        return isNeeded(1) ? 1 : nil
    }
}

/// A Fetch request that waits for bytes. Plays `DelayedFetch`.
private final class PendingFetch: PartitionWaiter {
    private let request: FetchRequest
    private let correlationID: Int32
    private let version: Int16
    private let nodeID: Int32
    private unowned let core: ClusterCore
    private let reply: ReplyTo
    private var registered: [Partition] = []
    private var isAnswered = false
    /// No request is kept longer: its connection may be gone. A client that asked for more asks again.
    private static let longestWaitMs: Int64 = 30_000

    init(
        _ request: FetchRequest, _ header: RequestHeaderView, _ nodeID: Int32, core: ClusterCore,
        reply: @escaping ReplyTo
    ) {
        self.request = request
        self.nodeID = nodeID
        self.core = core
        self.reply = reply
        correlationID = header.correlationID
        version = header.apiVersion
    }

    func wait() {
        registered = partitions()
        for partition in registered { partition.waiters.append(self) }
        let box = UncheckedSendable(value: self)
        core.schedule(min(Int64(request.maxWaitMs), Self.longestWaitMs)) { _ in box.value.expire() }
    }

    private func partitions() -> [Partition] {
        request.topics.flatMap { wanted in
            let topic = version >= 13 ? core.topicsByID[wanted.topicID] : core.topics[wanted.topic]
            return wanted.partitions.compactMap { part in topic.flatMap { core.partition($0.name, part.partition) } }
        }
    }

    private func expire() {
        guard !isAnswered else { return }
        answer()
    }

    func partitionChanged() -> Bool { answerIfReady() }

    func answerIfReady() -> Bool {
        if isAnswered { return true }
        let look = core.read(request, version: version, nodeID: nodeID, count: true)
        guard look.isFinal || look.bytes >= max(Int(request.minBytes), 0) else { return false }
        answer()
        return true
    }

    private func answer() {
        isAnswered = true
        // A partition where nothing happens would keep this for ever.
        for partition in registered { partition.waiters.removeAll { $0 === self } }
        registered = []
        let result = core.read(request, version: version, nodeID: nodeID, count: false)
        reply(ClusterCore.reply(result.response, correlationID: correlationID, version: version))
    }
}
