import KafkaWire
import Logging

// Produce, v0 to v13. Order of checks and the numbers in the answers are Kafka's (`KafkaApis.handleProduceRequest`,
// `ReplicaManager.appendRecords`). Gap: quotas.

/// What becomes of a request.
enum Reply: Sendable {
    /// An encoded answer, without the frame's length.
    case response([UInt8])
    /// An encoded answer, after which the connection is closed; why.
    case lastResponse([UInt8], String)
    /// Done, and nothing is sent (acks=0).
    case nothing
    /// The connection is closed; why.
    case close(String)
    /// Never answered: the connection hangs, as Kafka's does when its handler fails in the error path.
    case silence(String)
}

/// Takes the reply of one request; called once, from any thread.
typealias ReplyTo = @Sendable (Reply) -> Void

extension ClusterCore {
    /// Handles one Produce request that arrived at `nodeID`; `frame` is the request from its header on.
    func produce(
        _ nodeID: Int32, _ header: RequestHeaderView, _ frame: UnsafeRawBufferPointer, bodyOffset: Int,
        wait: ProduceWait = ProduceWait(), reply: @escaping ReplyTo
    ) throws {
        let version = header.apiVersion
        var admission = ProduceAdmission(release: release, version: version)
        var lastTopic: (name: UnsafeRawBufferPointer, topic: Topic?, text: String)?
        _ = try ProduceWalk.walk(
            frame, from: bodyOffset, length: frame.count, version: version, preamble: { admission.preamble = $0 },
            visit: { view in
                if lastTopic == nil || lastTopic!.name.baseAddress != view.topicName.baseAddress || version >= 13 {
                    let text = String(decoding: view.topicName, as: UTF8.self)
                    let topic = version >= 13 ? topicsByID[view.topicID] : topics[text]
                    lastTopic = (view.topicName, topic, version >= 13 ? topic?.name ?? "" : text)
                }
                admission.add(view, lastTopic!.topic, name: lastTopic!.text)
            })
        admission.finish()
        if let reason = admission.closing { return reply(.close(reason)) }
        var entries = admission.takeEntries()
        let preamble = admission.preamble
        if let refusal = admission.wholeRequest { return try refuseAll(&entries, refusal, preamble, header, reply) }
        if admission.hasUnansweredNull { return reply(.silence("null records are never answered")) }
        if preamble.isTransactional {
            let id = try Self.transactionalID(frame, bodyOffset, version)
            switch askCoordinator(
                &entries, transactionalID: id, version: version, nodeID, givingUp: wait.givingUp)
            {
            case .settled: break
            case .refused(let refusal): return try refuseAll(&entries, refusal, preamble, header, reply)
            case .notYet(let code): return produceLater(nodeID, frame, code, wait, reply: reply)
            }
        }
        let waiting = append(&entries, nodeID, preamble)
        finish(entries, waiting, header, preamble, reply)
    }

    private static func transactionalID(
        _ frame: UnsafeRawBufferPointer, _ bodyOffset: Int, _ version: Int16
    ) throws -> String? {
        var reader = ByteReader(frame, at: bodyOffset)
        reader.version = version
        reader.flexible = APIKey.produce.isFlexible(version)
        var id: String?
        try reader.nullableString(&id, "transactionalId")
        return id
    }

    private func refuseAll(
        _ entries: inout [ProduceEntry], _ refusal: Refusal, _ preamble: ProducePreamble, _ header: RequestHeaderView,
        _ reply: ReplyTo
    ) throws {
        guard preamble.acks != 0 else { return reply(.close("\(refusal.code) with acks=0")) }
        for position in entries.indices {
            entries[position].answer.index = entries[position].index
            entries[position].answer.errorCode = refusal.code.rawValue
            entries[position].answer.errorMessage = refusal.message
        }
        reply(.response(try encode(entries, header)))
    }

    /// Appends what can be appended; returns by entry which offset acks=all must see replicated.
    private func append(_ entries: inout [ProduceEntry], _ nodeID: Int32, _ preamble: ProducePreamble) -> [Int: Int64] {
        var waiting: [Int: Int64] = [:]
        let now = nowMs
        for position in entries.indices {
            if let partition = entries[position].partition, let batch = entries[position].batch {
                do throws(Refusal) {
                    guard (-1...1).contains(preamble.acks) else {
                        throw Refusal(.invalidRequiredAcks, namesLogStart: false)
                    }
                    let (answer, required) =
                        entries[position].isOld
                        ? try appendOld(batch, to: partition, nodeID, preamble.acks, now)
                        : try append(batch, to: partition, nodeID, preamble.acks, now)
                    entries[position].answer = answer
                    waiting[position] = required
                } catch {
                    entries[position].answer = Self.answer(error, partition, nodeID)
                }
            }
            if let refusal = entries[position].refusal {
                entries[position].answer = Self.answer(refusal, entries[position].partition, nodeID)
                waiting[position] = nil
            }
            entries[position].answer.index = entries[position].index
        }
        return waiting
    }

