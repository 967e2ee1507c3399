import KafkaWire

// DescribeTransactions v0, ListTransactions v0 to v2, DescribeProducers v0 (KIP-664, KIP-994). Gap: the pattern of
// ListTransactions v2 is compared as plain text.
extension ClusterCore {
    func describeTransactions(_ nodeID: Int32, _ request: DescribeTransactionsRequest) -> DescribeTransactionsResponse {
        var response = DescribeTransactionsResponse()
        response.transactionStates = request.transactionalIDs.map { id in
            var state = DescribeTransactionsResponse.State(transactionalID: id)
            do throws(ErrorCode) {
                guard let entry = try coordinated(id, nodeID), entry.record.state != .dead else {
                    throw ErrorCode.transactionalIdNotFound
                }
                let record = entry.record
                state.transactionState = record.state.rawValue
                state.producerID = record.producerID
                state.producerEpoch = record.epoch
                state.transactionTimeoutMs = record.timeoutMs
                state.transactionStartTimeMs = record.startMs
                state.topics = Self.byTopic(record.state.isPrepare ? entry.missing : record.partitions)
            } catch {
                state.errorCode = error.rawValue
            }
            return state
        }
        return response
    }

    private static func byTopic(_ names: Set<TopicPartition>) -> [DescribeTransactionsResponse.Topic] {
        Dictionary(grouping: names.sorted(), by: \.topic).sorted { $0.key < $1.key }
            .map { .init(topic: $0.key, partitions: $0.value.map(\.index)) }
    }

    func listTransactions(_ nodeID: Int32, _ request: ListTransactionsRequest) -> ListTransactionsResponse {
        var response = ListTransactionsResponse()
        let states = request.stateFilters.map { ($0, TransactionState(rawValue: $0)) }
        response.unknownStateFilters = states.filter { $0.1 == nil }.map(\.0)
        let wanted = Set(states.compactMap(\.1))
        // Filters of which none names a state leave nothing.
        if !request.stateFilters.isEmpty, wanted.isEmpty { return response }
        let now = nowMs
        response.transactionStates = transactions.values.sorted { $0.id < $1.id }.filter { entry in
            let record = entry.record
            let age = record.startMs < 0 ? -1 : now - record.startMs
            return transactionPartition(entry.id)?.leaderID == nodeID && record.state != .dead
                && (wanted.isEmpty || wanted.contains(record.state))
                && (request.producerIDFilters.isEmpty || request.producerIDFilters.contains(record.producerID))
                && (request.durationFilter < 0 || age > request.durationFilter)
                && (request.transactionalIDPattern?.isEmpty ?? true || request.transactionalIDPattern == entry.id)
        }.map {
            .init(
                transactionalID: $0.id, producerID: $0.record.producerID,
                transactionState: $0.record.state.rawValue)
        }
        return response
    }

    func describeProducers(_ nodeID: Int32, _ request: DescribeProducersRequest) -> DescribeProducersResponse {
        var response = DescribeProducersResponse()
        response.topics = request.topics.map { topic in
            .init(
                name: topic.name,
                partitions: topic.partitionIndexes.map { index in
                    var answer = DescribeProducersResponse.Partition(partitionIndex: index)
                    switch leaderLog(nodeID, topic.name, index, epoch: -1) {
                    case .failure(let code): answer.errorCode = code.rawValue
                    case .success(let (partition, leader)):
                        let states = partition.replicas[leader].log.producers.states
                        answer.activeProducers = states.sorted { $0.key < $1.key }.map { id, state in
                            .init(
                                producerID: id, producerEpoch: Int32(state.epoch),
                                lastSequence: state.batches.last?.lastSequence ?? -1,
                                lastTimestamp: state.lastTimestampMs, coordinatorEpoch: state.coordinatorEpoch,
                                currentTxnStartOffset: state.transactionFirstOffset ?? -1)
                        }
                    }
                    return answer
                })
        }
        return response
    }
}
