import KafkaWire

// What a timeline can do to a cluster. Each action is done when the call returns; what Kafka does later by itself
// (an election after a session has run out, a replica leaving the in-sync set) happens later by itself here too.
extension EmbeddedCluster {
    /// How a node stops.
    public enum Stop: Sendable {
        /// In order: leaders move first, snapshots are taken.
        case clean
        /// Like SIGKILL: the controller notices when the session runs out.
        case kill
    }

    /// Stops a node's work, as SIGSTOP does: connections stay open, nothing is read or answered, nothing is replicated.
    public func pause(node: Int32) throws {
        try gate(node).pause()
        withCore { core in
            core.nodes[node]?.isPaused = true
            core.watchSession(node)
        }
    }

    /// Lets a paused node go on.
    public func resume(node: Int32) throws {
        withCore { core in
            core.nodes[node]?.isPaused = false
            core.rejoin(node)
        }
        try gate(node).resume()
    }

    /// Stops a node: its connections close, its port refuses. Its log stays for ``start(node:)``.
    public func stop(node: Int32, _ how: Stop) throws {
        if how == .clean { withCore { $0.moveLeadersAway(from: node) } }
        try closeListener(node)
        withCore { core in
            core.nodes[node]?.isUp = false
            core.restartLogs(node, clean: how == .clean)
            core.nodes[node]?.isPaused = false
            core.nodes[node]?.killedMs = how == .kill ? core.nowMs : nil
            if how == .clean { core.fence(node) } else { core.watchSession(node) }
        }
        try gate(node).reset()
    }

    /// How long a stopped node takes, once it is started again, until it serves clients.
    ///
    /// A controller takes no broker back while the session of its former self lasts (`broker.session.timeout.ms`, 9 s): a
    /// node that was killed waits for the rest of it. Where the controller died with it, which with one node it did, all of
    /// it: the controller gives every broker a fresh session when it starts. Measured on Apache Kafka 4.3.0: 9 s. An end in
    /// order ends the session too. `crosswind.restart.ms` sets another time for every restart.
    public func restartTime(of node: Int32) -> Duration {
        withCore { core in
            if core.properties.restartMs >= 0 { return .milliseconds(core.properties.restartMs) }
            guard let killedMs = core.nodes[node]?.killedMs else { return .zero }
            let session = core.properties.sessionTimeoutMs
            return .milliseconds(core.nodes.count == 1 ? session : max(0, killedMs + session - core.nowMs))
        }
    }

    /// Starts a stopped node again, at once: ``restartTime(of:)`` is for the caller to wait.
    public func start(node: Int32) throws {
        withCore { core in
            core.nodes[node]?.isUp = true
            core.nodes[node]?.isPaused = false
            // A process that was killed registers anew, which fences the one that was.
            core.fence(node)
            core.rejoin(node)
        }
        try openListener(node)
    }

    /// Stops and starts a node.
    public func restart(node: Int32, _ how: Stop) throws {
        try stop(node: node, how)
        try start(node: node)
    }

    /// Cuts a node off from replication, or joins it again; clients still reach it.
    public func isolate(node: Int32, _ isIsolated: Bool) throws {
        _ = try gate(node)
        withCore { core in
            core.nodes[node]?.isIsolated = isIsolated
            if !isIsolated { core.rejoin(node) }
        }
    }

    /// Makes `node` the leader of a partition, of one topic or of all.
    ///
    /// - Throws: ``UnknownNameError`` when no such topic exists or the node holds no replica.
    public func moveLeader(topic: String? = nil, partition: Int32? = nil, to node: Int32) throws {
        try withCore { core in
            let topics =
                try topic.map { name in
                    guard let topic = core.topics[name] else {
                        throw UnknownNameError(
                            description: "topic \(name) does not exist: \(core.topics.keys.sorted())")
                    }
                    return [topic]
                } ?? Array(core.topics.values)
            var moved = 0
            for one in topics.flatMap(\.partitions) where partition == nil || one.index == partition {
                guard let index = one.replicas.firstIndex(where: { $0.nodeID == node }) else { continue }
                moved += 1
                if one.leader != index { core.setLeader(one, index) }
            }
            if moved == 0 {
                throw UnknownNameError(description: "node \(node) holds no replica of \(topic ?? "any topic")")
            }
        }
    }

