import KafkaWire

// Metadata, v0 to v13. An unknown topic is created when the request and `auto.create.topics.enable` allow it; this answer
// still says 3 (5 before 4.0), as Kafka's does, and the client asks again. Gap: authorized operations are not computed.
extension ClusterCore {
    /// The nodes, and the topics asked for or all.
    func metadata(_ request: MetadataRequest, _ header: RequestHeaderView) -> MetadataResponse {
        var response = MetadataResponse()
        let live = nodes.values.filter { !$0.isFenced }.sorted { $0.id < $1.id }
        response.brokers = live.map { .init(nodeID: $0.id, host: $0.host, port: Int32($0.port)) }
        response.clusterID = clusterID
        response.controllerID = live.first?.id ?? -1
        let wantsAll = request.topics == nil || (header.apiVersion == 0 && request.topics!.isEmpty)
        if wantsAll {
            response.topics = topics.values.sorted { $0.name < $1.name }.map(describe)
        } else {
            response.topics = request.topics!.map { asked in
                if let name = asked.name { return describe(name, mayCreate: request.allowAutoTopicCreation) }
                if let topic = topicsByID[asked.topicID] { return describe(topic) }
                return .init(errorCode: ErrorCode.unknownTopicId.rawValue, name: nil, topicID: asked.topicID)
            }
        }
        return response
    }

    private func describe(_ name: String, mayCreate: Bool) -> MetadataResponse.Topic {
        if let topic = topics[name] { return describe(topic) }
        guard Self.isValidTopicName(name) else {
            return .init(errorCode: ErrorCode.invalidTopicException.rawValue, name: name)
        }
        var error = ErrorCode.unknownTopicOrPartition
        if mayCreate, properties.autoCreateTopics {
            let created = try? createTopic(
                name, partitions: properties.defaultPartitions,
                replicationFactor: properties.defaultReplicationFactor, assignments: nil, properties: [:])
            if created == ErrorCode.none, !release.createsTopicsAtOnce { error = .leaderNotAvailable }
        }
        return .init(errorCode: error.rawValue, name: name)
    }

    private func describe(_ topic: Topic) -> MetadataResponse.Topic {
        .init(
            name: topic.name, topicID: topic.id, isInternal: Self.isInternal(topic.name),
            partitions: topic.partitions.map { partition in
                let leaderID = partition.leaderID
                let isLed = leaderID >= 0 && nodes[leaderID]?.isFenced == false
                return .init(
                    errorCode: isLed ? 0 : ErrorCode.leaderNotAvailable.rawValue, partitionIndex: partition.index,
                    leaderID: isLed ? leaderID : -1, leaderEpoch: partition.leaderEpoch,
                    replicaNodes: partition.replicaIDs, isrNodes: partition.inSyncIDs,
                    offlineReplicas: partition.replicaIDs.filter { nodes[$0]?.isFenced ?? true })
            })
    }
}
