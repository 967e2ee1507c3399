import EvidenceModel

/// The accounts of one cell joined record by record: where each record stands in the log, and which attempt on the wire
/// put it there.
///
/// Built once per judgement in one pass over the log and one over the wire; every checker reads from it.
struct Ledger {
    /// The record it was built from.
    let record: CellRecord
    /// Where the first copy of each record id stands; `Copy.absent` where there is none. Indexed by record id.
    private(set) var firstCopies: [Copy]
    /// Every further copy, in log order.
    private(set) var furtherCopies: [(id: Int64, copy: Copy)] = []
    /// Records of the log that carry no id of this run, in log order.
    private(set) var foreignCopies: [Copy] = []
    /// Topic partitions, in order of first appearance in the log.
    private(set) var partitions: [TopicPartition] = []
    private var partitionIndices: [TopicPartition: Int] = [:]
    /// For each partition its log batches, in offset order.
    private var batchesOfPartition: [[Int]] = []
    /// For each log batch its partition's index in `partitions`.
    private(set) var partitionOfBatch: [Int] = []
    /// For each log batch the attempt that appended it, where the wire tells.
    private(set) var attemptOfLogBatch: [AttemptReference?] = []
    /// For each wire batch: an answer reached the client that tells it that the batch is written.
    private(set) var isAcknowledgedOnWire: [Bool] = []
    /// Time zero, microseconds since the epoch: what times in sentences are relative to.
    let zeroUs: Int64

    /// One copy of a record in the log.
    struct Copy: Equatable {
        /// Index into `LogAccount.batches`, -1 for none.
        var batch: Int32
        /// Index in the batch.
        var index: Int32

        /// No copy.
        static let absent = Copy(batch: -1, index: -1)
    }

    /// A partition of a topic.
    struct TopicPartition: Hashable, CustomStringConvertible {
        var topic: String
        var partition: Int32

        var description: String { "\(topic)-\(partition)" }
    }

    /// An attempt by its place in the wire evidence.
    struct AttemptReference: Equatable {
        /// Index into `WireEvidence.batches`.
        var batch: Int
        /// Index into `Batch.attempts`.
        var attempt: Int
    }

    init(_ record: CellRecord) {
        self.record = record
        let ids = max(record.client.records.count, record.cell.workload.records)
        firstCopies = Array(repeating: .absent, count: max(ids, 0))
        zeroUs =
            record.history.first { $0.kind == .timeZero }?.timeUs
            ?? record.client.records.lazy.map(\.sentUs).filter { $0 > 0 }.min()
            ?? record.wire?.captures.lazy.map(\.firstPacketUs).filter { $0 > 0 }.min() ?? 0
        placeRecords()
        joinWire()
    }

    private mutating func placeRecords() {
        guard let log = record.log else { return }
        partitionOfBatch.reserveCapacity(log.batches.count)
        for (b, batch) in log.batches.enumerated() {
            let key = TopicPartition(topic: batch.topic, partition: batch.partition)
            let index = partitionIndices[key] ?? partitions.count
            if index == partitions.count {
                batchesOfPartition.append([])
                partitionIndices[key] = index
                partitions.append(key)
            }
            partitionOfBatch.append(index)
            batchesOfPartition[index].append(b)
            for (i, id) in batch.recordIDs.enumerated() {
                let copy = Copy(batch: Int32(b), index: Int32(i))
                if id < 0 || id >= firstCopies.count {
                    foreignCopies.append(copy)
                } else if firstCopies[Int(id)] == .absent {
                    firstCopies[Int(id)] = copy
                } else {
                    furtherCopies.append((id, copy))
                }
            }
        }
    }

    // MARK: - The wire

    /// Joins log batches to attempts: by the base offset of the answer, then by producer id, epoch and sequence (an
    /// answer that no capture saw), then by order among what is left (acks=0, or a broker that died before answering).
    private mutating func joinWire() {
        guard let wire = record.wire else { return }
        isAcknowledgedOnWire = wire.batches.map { batch in
            batch.attempts.contains { attempt in
                attempt.ackReachedClientUs != nil && attempt.fate != .ackLate
                    && (attempt.errorCode == 0 || attempt.errorCode == KafkaError.duplicateSequenceNumber)
            }
        }
        guard let log = record.log else { return }
        attemptOfLogBatch = Array(repeating: nil, count: log.batches.count)
        var byOffset: [OffsetKey: AttemptReference] = [:]
        var bySequence: [SequenceKey: AttemptReference] = [:]
        for (b, batch) in wire.batches.enumerated() {
            if batch.producerID >= 0 { bySequence[SequenceKey(batch)] = AttemptReference(batch: b, attempt: 0) }
            for (a, attempt) in batch.attempts.enumerated() where attempt.errorCode == 0 {
                guard let offset = attempt.baseOffset, offset >= 0 else { continue }
                let key = OffsetKey(topic: batch.topic, partition: batch.partition, offset: offset)
                let reference = AttemptReference(batch: b, attempt: a)
                if !attempt.deduplicated || byOffset[key] == nil { byOffset[key] = reference }
            }
        }
        for (b, batch) in log.batches.enumerated() {
            let key = OffsetKey(topic: batch.topic, partition: batch.partition, offset: batch.baseOffset)
            attemptOfLogBatch[b] =
                byOffset[key] ?? (batch.producerID >= 0 ? bySequence[SequenceKey(batch)] : nil)
        }
        joinUnansweredByOrder(log, wire)
    }

