import KafkaWire

// CreateTopics v0 to v7, DeleteTopics v0 to v6, DeleteRecords v0 to v2. Any node answers CreateTopics and DeleteTopics, as
// a KRaft broker that forwards to the controller does. Gap: the configuration is not returned (v5 and later: null).
extension ClusterCore {
    /// Creates each topic, or says why not.
    func createTopics(_ request: CreateTopicsRequest, _ header: RequestHeaderView) -> CreateTopicsResponse {
        var response = CreateTopicsResponse()
        let names = request.topics.map(\.name)
        response.topics = request.topics.map { wanted in
            var result = CreateTopicsResponse.Topic(name: wanted.name)
            if names.count(where: { $0 == wanted.name }) > 1 {
                result.errorCode = ErrorCode.invalidRequest.rawValue
                result.errorMessage = "Duplicate topic name."
                return result
            }
            do {
                let error = try create(wanted, validateOnly: request.validateOnly)
                result.errorCode = error.rawValue
                if error != .none { result.errorMessage = "topic '\(wanted.name)' was not created: \(error.name)" }
            } catch {
                result.errorCode = ErrorCode.invalidConfig.rawValue
                result.errorMessage = "\(error)"
            }
            if result.errorCode == 0, let topic = topics[wanted.name] {
                result.topicID = topic.id
                result.numPartitions = Int32(topic.partitions.count)
                result.replicationFactor = Int16(topic.partitions.first?.replicas.count ?? 0)
            }
            return result
        }
        return response
    }

    private func create(_ wanted: CreateTopicsRequest.Topic, validateOnly: Bool) throws -> ErrorCode {
        var properties: [String: String] = [:]
        for config in wanted.configs {
            guard release.knowsTopicSetting(config.name) else {
                throw BrokerConfigurationError(
                    property: config.name, value: config.value ?? "null", wanted: "a setting that \(release) knows")
            }
            properties[config.name] = config.value
        }
        var assignments: [[Int32]]?
        var partitions = wanted.numPartitions == -1 ? self.properties.defaultPartitions : Int(wanted.numPartitions)
        var factor =
            wanted.replicationFactor == -1 ? self.properties.defaultReplicationFactor : Int(wanted.replicationFactor)
        if !wanted.assignments.isEmpty {
            let sorted = wanted.assignments.sorted { $0.partitionIndex < $1.partitionIndex }
            guard sorted.map(\.partitionIndex) == Array(0..<Int32(sorted.count)) else {
                return .invalidReplicaAssignment
            }
            assignments = sorted.map(\.brokerIDs)
            partitions = sorted.count
            factor = min(max(sorted.map(\.brokerIDs.count).min() ?? 0, 1), nodes.count)
        }
        if validateOnly {
            guard Self.isValidTopicName(wanted.name) else { return .invalidTopicException }
            guard topics[wanted.name] == nil else { return .topicAlreadyExists }
            guard partitions > 0 else { return .invalidPartitions }
            guard factor > 0, factor <= nodes.count else { return .invalidReplicationFactor }
            _ = try TopicConfiguration(topic: properties, broker: configuration.properties, release: release)
            return .none
        }
        return try createTopic(
            wanted.name, partitions: partitions, replicationFactor: factor, assignments: assignments,
            properties: properties)
    }

    /// Deletes each topic; who waits for it is answered with 6 or 3.
    func deleteTopics(_ request: DeleteTopicsRequest, _ header: RequestHeaderView) -> DeleteTopicsResponse {
        var response = DeleteTopicsResponse()
        let wanted = header.apiVersion >= 6 ? request.topics : request.topicNames.map { .init(name: $0) }
        response.responses = wanted.map { asked in
            let topic = asked.name.map { topics[$0] } ?? topicsByID[asked.topicID]
            guard let topic else {
                let code: ErrorCode = asked.name == nil ? .unknownTopicId : .unknownTopicOrPartition
                return .init(name: asked.name, topicID: asked.topicID, errorCode: code.rawValue)
            }
            deleteTopic(topic)
            return .init(name: topic.name, topicID: topic.id)
        }
        return response
    }

    /// Moves log starts. Gap: does not wait for followers, which move theirs at once.
    func deleteRecords(_ nodeID: Int32, _ request: DeleteRecordsRequest) -> DeleteRecordsResponse {
        var response = DeleteRecordsResponse()
        response.topics = request.topics.map { topic in
            .init(
                name: topic.name,
                partitions: topic.partitions.map { wanted in
                    var answer = DeleteRecordsResponse.Partition(partitionIndex: wanted.partitionIndex)
                    guard let partition = partition(topic.name, wanted.partitionIndex) else {
                        answer.errorCode = ErrorCode.unknownTopicOrPartition.rawValue
                        return answer
                    }
                    guard let leader = partition.leaderIndex(on: nodeID) else {
                        answer.errorCode = ErrorCode.notLeaderOrFollower.rawValue
                        return answer
                    }
                    guard partition.configuration.isDeleted else {
                        answer.errorCode = ErrorCode.policyViolation.rawValue
                        return answer
                    }
                    let offset = wanted.offset == -1 ? partition.highWatermark : wanted.offset
                    guard offset >= 0, offset <= partition.highWatermark else {
                        answer.errorCode = ErrorCode.offsetOutOfRange.rawValue
                        return answer
                    }
                    for index in partition.replicas.indices {
                        partition.replicas[index].log.moveLogStart(to: offset)
                    }
                    answer.lowWatermark = partition.replicas[leader].log.logStartOffset
                    return answer
                })
        }
        return response
    }
}
