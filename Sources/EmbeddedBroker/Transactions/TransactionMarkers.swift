import KafkaWire
import Logging

// Markers: from the coordinator to the leaders of a transaction's partitions, until each has been replicated
// (`TransactionMarkerChannelManager`). A leader that cannot be reached is tried again; while one is missing the transaction
// stays in Prepare*.
extension ClusterCore {
    /// How long until markers that are missing are sent again.
    private static let markerRetryMs: Int64 = 20

    /// Prepare* is written: everything gets 51 from here until the last marker is acknowledged.
    func beginMarkers(_ entry: TransactionEntry) {
        entry.pending = entry.record.state == .prepareCommit ? .completeCommit : .completeAbort
        entry.missing = entry.record.partitions
        entry.sent = [:]
        entry.isAbandoned = false
        entry.generation += 1
        driveMarkers(entry, afterMs: properties.coordinators.markerDelayMs)
    }

    private func driveMarkers(_ entry: TransactionEntry, afterMs: Int64) {
        let box = UncheckedSendable(value: entry)
        let generation = entry.generation
        schedule(afterMs) { core in
            guard box.value.generation == generation else { return }
            core.sendMarkers(box.value)
        }
    }

    /// Sends what can be sent now.
    func sendMarkers(_ entry: TransactionEntry) {
        guard entry.pending != nil, entry.record.state.isPrepare, !entry.isAbandoned else { return }
        guard let coordinator = transactionPartition(entry.id), reaches(coordinator.leaderID, coordinator.leaderID)
        else { return driveMarkers(entry, afterMs: Self.markerRetryMs) }
        let order = entry.missing.sorted()
        for (place, name) in order.enumerated() {
            if properties.defects.transactions.losesMarker, place == order.count - 1 {
                entry.missing.remove(name)
            } else {
                sendMarker(entry, name, from: coordinator)
            }
        }
        if entry.missing.isEmpty {
            complete(entry)
        } else if !entry.isAbandoned {
            driveMarkers(entry, afterMs: Self.markerRetryMs)
        }
    }

    private func sendMarker(_ entry: TransactionEntry, _ name: TopicPartition, from coordinator: Partition) {
        guard let partition = partition(name.topic, name.index) else {
            entry.missing.remove(name)
            return
        }
        guard let leader = partition.leader else {
            if properties.defects.transactions.skipsLeaderlessMarkers { entry.missing.remove(name) }
            return
        }
        guard reaches(coordinator.leaderID, partition.replicas[leader].nodeID) else { return }
        if let sent = entry.sent[name], sent.leaderEpoch == partition.leaderEpoch {
            if partition.highWatermark > sent.offset { entry.missing.remove(name) }
            return
        }
        guard partition.inSyncCount >= partition.minInSync(release) else { return }
        let marker = EndMarker(
            producerID: entry.record.producerID, epoch: entry.record.epoch,
            isCommit: outcome(entry, name), coordinatorEpoch: coordinator.leaderEpoch,
            transactionVersion: entry.record.clientVersion)
        switch append(marker, to: partition, leader: leader) {
        case .success(let offset):
            if partition.highWatermark > offset {
                entry.missing.remove(name)
            } else {
                entry.sent[name] = .init(offset: offset, leaderEpoch: partition.leaderEpoch)
            }
        case .failure(let code):
            // The coordinator gives up, as Kafka's does: another coordinator or a newer producer is at work.
            entry.isAbandoned = true
            logger.error(
                "marker refused: the transaction cannot end",
                metadata: ["transactional.id": "\(entry.id)", "partition": "\(name)", "error": "\(code)"])
        }
    }

    private func outcome(_ entry: TransactionEntry, _ name: TopicPartition) -> Bool {
        let defects = properties.defects.transactions
        guard entry.record.state == .prepareCommit else { return defects.commitsAborts }
        if defects.abortsCommits { return false }
        return !defects.commitsHalf || name == entry.record.partitions.min()
    }

    /// Complete*: the next transaction may begin.
    private func complete(_ entry: TransactionEntry) {
        var next = entry.record
        next.state = next.state == .prepareCommit ? .completeCommit : .completeAbort
        next.partitions = []
        if next.nextProducerID != -1 {
            next.previousProducerID = next.producerID
            next.producerID = next.nextProducerID
            next.nextProducerID = -1
            next.epoch = 0
        }
        if write(entry, next) != .none { driveMarkers(entry, afterMs: Self.markerRetryMs) }
    }

    // MARK: The partition's side

    /// What a coordinator, or an administrator, tells a partition's leader.
    struct EndMarker {
        var producerID: Int64
        var epoch: Int16
        var isCommit: Bool
        var coordinatorEpoch: Int32
        var transactionVersion: Int16
    }

    /// Appends a marker, and lets offsets of the transaction count or not. Returns its offset.
    func append(_ end: EndMarker, to partition: Partition, leader: Int) -> Result<Int64, ErrorCode> {
        let known = partition.replicas[leader].log.producers.states[end.producerID] ?? ProducerState()
        let isStrict = end.transactionVersion >= 2 && release.wantsHigherMarkerEpoch
        if let code = known.markerFault(
            epoch: end.epoch, coordinatorEpoch: end.coordinatorEpoch, isStrict: isStrict),
            !properties.defects.transactions.ignoresEpochs
        {
            return .failure(code)
        }
        let offset = write(end, to: partition, leader)
        if partition.topic == Self.offsetsTopic { settleOffsets(partition.index, end) }
        if properties.defects.transactions.writesBothMarkers {
            var other = end
            other.isCommit.toggle()
            _ = write(other, to: partition, leader)
        }
        return .success(offset)
    }

    private func write(_ end: EndMarker, to partition: Partition, _ leader: Int) -> Int64 {
        let now = nowMs
        let marker = TransactionMarker(isCommit: end.isCommit, coordinatorEpoch: end.coordinatorEpoch)
        let bytes = marker.batch(producerID: end.producerID, epoch: end.epoch, timestampMs: now)
        let offset = appendOwn(bytes, marker: marker, to: partition, leader, nowMs: now)
        logger.debug(
            "marker written",
            metadata: ["partition": "\(partition.topic)-\(partition.index)", "commit": "\(end.isCommit)"])
        return offset
    }

    /// Appends a batch that a broker made. Returns its first offset.
    func appendOwn(
        _ bytes: [UInt8], marker: TransactionMarker?, to partition: Partition, _ leader: Int, nowMs: Int64
    ) -> Int64 {
        let offset = partition.replicas[leader].log.logEndOffset
        let stored = bytes.withUnsafeBytes { raw in
            var batch = StoredBatch(
                raw, BatchValidator.Validated(header: RecordBatchHeader(raw)!), baseOffset: offset,
                leaderEpoch: partition.leaderEpoch)
            batch.marker = marker
            return batch
        }
        partition.replicas[leader].log.rollIfNeeded(
            for: bytes.count, maxTimestampMs: nowMs, configuration: partition.configuration, nowMs: nowMs)
        partition.replicas[leader].log.append(stored, nowMs: nowMs)
        logBytes += bytes.count
        replicate(partition)
        partition.wakeWaiters()
        return offset
    }
}