    private mutating func joinUnansweredByOrder(_ log: LogAccount, _ wire: WireEvidence) {
        var waiting: [TopicPartition: [AttemptReference]] = [:]
        for (b, batch) in wire.batches.enumerated() where batch.producerID < 0 {
            for (a, attempt) in batch.attempts.enumerated()
            where attempt.errorCode == nil && attempt.fate != .requestLost {
                let key = TopicPartition(topic: batch.topic, partition: batch.partition)
                waiting[key, default: []].append(AttemptReference(batch: b, attempt: a))
            }
        }
        guard !waiting.isEmpty else { return }
        func time(_ reference: AttemptReference) -> Int64 {
            let attempt = wire.batches[reference.batch].attempts[reference.attempt]
            return attempt.requestReachedBrokerUs ?? attempt.requestLeftClientUs ?? .max
        }
        for key in waiting.keys { waiting[key]?.sort { time($0) < time($1) } }
        var next: [TopicPartition: Int] = [:]
        for (b, batch) in log.batches.enumerated() where attemptOfLogBatch[b] == nil && batch.producerID < 0 {
            let key = partitions[partitionOfBatch[b]]
            guard let candidates = waiting[key] else { continue }
            var i = next[key] ?? 0
            while i < candidates.count {
                let candidate = candidates[i]
                i += 1
                if Int(wire.batches[candidate.batch].recordCount) == batch.recordIDs.count {
                    attemptOfLogBatch[b] = candidate
                    next[key] = i
                    break
                }
            }
        }
    }

    private struct OffsetKey: Hashable {
        var topic: String
        var partition: Int32
        var offset: Int64
    }

    private struct SequenceKey: Hashable {
        var topic: String
        var partition: Int32
        var producerID: Int64
        var producerEpoch: Int16
        var baseSequence: Int32

        init(_ batch: WireEvidence.Batch) {
            topic = batch.topic
            partition = batch.partition
            producerID = batch.producerID
            producerEpoch = batch.producerEpoch
            baseSequence = batch.baseSequence
        }

        init(_ batch: LogBatch) {
            topic = batch.topic
            partition = batch.partition
            producerID = batch.producerID
            producerEpoch = batch.producerEpoch
            baseSequence = batch.baseSequence
        }
    }
}

// MARK: - Questions

extension Ledger {
    /// True when the client reports on each record; a producer without a driver says nothing.
    var hasReports: Bool { record.client.reportsRecords }

    /// True when records can be told apart in the log: by their values, which a driver writes by convention, or by the
    /// numbers that a program without a driver puts into a header.
    var hasRecordIDs: Bool { hasReports || isNumbered }

    /// True when a program without a driver numbered its records.
    var isNumbered: Bool { !hasReports && record.log?.isNumbered == true }

    /// How a program without a driver ended in another way than exit code 0, with its last words: it gave records up, says
    /// docs/driver-protocol.md. Nil for drivers, for exit code 0, and where the harness ended it.
    var programsOwnWord: String? {
        guard !hasReports, !record.history.contains(where: { $0.kind == .interrupted || $0.kind == .driverDone }),
            record.history.contains(where: { $0.kind == .timeZero }),
            let exit = record.history.last(where: { $0.kind == .driverExited }), let values = exit.values,
            values["exit_code"] != 0
        else { return nil }
        return exit.detail ?? values.map { "\($0.key) \($0.value)" }.joined()
    }

    /// True when a program without a driver ended with exit code 0: it sent all it wanted.
    var programIsDone: Bool { !hasReports && record.history.contains { $0.kind == .driverDone } }

    /// True when the captures are whole and show nothing but TLS: what the wire says cannot be read, and the other three
    /// accounts judge.
    var isWireOpaque: Bool {
        guard let wire = record.wire else { return false }
        return wire.batches.isEmpty && wire.findings.contains { $0.kind == "opaque_traffic" }
    }

