import KafkaWire
import Logging

// The coordinator's side of transactions: what it answers to producers and to leaders that ask (`TransactionCoordinator`).
// A write to `__transaction_state` is done at once, so a pending transition lasts only while markers are written.
extension ClusterCore {
    /// The entry of a transactional id, when `nodeID` coordinates it.
    ///
    /// - Throws: 16 when another node does.
    func coordinated(_ id: String, _ nodeID: Int32) throws(ErrorCode) -> TransactionEntry? {
        guard let partition = transactionPartition(id), partition.leaderIndex(on: nodeID) != nil else {
            throw ErrorCode.notCoordinator
        }
        return transactions[id]
    }

    /// Writes `record` as the new state; 15 while too few replicas of the state are in sync.
    ///
    /// A client at `transaction.version` 2 cannot be written in the format of version 0, and the transition then stays
    /// pending for ever.
    func write(_ entry: TransactionEntry, _ record: TransactionEntry.Record) -> ErrorCode {
        guard let partition = transactionPartition(entry.id), partition.inSyncCount >= partition.minInSync(release)
        else { return .coordinatorNotAvailable }
        if record.clientVersion >= 2, release.hasTransactionVersion, transactionVersion == 0 {
            entry.pending = record.state
            return .unsupportedVersion
        }
        entry.record = record
        entry.record.updatedMs = nowMs
        entry.pending = nil
        return .none
    }

    // MARK: InitProducerId

    /// What a producer may know from before (KIP-360).
    struct KnownProducer {
        var id: Int64
        var epoch: Int16
    }

    /// Gives out an id and an epoch, and ends what another instance left open.
    func initTransactionalID(
        _ id: String, timeoutMs: Int32, known: KnownProducer?, _ nodeID: Int32
    ) -> Result<KnownProducer, ErrorCode> {
        guard !id.isEmpty else { return .failure(.invalidRequest) }
        guard timeoutMs > 0, Int64(timeoutMs) <= properties.coordinators.maxTransactionTimeoutMs else {
            return .failure(.invalidTransactionTimeout)
        }
        do throws(ErrorCode) {
            var found = try coordinated(id, nodeID)
            if found == nil {
                guard transactions.count < configuration.limits.coordinated else {
                    logger.error("too many transactional ids", metadata: ["limit": "\(transactions.count)"])
                    return .failure(.coordinatorNotAvailable)
                }
                found = TransactionEntry(id: id, producerID: newProducerID(), timeoutMs: timeoutMs, nowMs: nowMs)
                transactions[id] = found
            }
            let entry = found!
            if entry.pending != nil { return .failure(.concurrentTransactions) }
            if let known, !isValid(known, entry.record) { return .failure(.producerFenced) }
            switch entry.record.state {
            case .prepareAbort, .prepareCommit: return .failure(.concurrentTransactions)
            case .ongoing:
                fence(entry)
                return .failure(.concurrentTransactions)
            default: return initialize(entry, timeoutMs: timeoutMs, known: known)
            }
        } catch {
            return .failure(error)
        }
    }

    private func isValid(_ known: KnownProducer, _ record: TransactionEntry.Record) -> Bool {
        record.epoch == -1 || known.id == record.producerID
            || (known.id == record.previousProducerID && known.epoch >= TransactionEntry.lastClientEpoch)
    }

    private func initialize(
        _ entry: TransactionEntry, timeoutMs: Int32, known: KnownProducer?
    ) -> Result<KnownProducer, ErrorCode> {
        var next = entry.record
        if entry.isExhausted, known == nil || known!.epoch == next.epoch {
            next.previousProducerID = next.producerID
            next.lastEpoch = known == nil ? -1 : next.epoch
            next.producerID = newProducerID()
            next.epoch = 0
        } else if let known, next.epoch != -1, known.epoch != next.epoch {
            // A retry is answered what it was answered before.
            guard known.epoch == next.lastEpoch else { return .failure(.producerFenced) }
        } else {
            guard !entry.isExhausted else { return .failure(.unknownServerError) }
            next.lastEpoch = known == nil ? -1 : next.epoch
            next.epoch += 1
        }
        next.state = .empty
        next.timeoutMs = timeoutMs
        next.partitions = []
        next.startMs = -1
        next.clientVersion = 0
        let error = write(entry, next)
        guard error == .none else { return .failure(error) }
        return .success(KnownProducer(id: next.producerID, epoch: next.epoch))
    }

