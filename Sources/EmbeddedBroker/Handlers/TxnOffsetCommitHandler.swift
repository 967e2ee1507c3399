import KafkaWire

// TxnOffsetCommit, v0 to v5: offsets that count when the transaction is committed. v3 names the member (KIP-447), v5 adds
// the partition of `__consumer_offsets` by itself (KIP-890).
extension ClusterCore {
    func txnOffsetCommit(
        _ nodeID: Int32, _ request: TxnOffsetCommitRequest, _ header: RequestHeaderView
    ) -> TxnOffsetCommitResponse {
        let wanted = request.topics.flatMap { topic in
            topic.partitions.map {
                WantedOffset(
                    name: TopicPartition(topic: topic.name, index: $0.partitionIndex), offset: $0.committedOffset,
                    leaderEpoch: $0.committedLeaderEpoch, metadata: $0.committedMetadata)
            }
        }
        var codes: [TopicPartition: ErrorCode] = [:]
        for one in wanted { codes[one.name] = fault(one) }
        let taken = wanted.filter { codes[$0.name] == nil }
        if !taken.isEmpty, let code = commit(taken, request, header, nodeID) {
            for one in taken { codes[one.name] = code }
        }
        var response = TxnOffsetCommitResponse()
        response.topics = request.topics.map { topic in
            .init(
                name: topic.name,
                partitions: topic.partitions.map { part in
                    let code = codes[TopicPartition(topic: topic.name, index: part.partitionIndex)] ?? .none
                    return .init(partitionIndex: part.partitionIndex, errorCode: code.rawValue)
                })
        }
        return response
    }

    /// Commits what can be; returns why nothing was.
    private func commit(
        _ wanted: [WantedOffset], _ request: TxnOffsetCommitRequest, _ header: RequestHeaderView, _ nodeID: Int32
    ) -> ErrorCode? {
        guard !request.groupID.isEmpty else { return .invalidGroupId }
        guard let partition = offsetsPartition(request.groupID) else { return .coordinatorNotAvailable }
        guard let leader = partition.leaderIndex(on: nodeID) else { return .notCoordinator }
        let producer = KnownProducer(id: request.producerID, epoch: request.producerEpoch)
        if let code = questionFault(request, header, partition, leader, producer) { return code }
        if groups[request.groupID] == nil, request.generationID >= 0 { return .illegalGeneration }
        guard let group = group(request.groupID) else { return .coordinatorNotAvailable }
        if let code = group.commitFault(
            generation: request.generationID, member: request.memberID, instance: request.groupInstanceID,
            isTransactional: true)
        {
            return code
        }
        guard takesOffsets(partition) else { return .coordinatorNotAvailable }
        let known = partition.replicas[leader].log.producers.states[producer.id]
        if let known, isFenced(producer.epoch, max(known.epoch, producer.epoch)) { return .invalidProducerEpoch }
        commit(wanted, group: group, producer: producer, in: partition, leader)
        return nil
    }

    private func questionFault(
        _ request: TxnOffsetCommitRequest, _ header: RequestHeaderView, _ partition: Partition, _ leader: Int,
        _ producer: KnownProducer
    ) -> ErrorCode? {
        let addsPartitions = header.apiVersion >= 5
        guard asksCoordinator(addsPartitions: addsPartitions) else { return nil }
        var question = Question(
            id: request.transactionalID, producer: producer, addsPartitions: addsPartitions,
            knowsAbortable: header.apiVersion >= 4)
        question.partitions = [(partition, leader, -1)]
        switch verify(question, from: partition.replicas[leader].nodeID) {
        case .settled(let errors):
            let code = errors.values.first
            return code == .networkException ? .coordinatorLoadInProgress : code
        case .notYet(let code): return code == .networkException ? .coordinatorLoadInProgress : code
        }
    }
}
