import KafkaWire

// OffsetFetch, v0 to v10. With `requireStable` an offset that an open transaction may change is answered with 88 (KIP-447).
extension ClusterCore {
    func offsetFetch(
        _ nodeID: Int32, _ request: OffsetFetchRequest, _ header: RequestHeaderView
    ) -> OffsetFetchResponse {
        var response = OffsetFetchResponse()
        if header.apiVersion >= 8 {
            response.groups = request.groups.map { asked in
                let (topics, code) = offsets(
                    asked.groupID, asked.topics, byID: header.apiVersion >= 10, stable: request.requireStable, nodeID)
                return .init(groupID: asked.groupID, topics: topics, errorCode: code.rawValue)
            }
            return response
        }
        let asked = request.topics?.map { topic in
            OffsetFetchRequest.Topic(name: topic.name, partitionIndexes: topic.partitionIndexes)
        }
        let (topics, code) = offsets(request.groupID, asked, byID: false, stable: request.requireStable, nodeID)
        response.topics = topics.map { topic in
            var answer = topic
            // Before version 2 an error is told for each partition.
            if header.apiVersion < 2, code != .none {
                for index in answer.partitions.indices { answer.partitions[index].errorCode = code.rawValue }
            }
            return answer
        }
        response.errorCode = code.rawValue
        return response
    }

    private func offsets(
        _ groupID: String, _ asked: [OffsetFetchRequest.Topic]?, byID: Bool, stable: Bool, _ nodeID: Int32
    ) -> ([OffsetFetchResponse.Topic], ErrorCode) {
        guard offsetsPartition(groupID)?.leaderIndex(on: nodeID) != nil else {
            let topics = (asked ?? []).map { topic in
                OffsetFetchResponse.Topic(
                    name: topic.name, topicID: topic.topicID,
                    partitions: topic.partitionIndexes.map {
                        .init(partitionIndex: $0, committedOffset: -1, metadata: "")
                    })
            }
            return (topics, .notCoordinator)
        }
        let group = groups[groupID]
        let wanted = asked ?? all(group)
        let found = wanted.map { topic in
            let name = byID && asked != nil ? topicsByID[topic.topicID]?.name : topic.name
            return OffsetFetchResponse.Topic(
                name: topic.name, topicID: topic.topicID == .zero ? topics[topic.name]?.id ?? .zero : topic.topicID,
                partitions: topic.partitionIndexes.map { index in
                    var answer = OffsetFetchResponse.Partition(
                        partitionIndex: index, committedOffset: -1, metadata: "")
                    guard let name else {
                        answer.errorCode = ErrorCode.unknownTopicId.rawValue
                        return answer
                    }
                    let place = TopicPartition(topic: name, index: index)
                    if stable, group?.isPending(place) == true {
                        answer.errorCode = ErrorCode.unstableOffsetCommit.rawValue
                    } else if let known = group?.offsets[place] {
                        answer.committedOffset = known.offset
                        answer.committedLeaderEpoch = known.leaderEpoch
                        answer.metadata = known.metadata
                    }
                    return answer
                })
        }
        return (found, .none)
    }

    private func all(_ group: ConsumerGroup?) -> [OffsetFetchRequest.Topic] {
        Dictionary(grouping: (group?.offsets.keys).map(Array.init) ?? [], by: \.topic)
            .sorted { $0.key < $1.key }
            .map { .init(name: $0.key, partitionIndexes: $0.value.map(\.index).sorted()) }
    }
}