    // MARK: Partitions

    /// Adds partitions to the transaction, which begins with the first.
    ///
    /// - Parameter clientVersion: 2 when a leader adds them for a client that raises its epoch with each transaction.
    func addPartitions(
        _ id: String, _ producer: KnownProducer, _ partitions: Set<TopicPartition>, clientVersion: Int16,
        _ nodeID: Int32
    ) -> ErrorCode {
        guard !id.isEmpty else { return .invalidRequest }
        do throws(ErrorCode) {
            guard let entry = try coordinated(id, nodeID) else { return .invalidProducerIdMapping }
            if entry.pending != nil { return .concurrentTransactions }
            if entry.record.producerID != producer.id { return .invalidProducerIdMapping }
            if isFenced(producer.epoch, entry.record.epoch) { return .producerFenced }
            if entry.record.state.isPrepare { return .concurrentTransactions }
            var next = entry.record
            if next.state == .ongoing {
                guard !partitions.isSubset(of: next.partitions) else { return .none }
                next.partitions.formUnion(partitions)
            } else {
                next.state = .ongoing
                next.partitions = partitions
                next.startMs = nowMs
            }
            next.clientVersion = clientVersion
            return write(entry, next)
        } catch {
            return error
        }
    }

    /// Looks up whether partitions are in the transaction, for a leader that asks (KIP-890).
    func verifyPartitions(
        _ id: String, _ producer: KnownProducer, _ partitions: [TopicPartition], _ nodeID: Int32
    ) -> [TopicPartition: ErrorCode] {
        func all(_ code: ErrorCode) -> [TopicPartition: ErrorCode] {
            partitions.reduce(into: [:]) { $0[$1] = code }
        }
        guard !id.isEmpty else { return all(.invalidRequest) }
        do throws(ErrorCode) {
            guard let entry = try coordinated(id, nodeID), entry.record.producerID == producer.id else {
                return all(.invalidProducerIdMapping)
            }
            if isFenced(producer.epoch, entry.record.epoch) { return all(.producerFenced) }
            if entry.record.state.isPrepare { return all(.concurrentTransactions) }
            let members = entry.record.partitions
            let other: ErrorCode = release.hasTransactionAbortable ? .transactionAbortable : .invalidTxnState
            return partitions.reduce(into: [:]) { $0[$1] = members.contains($1) ? ErrorCode.none : other }
        } catch {
            return all(error)
        }
    }

    func isFenced(_ epoch: Int16, _ current: Int16) -> Bool {
        epoch != current && !(properties.defects.transactions.ignoresEpochs && epoch < current)
    }

    // MARK: By itself

    /// Aborts what is open for longer than its timeout.
    func abortTimedOutTransactions() {
        let now = nowMs
        for entry in transactions.values.sorted(by: { $0.id < $1.id })
        where entry.record.state == .ongoing && entry.pending == nil
            && now - entry.record.startMs > Int64(entry.record.timeoutMs) && hasCoordinator(entry)
        {
            logger.info("transaction timed out", metadata: ["transactional.id": "\(entry.id)"])
            fence(entry)
        }
    }

    /// Forgets ids that have been idle for longer than `transactional.id.expiration.ms`.
    func expireTransactionalIDs() {
        let now = nowMs
        for entry in transactions.values where entry.pending == nil && hasCoordinator(entry) {
            guard [.empty, .completeCommit, .completeAbort].contains(entry.record.state),
                now - entry.record.updatedMs >= properties.coordinators.idExpirationMs
            else { continue }
            transactions[entry.id] = nil
        }
    }

    /// Whether a node that works coordinates the id now.
    func hasCoordinator(_ entry: TransactionEntry) -> Bool {
        guard let node = transactionPartition(entry.id)?.leaderID, node >= 0 else { return false }
        return reaches(node, node)
    }

    /// A node has become the leader of a partition of `__transaction_state`: it reads the state, and goes on with what was
    /// decided (`TransactionStateManager.loadTransactionMetadata`).
    func loadTransactions(_ partition: Partition) {
        for entry in transactions.values where transactionPartition(entry.id) === partition {
            entry.record.lastEpoch = -1
            entry.pending = nil
            entry.isAbandoned = false
            entry.generation += 1
            if entry.record.state.isPrepare { beginMarkers(entry) }
        }
    }
}
