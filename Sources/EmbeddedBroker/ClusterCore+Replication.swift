import KafkaWire
import Logging

// Replication as a model: no fetches between nodes; a follower that can is given what the leader has, at once or after
// `crosswind.replica.delay.ms`. See docs/broker.md for what this leaves out.
extension ClusterCore {
    /// Brings the followers up to the leader, moves the high watermark, and wakes who waits.
    func replicate(_ partition: Partition) {
        guard partition.replicas.count > 1 else {
            _ = partition.updateHighWatermark(release: release)
            return
        }
        if properties.replicaDelayMs > 0 {
            let name = partition.topic
            let index = partition.index
            schedule(properties.replicaDelayMs) { core in
                guard let partition = core.partition(name, index) else { return }
                core.copyToFollowers(partition)
                partition.wakeWaiters()
            }
            _ = partition.updateHighWatermark(release: release)
        } else {
            copyToFollowers(partition)
        }
    }

    /// Copies what each follower lacks, where leader and follower can talk.
    func copyToFollowers(_ partition: Partition) {
        guard let leader = partition.leader, nodes[partition.replicas[leader].nodeID]?.replicates == true else {
            _ = partition.updateHighWatermark(release: release)
            return
        }
        let now = nowMs
        let leaderEnd = partition.replicas[leader].log.logEndOffset
        for index in partition.replicas.indices where index != leader {
            guard nodes[partition.replicas[index].nodeID]?.replicates == true else { continue }
            truncateDiverged(partition, follower: index, leader: leader, nowMs: now)
            let from = partition.replicas[index].log.logEndOffset
            let missing = partition.replicas[leader].log.read(from: from, limit: .max, maxBytes: .max, minOne: true)
            for batch in missing where batch.baseOffset >= from {
                partition.replicas[index].log.append(batch, nowMs: now)
            }
            partition.replicas[index].lastCaughtUpMs = now
            let isCaughtUp = partition.replicas[index].log.logEndOffset >= leaderEnd
            // A node that the controller no longer counts on stays out, though it may have everything.
            if isCaughtUp, !partition.replicas[index].isInSync,
                nodes[partition.replicas[index].nodeID]?.isFenced == false
            {
                partition.replicas[index].isInSync = true
                logger.info("replica joined the in-sync set", metadata: metadata(partition, index))
            }
        }
        partition.replicas[leader].lastCaughtUpMs = now
        _ = partition.updateHighWatermark(release: release)
    }

    /// Drops what a follower has from epochs that the leader does not share (KIP-101).
    private func truncateDiverged(_ partition: Partition, follower: Int, leader: Int, nowMs: Int64) {
        while let last = partition.replicas[follower].log.epochs.last {
            let end = partition.replicas[leader].log.endOffset(of: last.epoch)
            let target = end?.epoch == last.epoch ? end!.endOffset : last.startOffset
            let before = partition.replicas[follower].log.logEndOffset
            guard target < before else { return }
            partition.replicas[follower].log.truncate(to: target, nowMs: nowMs)
            logger.info(
                "follower truncated records that the leader does not have",
                metadata: metadata(partition, follower).merging(["to": "\(target)", "from": "\(before)"]) { $1 })
            guard partition.replicas[follower].log.logEndOffset < before else { return }
        }
    }

    /// Takes followers that are behind for longer than `replica.lag.time.max.ms` out of the in-sync set.
    func shrinkInSyncReplicas() {
        let now = nowMs
        forEachPartition { partition in
            guard partition.replicas.count > 1, let leader = partition.leader,
                let leaderNode = nodes[partition.replicas[leader].nodeID], leaderNode.isUp, !leaderNode.isPaused
            else { return }
            let end = partition.replicas[leader].log.logEndOffset
            var changed = false
            for index in partition.replicas.indices where index != leader && partition.replicas[index].isInSync {
                let replica = partition.replicas[index]
                if replica.log.logEndOffset == end || now - replica.lastCaughtUpMs <= properties.replicaLagMaxMs {
                    // A follower at the end that can talk is caught up now, though there was nothing to copy.
                    if replica.log.logEndOffset == end, nodes[replica.nodeID]?.replicates == true {
                        partition.replicas[index].lastCaughtUpMs = now
                    }
                    continue
                }
                partition.replicas[index].isInSync = false
                changed = true
                logger.info("replica left the in-sync set: it lags", metadata: metadata(partition, index))
            }
            if changed, release.movesHighWatermarkOnShrink {
                _ = partition.updateHighWatermark(release: release)
                partition.wakeWaiters()
            }
        }
    }

    /// Makes replica `index` the leader in a new epoch; followers will truncate to it.
    func setLeader(_ partition: Partition, _ index: Int?) {
        partition.leader = index
        partition.leaderEpoch += 1
        if let index {
            partition.replicas[index].isInSync = true
            let now = nowMs
            for other in partition.replicas.indices { partition.replicas[other].lastCaughtUpMs = now }
            let end = partition.replicas[index].log.logEndOffset
            partition.highWatermark = min(partition.highWatermark, end)
            logger.info("leader elected", metadata: metadata(partition, index))
            copyToFollowers(partition)
            if partition.topic == Self.transactionTopic { loadTransactions(partition) }
        }
        partition.wakeWaiters()
    }

    /// Finds a leader for a partition whose leader is gone: an in-sync replica, or any with unclean election.
    func elect(_ partition: Partition) {
        func isEligible(_ index: Int) -> Bool {
            guard let node = nodes[partition.replicas[index].nodeID] else { return false }
            return node.isUp && !node.isPaused && !node.isFenced
        }
        let gone = partition.leader
        if let next = partition.replicas.indices.first(where: {
            $0 != gone && partition.replicas[$0].isInSync && isEligible($0)
        }) {
            if let gone { partition.replicas[gone].isInSync = false }
            setLeader(partition, next)
        } else if partition.configuration.uncleanLeaderElection,
            let next = partition.replicas.indices.first(where: { $0 != gone && isEligible($0) })
        {
            for index in partition.replicas.indices { partition.replicas[index].isInSync = false }
            logger.warning("unclean election: records may be lost", metadata: metadata(partition, next))
            setLeader(partition, next)
        } else if gone != nil {
            setLeader(partition, nil)
        }
    }

    func metadata(_ partition: Partition, _ replica: Int) -> Logger.Metadata {
        [
            "partition": "\(partition.topic)-\(partition.index)", "node": "\(partition.replicas[replica].nodeID)",
            "leaderEpoch": "\(partition.leaderEpoch)",
        ]
    }
}