    /// The log batch that holds `copy`.
    func logBatch(_ copy: Copy) -> LogBatch? {
        guard let log = record.log, copy.batch >= 0 else { return nil }
        return log.batches[Int(copy.batch)]
    }

    /// The offset of `copy`, -1 for none.
    func offset(_ copy: Copy) -> Int64 {
        guard let batch = logBatch(copy) else { return -1 }
        return batch.baseOffset + Int64(copy.index)
    }

    /// The partition of `copy`, for sentences.
    func partitionName(_ copy: Copy) -> String {
        copy.batch < 0 ? "?" : partitions[partitionOfBatch[Int(copy.batch)]].description
    }

    /// The wire batch that appended `copy`, where the wire tells.
    func wireBatch(_ copy: Copy) -> WireEvidence.Batch? {
        guard let reference = attemptReference(copy) else { return nil }
        return record.wire?.batches[reference.batch]
    }

    /// The attempt that appended `copy`, where the wire tells.
    func attempt(_ copy: Copy) -> WireEvidence.Attempt? {
        guard let reference = attemptReference(copy) else { return nil }
        return record.wire?.batches[reference.batch].attempts[reference.attempt]
    }

    /// The same as a place in the wire evidence.
    func attemptReference(_ copy: Copy) -> AttemptReference? {
        guard copy.batch >= 0, !attemptOfLogBatch.isEmpty else { return nil }
        return attemptOfLogBatch[Int(copy.batch)]
    }

    /// True when the batch that appended `copy` asked for no acknowledgement; without the wire, when the client was
    /// configured so.
    func isSentWithoutAcks(_ copy: Copy) -> Bool {
        if let batch = wireBatch(copy) { return batch.attempts.contains { $0.acks == 0 } }
        let config = record.cell.producer.config
        return ["acks", "request.required.acks"].contains { config[$0] == "0" }
    }

    /// The fault that dropped the answer of an attempt, as the fault log names it.
    func faultThatDroppedAnswer(of attempt: WireEvidence.Attempt) -> String? {
        record.faultLog.first { entry in
            guard entry.fate == "drop", entry.direction == .brokerToClient, let connection = entry.connection,
                entry.message?.correlationID == attempt.correlationID
            else { return false }
            let ends = connection.split(separator: ">")
            return ends.count == 2 && "\(ends[1])>\(ends[0])" == attempt.connection
        }?.fault
    }

    /// Ids of the wire batches that appended these copies: in order, each once, at most 20.
    func batchIDs(_ copies: some Sequence<Copy>) -> [String] {
        var ids: [String] = []
        var last: AttemptReference?
        for copy in copies {
            guard let reference = attemptReference(copy), reference != last else { continue }
            last = reference
            guard let id = record.wire?.batches[reference.batch].id, !ids.contains(id) else { continue }
            ids.append(id)
            if ids.count == 20 { break }
        }
        return ids
    }

    /// A moment as seconds after time zero, for sentences: `1.204 s`.
    func seconds(_ timeUs: Int64) -> String { Words.seconds(timeUs - zeroUs) }

    /// The record at an offset of a partition: its id, -1 for a record that is not ours, nil when the log has none there.
    func recordID(topic: String, partition: Int32, offset: Int64) -> Int64? {
        guard let log = record.log,
            let place = partitionIndices[TopicPartition(topic: topic, partition: partition)]
        else { return nil }
        // The last batch that begins at or before the offset.
        let batches = batchesOfPartition[place]
        var low = 0
        var high = batches.count
        while low < high {
            let middle = (low + high) / 2
            if log.batches[batches[middle]].baseOffset <= offset { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let batch = log.batches[batches[low - 1]]
        let index = offset - batch.baseOffset
        return index < batch.recordIDs.count ? batch.recordIDs[Int(index)] : nil
    }

    /// When records were acknowledged, in time order: from the client's reports, or from the wire for a producer that
    /// reports nothing.
    func acknowledgements() -> [(timeUs: Int64, records: Int)] {
        if hasReports {
            return record.client.records.lazy.filter { $0.outcome == .acknowledged }.map(\.reportedUs).sorted()
                .map { ($0, 1) }
        }
        let batches = record.wire?.batches ?? []
        return batches.compactMap { batch -> (timeUs: Int64, records: Int)? in
            guard let timeUs = batch.attempts.lazy.compactMap(\.ackReachedClientUs).min() else { return nil }
            return (timeUs, Int(batch.recordCount))
        }.sorted { $0.timeUs < $1.timeUs }
    }
}
