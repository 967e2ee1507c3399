import KafkaWire

// EndTxn, and the end that a coordinator makes by itself. The outcome is decided, and answered, when Prepare* is written;
// markers follow (`TransactionCoordinator.endTransactionWithTV1`, `endTransaction`).
extension ClusterCore {
    /// Ends a transaction for a client.
    ///
    /// - Parameter clientVersion: 2 for EndTxn v5, which raises the epoch; 0 before.
    func endTransaction(
        _ id: String, _ producer: KnownProducer, commit: Bool, clientVersion: Int16, _ nodeID: Int32
    ) -> Result<KnownProducer, ErrorCode> {
        guard !id.isEmpty else { return .failure(.invalidRequest) }
        do throws(ErrorCode) {
            guard let entry = try coordinated(id, nodeID) else { return .failure(.invalidProducerIdMapping) }
            let verdict =
                clientVersion >= 2
                ? judgeEndWithBump(entry, producer, commit: commit) : judgeEnd(entry, producer, commit: commit)
            switch verdict {
            case .refuse(let code): return .failure(code)
            case .repeated: return .success(KnownProducer(id: entry.record.producerID, epoch: entry.record.epoch))
            case .prepare(let isEmpty):
                let (error, answer) = prepare(entry, commit: commit, clientVersion: clientVersion, isEmpty: isEmpty)
                return error == .none ? .success(answer) : .failure(error)
            }
        } catch {
            return .failure(error)
        }
    }

    private enum EndVerdict {
        case refuse(ErrorCode)
        /// It was answered before, and is answered the same again.
        case repeated
        case prepare(isEmpty: Bool)
    }

    /// Up to EndTxn v4: the epoch stays, so the same request again is the same transaction.
    private func judgeEnd(_ entry: TransactionEntry, _ producer: KnownProducer, commit: Bool) -> EndVerdict {
        if entry.record.producerID != producer.id { return .refuse(.invalidProducerIdMapping) }
        if isFenced(producer.epoch, entry.record.epoch) { return .refuse(.producerFenced) }
        if entry.pending != nil { return .refuse(.concurrentTransactions) }
        switch entry.record.state {
        case .ongoing: return .prepare(isEmpty: false)
        case .completeCommit: return commit || answersBothResults ? .repeated : .refuse(.invalidTxnState)
        case .completeAbort: return commit && !answersBothResults ? .refuse(.invalidTxnState) : .repeated
        case .prepareCommit: return .refuse(commit ? .concurrentTransactions : .invalidTxnState)
        case .prepareAbort: return .refuse(commit ? .invalidTxnState : .concurrentTransactions)
        default: return .refuse(.invalidTxnState)
        }
    }

    private var answersBothResults: Bool { properties.defects.transactions.answersBothResults }

    /// EndTxn v5: an epoch for each transaction, so the epoch tells a retry from the next end (KIP-890).
    private func judgeEndWithBump(
        _ entry: TransactionEntry, _ producer: KnownProducer, commit: Bool
    ) -> EndVerdict {
        let record = entry.record
        if entry.pending != nil { return .refuse(.concurrentTransactions) }
        let isOverflowRetry =
            record.previousProducerID == producer.id && producer.epoch == TransactionEntry.lastClientEpoch
            && record.epoch == 0
        let isBumpRetry = Int32(record.epoch) == Int32(producer.epoch) + 1
        if record.producerID != producer.id, !isOverflowRetry { return .refuse(.invalidProducerIdMapping) }
        let isRetry = isBumpRetry || isOverflowRetry
        let isCurrent = !isFenced(producer.epoch, record.epoch)
        let isValid =
            switch record.state {
            case .prepareCommit, .prepareAbort: isBumpRetry
            case .completeCommit, .completeAbort: isRetry || isCurrent
            default: isCurrent
            }
        guard isValid else { return .refuse(.producerFenced) }
        switch record.state {
        case .ongoing: return .prepare(isEmpty: false)
        case .completeCommit where commit: return isRetry ? .repeated : .refuse(.invalidTxnState)
        case .completeAbort where commit && isRetry && answersBothResults: return .repeated
        case .completeCommit where isRetry: return answersBothResults ? .repeated : .refuse(.invalidTxnState)
        case .completeAbort where !commit && isRetry: return .repeated
        case .completeCommit, .completeAbort, .empty:
            return commit ? .refuse(.invalidTxnState) : .prepare(isEmpty: true)
        case .prepareCommit: return .refuse(commit ? .concurrentTransactions : .invalidTxnState)
        case .prepareAbort: return .refuse(commit ? .invalidTxnState : .concurrentTransactions)
        default: return .refuse(.invalidTxnState)
        }
    }

    /// Writes Prepare*, and sends the markers. Returns what the client goes on with.
    private func prepare(
        _ entry: TransactionEntry, commit: Bool, clientVersion: Int16, isEmpty: Bool
    ) -> (ErrorCode, KnownProducer) {
        var next = entry.record
        next.state = commit ? .prepareCommit : .prepareAbort
        if isEmpty {
            next.startMs = nowMs
            next.partitions = []
        }
        var answer = KnownProducer(id: next.producerID, epoch: next.epoch)
        if clientVersion >= 2 {
            if entry.isExhausted { next.nextProducerID = newProducerID() }
            next.lastEpoch = next.epoch
            let bump: Int16 = properties.defects.transactions.epochJumps && next.epoch < 32_000 ? 3 : 1
            next.epoch = next.epoch == .max ? .max : next.epoch + bump
            answer.epoch = next.lastEpoch == .max ? .max : next.lastEpoch + 1
            if next.nextProducerID != -1 { answer = KnownProducer(id: next.nextProducerID, epoch: 0) }
        }
        next.clientVersion = clientVersion
        let error = write(entry, next)
        if error == .none { beginMarkers(entry) }
        return (error, answer)
    }

    /// Ends an open transaction that a newer instance or the timeout ends: with a raised epoch, so that whoever opened it
    /// is fenced.
    func fence(_ entry: TransactionEntry) {
        var next = entry.record
        next.state = properties.defects.transactions.fenceCommits ? .prepareCommit : .prepareAbort
        let bumps = transactionVersion >= 2 && release.hasTransactionVersion
        if bumps, entry.isExhausted, release.fenceChangesExhaustedID { next.nextProducerID = newProducerID() }
        next.lastEpoch = bumps ? next.epoch : -1
        let raise: Int16 = bumps && release.fenceRaisesEpochTwice ? 2 : 1
        if bumps, release.fenceRaisesEpochTwice { next.lastEpoch = next.epoch == .max ? .max : next.epoch + 1 }
        next.epoch = next.epoch > .max - raise ? .max : next.epoch + raise
        next.clientVersion = bumps ? 2 : 0
        if write(entry, next) == .none { beginMarkers(entry) }
    }
}
