import KafkaWire

// AddPartitionsToTxn, v0 to v5. Clients send up to v3; v4 and later are what leaders of partitions send, for many
// transactions, and may only ask. All or nothing: an unknown partition gets 3 and the others 55.
extension ClusterCore {
    func addPartitionsToTxn(
        _ nodeID: Int32, _ request: AddPartitionsToTxnRequest, _ header: RequestHeaderView
    ) -> AddPartitionsToTxnResponse {
        var response = AddPartitionsToTxnResponse()
        if header.apiVersion >= 4 {
            response.transactions = request.transactions.map { one in
                .init(
                    transactionalID: one.transactionalID,
                    topics: added(one, clientVersion: 2, nodeID, isNew: true))
            }
        } else {
            let one = AddPartitionsToTxnRequest.Transaction(
                transactionalID: request.transactionalID, producerID: request.producerID,
                producerEpoch: request.producerEpoch, topics: request.topics)
            response.results = added(one, clientVersion: 0, nodeID, isNew: header.apiVersion >= 2)
        }
        return response
    }

    private func added(
        _ one: AddPartitionsToTxnRequest.Transaction, clientVersion: Int16, _ nodeID: Int32, isNew: Bool
    ) -> [AddPartitionsToTxnResponse.Topic] {
        let names = one.topics.flatMap { topic in
            topic.partitions.map { TopicPartition(topic: topic.name, index: $0) }
        }
        let unknown = names.filter { partition($0.topic, $0.index) == nil }
        let producer = KnownProducer(id: one.producerID, epoch: one.producerEpoch)
        var codes: [TopicPartition: ErrorCode] = [:]
        if !unknown.isEmpty {
            for name in names { codes[name] = .operationNotAttempted }
            for name in unknown { codes[name] = .unknownTopicOrPartition }
        } else if one.verifyOnly {
            codes = verifyPartitions(one.transactionalID, producer, names, nodeID)
        } else {
            let code = addPartitions(
                one.transactionalID, producer, Set(names), clientVersion: clientVersion, nodeID)
            for name in names { codes[name] = code }
        }
        return one.topics.map { topic in
            .init(
                name: topic.name,
                results: topic.partitions.map { index in
                    let code = codes[TopicPartition(topic: topic.name, index: index)] ?? .none
                    return .init(partitionIndex: index, errorCode: Self.fenced(code, isNew: isNew).rawValue)
                })
        }
    }
}