    /// Forgets every idempotent producer, as if `producer.id.expiration.ms` had passed for all.
    public func expireProducers(topic: String? = nil) {
        withCore { core in
            core.forEachPartition { partition in
                guard topic == nil || partition.topic == topic else { return }
                for index in partition.replicas.indices { partition.replicas[index].log.expireAllProducers() }
            }
        }
    }

    /// Sets the level of the feature `transaction.version`, 0 to 2, as an upgrade or downgrade of features does.
    public func setTransactionVersion(_ level: Int16) {
        withCore { $0.transactionVersion = min(max(level, 0), 2) }
    }

    /// Delays every append by so long, milliseconds; 0 ends it. A slow disk: answers come late, order is kept.
    public func slowAppends(delayMs: Int64) {
        withCore { $0.appendDelayMs = max(delayMs, 0) }
    }

    /// Nodes that lead, by `topic-partition`; -1 where there is none.
    public func leaders() -> [String: Int32] {
        withCore { core in
            var result: [String: Int32] = [:]
            core.forEachPartition { result["\($0.topic)-\($0.index)"] = $0.leaderID }
            return result
        }
    }

    /// Nodes in sync, of one partition; empty when it does not exist.
    public func inSyncReplicas(topic: String, partition: Int32) -> [Int32] {
        withCore { $0.partition(topic, partition)?.inSyncIDs ?? [] }
    }

    /// Nodes that hold a replica of one partition, the preferred leader first; empty when it does not exist.
    public func replicas(topic: String, partition: Int32) -> [Int32] {
        withCore { $0.partition(topic, partition)?.replicaIDs ?? [] }
    }
}

extension ClusterCore {
    /// Fences a silent node when its session runs out, and elects new leaders.
    func watchSession(_ nodeID: Int32) {
        schedule(properties.sessionTimeoutMs) { core in
            guard let node = core.nodes[nodeID], !node.isUp || node.isPaused else { return }
            core.fence(nodeID)
        }
    }

    func fence(_ nodeID: Int32) {
        guard nodes[nodeID]?.isFenced == false else { return }
        nodes[nodeID]?.isFenced = true
        forEachPartition { partition in
            if partition.leaderID == nodeID {
                elect(partition)
            } else if let index = partition.replicas.firstIndex(where: { $0.nodeID == nodeID }),
                partition.inSyncCount > 1
            {
                partition.replicas[index].isInSync = false
                _ = partition.updateHighWatermark(release: release)
                partition.wakeWaiters()
            }
        }
    }

    func moveLeadersAway(from nodeID: Int32) {
        nodes[nodeID]?.isFenced = true
        forEachPartition { if $0.leaderID == nodeID { elect($0) } }
    }

    func restartLogs(_ nodeID: Int32, clean: Bool) {
        let now = nowMs
        forEachPartition { partition in
            for index in partition.replicas.indices where partition.replicas[index].nodeID == nodeID {
                partition.replicas[index].log.restart(clean: clean, nowMs: now)
            }
        }
    }

    /// Coordinators go on with what is decided, and abort what has timed out, before other partitions have a leader.
    private func rejoinCoordinators(_ nodeID: Int32) {
        for partition in topics[Self.transactionTopic]?.partitions ?? [] where partition.leader == nil {
            guard let index = partition.replicas.firstIndex(where: { $0.nodeID == nodeID && $0.isInSync }) else {
                continue
            }
            setLeader(partition, index)
        }
        abortTimedOutTransactions()
        for entry in transactions.values.sorted(by: { $0.id < $1.id }) where entry.pending != nil {
            sendMarkers(entry)
        }
    }

    /// A node is back: it leads again what nobody leads, and followers catch up.
    func rejoin(_ nodeID: Int32) {
        nodes[nodeID]?.isFenced = false
        if properties.coordinators.startsBeforeLeaders { rejoinCoordinators(nodeID) }
        forEachPartition { partition in
            guard let index = partition.replicas.firstIndex(where: { $0.nodeID == nodeID }) else { return }
            if partition.leader == nil,
                partition.replicas[index].isInSync || partition.configuration.uncleanLeaderElection
            {
                setLeader(partition, index)
            }
            copyToFollowers(partition)
            partition.wakeWaiters()
        }
    }
}
