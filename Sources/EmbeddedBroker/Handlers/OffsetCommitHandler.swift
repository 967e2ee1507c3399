import KafkaWire

// OffsetCommit, v0 to v10. Gap: offsets do not expire.
extension ClusterCore {
    func offsetCommit(
        _ nodeID: Int32, _ request: OffsetCommitRequest, _ header: RequestHeaderView
    ) -> OffsetCommitResponse {
        var response = OffsetCommitResponse()
        let version = header.apiVersion
        var wanted: [WantedOffset] = []
        var refused: [TopicPartition: ErrorCode] = [:]
        let names = request.topics.map { version >= 10 ? topicsByID[$0.topicID]?.name : $0.name }
        for (topic, name) in zip(request.topics, names) {
            for part in topic.partitions {
                let one = WantedOffset(
                    name: TopicPartition(topic: name ?? "", index: part.partitionIndex), offset: part.committedOffset,
                    leaderEpoch: part.committedLeaderEpoch, metadata: part.committedMetadata)
                if let code = fault(one) { refused[one.name] = code } else { wanted.append(one) }
            }
        }
        let code = commit(wanted, request, nodeID)
        response.topics = zip(request.topics, names).map { topic, name in
            .init(
                name: topic.name, topicID: topic.topicID,
                partitions: topic.partitions.map { part in
                    let own = refused[TopicPartition(topic: name ?? "", index: part.partitionIndex)]
                    let told = name == nil ? .unknownTopicId : own ?? code
                    return .init(partitionIndex: part.partitionIndex, errorCode: told.rawValue)
                })
        }
        return response
    }

    private func commit(_ wanted: [WantedOffset], _ request: OffsetCommitRequest, _ nodeID: Int32) -> ErrorCode {
        switch coordinatedGroup(request.groupID, nodeID) {
        case .failure(let code): return code
        case .success(let group):
            if let code = group.commitFault(
                generation: request.generationID, member: request.memberID, instance: request.groupInstanceID,
                isTransactional: false)
            {
                return code
            }
            group.member(request.memberID)?.lastSeenMs = nowMs
            guard let partition = offsetsPartition(group.id), let leader = partition.leader, takesOffsets(partition)
            else { return .coordinatorNotAvailable }
            commit(wanted, group: group, producer: nil, in: partition, leader)
            return .none
        }
    }
}