    /// Appends a records section of Produce v0 to v2, which may hold messages of magic 0 or 1.
    private func appendOld(
        _ section: UnsafeRawBufferPointer, to partition: Partition, _ nodeID: Int32, _ acks: Int16, _ now: Int64
    ) throws(Refusal) -> (ProduceResponse.Partition, Int64) {
        switch BatchAdmission.next(in: section, at: 0) {
        case .none: return (ProduceResponse.Partition(), 0)
        case .corrupt: throw Refusal(.corruptMessage, namesLogStart: false)
        case .batch(let size, magic: 2):
            let first = UnsafeRawBufferPointer(rebasing: section[..<size])
            guard BatchAdmission.next(in: section, at: size) != .none else {
                return try append(first, to: partition, nodeID, acks, now)
            }
            if release.demandsUniformSets { throw Refusal.invalidRecord(release) }
            let (answer, _) = try append(first, to: partition, nodeID, acks, now)
            let rest = UnsafeRawBufferPointer(rebasing: section[size...])
            return (answer, try appendOld(rest, to: partition, nodeID, acks, now).1)
        case .batch: return try appendMessages(section, to: partition, nodeID, acks, now)
        }
    }

    /// Appends messages of magic 0 or 1 in the format of the topic.
    private func appendMessages(
        _ section: UnsafeRawBufferPointer, to partition: Partition, _ nodeID: Int32, _ acks: Int16, _ now: Int64
    ) throws(Refusal) -> (ProduceResponse.Partition, Int64) {
        let leader = try leader(of: partition, nodeID, acks, bytes: section.count)
        let checked = try MessageSetValidator(validator: validator(partition, now)).check(section)
        guard partition.configuration.messageFormat == 2 else {
            return try appendOldFormat(checked.records, checked.codec, to: partition, leader, now)
        }
        let batch = MessageFormat.batch(checked.records, codec: checked.codec)
        let outcome = batch.withUnsafeBytes { raw in Result { try append(raw, to: partition, nodeID, acks, now) } }
        switch outcome {
        case .success(let result): return result
        case .failure(let error): throw error as? Refusal ?? Refusal(.unknownServerError)
        }
    }

    /// Appends records to a topic whose `message.format.version` is older than 0.11.
    private func appendOldFormat(
        _ records: [PlainRecord], _ codec: Compression, to partition: Partition, _ leader: Int, _ now: Int64
    ) throws(Refusal) -> (ProduceResponse.Partition, Int64) {
        let configuration = partition.configuration
        let base = partition.replicas[leader].log.logEndOffset
        var numbered = records
        for index in numbered.indices { numbered[index].offset = base + Int64(index) }
        let stored = MessageFormat.messages(
            numbered, magic: configuration.messageFormat, codec: codec,
            appendTime: configuration.usesLogAppendTime ? now : nil)
        let size = stored.reduce(0) { $0 + $1.bytes.count }
        guard stored.allSatisfy({ $0.bytes.count <= configuration.maxMessageBytes }) else {
            throw Refusal(.messageTooLarge, namesLogStart: false)
        }
        guard size <= configuration.segmentBytes else { throw Refusal(.recordListTooLarge, namesLogStart: false) }
        partition.replicas[leader].log.rollIfNeeded(
            for: size, maxTimestampMs: stored.map(\.header.maxTimestamp).max() ?? -1, configuration: configuration,
            nowMs: now)
        var answer = ProduceResponse.Partition()
        answer.logStartOffset = partition.replicas[leader].log.logStartOffset
        answer.baseOffset = base
        for batch in stored { partition.replicas[leader].log.append(batch, nowMs: now) }
        logBytes += size
        replicate(partition)
        partition.wakeWaiters()
        if configuration.usesLogAppendTime { answer.logAppendTimeMs = now }
        return (answer, base + Int64(numbered.count))
    }

    /// The leader's place among the replicas, when an append of so many bytes may be tried.
    private func leader(
        of partition: Partition, _ nodeID: Int32, _ acks: Int16, bytes: Int
    ) throws(Refusal) -> Int {
        guard let leader = partition.leaderIndex(on: nodeID) else {
            throw Refusal(.notLeaderOrFollower, namesLogStart: false)
        }
        if acks == -1, partition.inSyncCount < partition.minInSync(release) { throw Refusal(.notEnoughReplicas) }
        guard logBytes + bytes <= configuration.limits.logBytes else {
            logger.error(
                "log memory is used up: batch refused with KAFKA_STORAGE_ERROR",
                metadata: ["limit_bytes": "\(configuration.limits.logBytes)", "partition": "\(partition.topic)"])
            throw Refusal(.kafkaStorageError, namesLogStart: false)
        }
        return leader
    }

    private func validator(_ partition: Partition, _ now: Int64) -> BatchValidator {
        BatchValidator(
            configuration: partition.configuration, release: release, topic: partition.topic,
            partition: partition.index, nowMs: now)
    }

