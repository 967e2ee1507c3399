import KafkaWire

/// One partition of a Produce request on its way.
struct ProduceEntry {
    var topicName: String
    var topicID: KafkaUUID
    var index: Int32
    var partition: Partition?
    var batch: UnsafeRawBufferPointer?
    /// From Produce v0 to v2: `batch` is the whole records section.
    var isOld = false
    var answer = ProduceResponse.Partition()
    /// Set when the request itself is wrong here; stands above what another entry for the same partition gets.
    var refusal: Refusal?

    /// What makes entries of one request one answer.
    struct Key: Hashable {
        var topic: String
        var id: KafkaUUID
        var index: Int32
    }
}

/// Takes the partitions of a Produce request in wire order and decides what becomes of each before any log is looked at,
/// and whether the whole request is refused or its connection closed (`ProduceRequest`, `KafkaApis.handleProduceRequest`).
/// What is looked at where is a matter of the release: see ``Release/RecordsCheck``.
struct ProduceAdmission {
    let release: Release
    let version: Int16
    private let check: Release.RecordsCheck
    /// What stands before the partitions; set before the first is added.
    var preamble = ProducePreamble(isTransactional: false, acks: 0, timeoutMs: 0, topicCount: 0)
    private var entries: [ProduceEntry] = []
    private var positions: [ProduceEntry.Key: Int] = [:]
    /// Why every partition is answered with one error.
    private(set) var wholeRequest: Refusal?
    /// Why the connection is closed.
    private(set) var closing: String?
    /// True when records are null and a release answers nothing to that.
    private(set) var hasUnansweredNull = false
    private var hasTransactionalBatch = false

    init(release: Release, version: Int16) {
        self.release = release
        self.version = version
        check = release.recordsCheck
    }

    /// Takes the next partition; `topic` is the one that it names, if there is one.
    mutating func add(_ view: ProducePartitionView, _ topic: ClusterCore.Topic?, name: String) {
        guard closing == nil else { return }
        var entry = ProduceEntry(topicName: name, topicID: view.topicID, index: view.partition)
        if let reason = parsingFault(view) {
            closing = reason
            return
        }
        if check != .whileParsing { lookAtFlags(view) }
        guard wholeRequest == nil else { return insert(entry) }
        admit(&entry, view, topic)
        insert(entry)
    }

    /// Hands the entries over: one for each partition, in wire order.
    mutating func takeEntries() -> [ProduceEntry] {
        defer { entries = [] }
        return entries
    }

    /// Settles what only the whole request shows.
    mutating func finish() {
        guard closing == nil, wholeRequest == nil || hasTransactionalBatch else { return }
        if hasTransactionalBatch, release.demandsTransactionalID, !preamble.isTransactional {
            wholeRequest = Refusal(.transactionalIdAuthorizationFailed, namesLogStart: false)
        }
    }

    /// Why parsing this partition closes the connection; nil when it does not.
    private func parsingFault(_ view: ProducePartitionView) -> String? {
        guard check != .inHandler else { return nil }
        guard view.recordsLength >= 0 else { return "null records" }
        if check == .whileParsing, version < 3 { return nil }
        guard case .batch(let size, let magic) = BatchAdmission.next(in: view.records, at: 0) else {
            return "the records begin with no whole batch"
        }
        // The flags that are read next end with the producer id.
        guard magic < 2 || size >= 51 else { return "a batch of \(size) bytes" }
        guard check == .whileParsing else { return nil }
        do throws(Refusal) {
            _ = try BatchAdmission.singleBatch(in: view.records, version: version, release: release)
            return nil
        } catch {
            return "Produce v\(version) wants exactly one batch of magic 2: \(error.code)"
        }
    }

    /// Notes a transactional batch; the search ends with the first (`RequestUtils.hasTransactionalRecords`).
    private mutating func lookAtFlags(_ view: ProducePartitionView) {
        guard wholeRequest == nil, !hasTransactionalBatch else { return }
        switch BatchAdmission.next(in: view.records, at: 0) {
        case .none: break
        case .corrupt(let message):
            wholeRequest = Refusal(.corruptMessage, namesLogStart: false, message: message)
        case .batch(let size, let magic):
            guard magic == 2 else { break }
            guard size >= 23 else {
                wholeRequest = Refusal(.unknownServerError, namesLogStart: false)
                break
            }
            hasTransactionalBatch = BatchAdmission.attributes(view.records) & 16 != 0
        }
    }

    private mutating func admit(_ entry: inout ProduceEntry, _ view: ProducePartitionView, _ topic: ClusterCore.Topic?)
    {
        guard let topic, view.partition >= 0, Int(view.partition) < topic.partitions.count else {
            var code: ErrorCode = version >= 13 && topic == nil ? .unknownTopicId : .unknownTopicOrPartition
            if topic != nil, !release.knowsPartitionsFirst, !(-1...1).contains(preamble.acks) {
                code = .invalidRequiredAcks
            }
            entry.refusal = Refusal(code, namesLogStart: false)
            return
        }
        entry.partition = topic.partitions[Int(view.partition)]
        if view.recordsLength < 0 {
            hasUnansweredNull = release.neverAnswersNullRecords(hasTransactionalID: preamble.isTransactional)
            entry.refusal = Refusal(.unknownServerError)
            return
        }
        guard version >= 3 else {
            entry.batch = view.records
            entry.isOld = true
            return
        }
        do throws(Refusal) {
            entry.batch = try BatchAdmission.singleBatch(in: view.records, version: version, release: release)
        } catch {
            entry.refusal = error
            return
        }
        guard let batch = entry.batch, batch.count >= 23 else { return }
        let attributes = BatchAdmission.attributes(batch)
        if version < 7, release.knowsZstd, attributes & 7 > Compression.zstd.rawValue {
            // Only these versions look at the codec here, and fail over one that is not defined.
            wholeRequest = Refusal(.unknownServerError, namesLogStart: false)
        }
    }

    /// Adds an entry; of several for one partition there is one answer.
    private mutating func insert(_ entry: ProduceEntry) {
        let key = ProduceEntry.Key(topic: entry.topicName, id: entry.topicID, index: entry.index)
        guard let position = positions[key] else {
            positions[key] = entries.count
            entries.append(entry)
            return
        }
        var merged = entry
        if check == .inHandler {
            // The last entry that can be appended is; an error of any stays visible (`mergedResponseStatus`).
            let earlier = entries[position]
            if entry.batch == nil {
                merged.batch = earlier.batch
                merged.isOld = earlier.isOld
            }
            merged.refusal = entry.refusal ?? earlier.refusal
        }
        entries[position] = merged
    }
}