    private func append(
        _ batch: UnsafeRawBufferPointer, to partition: Partition, _ nodeID: Int32, _ acks: Int16, _ now: Int64
    ) throws(Refusal) -> (ProduceResponse.Partition, Int64) {
        let leader = try leader(of: partition, nodeID, acks, bytes: batch.count)
        var validated = try validator(partition, now).validate(batch)
        if partition.configuration.messageFormat < 2 {
            guard let records = try? PlainRecord.ofBatch(batch, validated.header) else {
                throw Refusal(.unknownServerError)
            }
            let codec = validated.header.compression ?? .none
            return try appendOldFormat(records, codec, to: partition, leader, now)
        }
        if batch.count > partition.configuration.segmentBytes {
            throw Refusal(.recordListTooLarge, namesLogStart: false)
        }
        partition.replicas[leader].log.rollIfNeeded(
            for: batch.count, maxTimestampMs: validated.header.maxTimestamp, configuration: partition.configuration,
            nowMs: now)
        var answer = ProduceResponse.Partition()
        answer.logStartOffset = partition.replicas[leader].log.logStartOffset
        var isDuplicate = false
        if validated.header.producerID >= 0 {
            switch partition.replicas[leader].log.decide(validated.header) {
            case .refuse(let code) where !isIgnored(code, validated.header): throw Refusal(code)
            case .refuse: break
            case .duplicate where properties.defects.appendsDuplicates: isDuplicate = true
            case .duplicate(let known):
                answer.baseOffset = known.firstOffset
                answer.logAppendTimeMs = known.timestampMs
                return (answer, known.lastOffset + 1)
            case .append: break
            }
        }
        let base = partition.replicas[leader].log.logEndOffset
        validated.header.baseOffset = base
        answer.baseOffset = base
        if properties.defects.losesEvery > 0 {
            batchesTaken += 1
            if batchesTaken % properties.defects.losesEvery == 0 { return (answer, base) }
        }
        let stored = store(batch, validated, base, partition.leaderEpoch)
        partition.replicas[leader].log.append(stored, nowMs: now, notesProducer: !isDuplicate)
        logBytes += batch.count
        replicate(partition)
        partition.wakeWaiters()
        if partition.configuration.usesLogAppendTime { answer.logAppendTimeMs = now }
        return (answer, stored.lastOffset + 1)
    }

    /// Whether a broken broker takes what it should refuse.
    private func isIgnored(_ code: ErrorCode, _ header: RecordBatchHeader) -> Bool {
        let defects = properties.defects.transactions
        if code == .invalidProducerEpoch { return defects.ignoresEpochs }
        return code == .outOfOrderSequenceNumber && header.isTransactional && defects.ignoresSequences
    }

    private func store(
        _ batch: UnsafeRawBufferPointer, _ validated: BatchValidator.Validated, _ base: Int64, _ epoch: Int32
    ) -> StoredBatch {
        guard properties.defects.corruptsPayload else {
            return StoredBatch(batch, validated, baseOffset: base, leaderEpoch: epoch)
        }
        return Defects.corrupted(batch).withUnsafeBytes {
            StoredBatch($0, validated, baseOffset: base, leaderEpoch: epoch)
        }
    }

    private static func answer(_ refusal: Refusal, _ partition: Partition?, _ nodeID: Int32)
        -> ProduceResponse.Partition
    {
        var answer = ProduceResponse.Partition()
        answer.errorCode = refusal.code.rawValue
        answer.errorMessage = refusal.message
        answer.recordErrors = refusal.recordErrors
        if refusal.namesLogStart, let partition, let leader = partition.leaderIndex(on: nodeID) {
            answer.logStartOffset = partition.replicas[leader].log.logStartOffset
        }
        return answer
    }

    private func finish(
        _ entries: [ProduceEntry], _ waiting: [Int: Int64], _ header: RequestHeaderView, _ preamble: ProducePreamble,
        _ reply: @escaping ReplyTo
    ) {
        if preamble.acks == 0 {
            guard let bad = entries.first(where: { $0.answer.errorCode != 0 }) else { return reply(.nothing) }
            return reply(
                .close("\(ErrorCode(rawValue: bad.answer.errorCode)) on \(bad.topicName)-\(bad.index) with acks=0"))
        }
        let produce = PendingProduce(
            entries, waiting: preamble.acks == -1 ? waiting : [:], header: header, core: self, reply: reply)
        if produce.answerIfComplete() { return }
        // No request is kept longer than ten minutes: its connection may be gone.
        produce.wait(timeoutMs: min(Int64(max(preamble.timeoutMs, 0)), 600_000))
    }

    private func encode(_ entries: [ProduceEntry], _ header: RequestHeaderView) throws -> [UInt8] {
        try Self.encode(
            PendingProduce.response(entries), correlationID: header.correlationID, version: header.apiVersion)
    }
}
