import KafkaWire

// ListOffsets v0 to v11, OffsetForLeaderEpoch v0 to v4. Gap: no tiered storage, so -4 and -5 answer like -2 and -1.
extension ClusterCore {
    /// Offsets by timestamp: -1 the end that consumers may read, -2 the start, -3 the largest timestamp, else the first
    /// record at or after it.
    func listOffsets(
        _ nodeID: Int32, _ request: ListOffsetsRequest, _ header: RequestHeaderView
    ) -> ListOffsetsResponse {
        var response = ListOffsetsResponse()
        response.topics = request.topics.map { topic in
            .init(
                name: topic.name,
                partitions: topic.partitions.map { wanted in
                    var answer = ListOffsetsResponse.Partition(partitionIndex: wanted.partitionIndex)
                    let found = leaderLog(nodeID, topic.name, wanted.partitionIndex, epoch: wanted.currentLeaderEpoch)
                    switch found {
                    case .failure(let code): answer.errorCode = code.rawValue
                    case .success(let (partition, leader)):
                        let log = partition.replicas[leader].log
                        let isCommitted = header.apiVersion >= 2 && request.isolationLevel == 1
                        let limit =
                            isCommitted
                            ? log.lastStableOffset(highWatermark: partition.highWatermark) : partition.highWatermark
                        let hit = Self.find(wanted.timestamp, in: log, limit: limit)
                        answer.offset = hit.offset
                        answer.timestamp = hit.timestampMs
                        answer.leaderEpoch = hit.offset < 0 ? -1 : log.epoch(at: hit.offset)
                        if header.apiVersion == 0, hit.offset >= 0 { answer.oldStyleOffsets = [hit.offset] }
                    }
                    return answer
                })
        }
        return response
    }

    private static func find(
        _ timestamp: Int64, in log: PartitionLog, limit: Int64
    ) -> (offset: Int64, timestampMs: Int64) {
        switch timestamp {
        case -1, -5: return (limit, -1)
        case -2, -4: return (log.logStartOffset, -1)
        case -3:
            guard let largest = log.batches.max(by: { $0.header.maxTimestamp < $1.header.maxTimestamp }) else {
                return (-1, -1)
            }
            let hit = largest.records().first { $0.timestamp == largest.header.maxTimestamp }
            guard hit?.offset ?? largest.lastOffset < limit else { return (-1, -1) }
            return hit.map { ($0.offset, $0.timestamp) } ?? (largest.lastOffset, largest.header.maxTimestamp)
        default:
            for batch in log.batches
            where batch.header.maxTimestamp >= timestamp && batch.lastOffset >= log.logStartOffset {
                guard batch.baseOffset < limit else { break }
                let hit = batch.records().first { $0.timestamp >= timestamp && $0.offset >= log.logStartOffset }
                if let hit, hit.offset < limit { return (hit.offset, hit.timestamp) }
            }
            return (-1, -1)
        }
    }

    /// Where leader epochs end (KIP-320).
    func offsetForLeaderEpoch(_ nodeID: Int32, _ request: OffsetForLeaderEpochRequest) -> OffsetForLeaderEpochResponse {
        var response = OffsetForLeaderEpochResponse()
        response.topics = request.topics.map { topic in
            .init(
                topic: topic.topic,
                partitions: topic.partitions.map { wanted in
                    var answer = OffsetForLeaderEpochResponse.Partition(partition: wanted.partition)
                    let found = leaderLog(nodeID, topic.topic, wanted.partition, epoch: wanted.currentLeaderEpoch)
                    switch found {
                    case .failure(let code): answer.errorCode = code.rawValue
                    case .success(let (partition, leader)):
                        if let end = partition.replicas[leader].log.endOffset(of: wanted.leaderEpoch) {
                            answer.leaderEpoch = end.epoch
                            answer.endOffset = end.endOffset
                        } else if wanted.leaderEpoch == partition.leaderEpoch {
                            answer.leaderEpoch = partition.leaderEpoch
                            answer.endOffset = partition.replicas[leader].log.logEndOffset
                        }
                    }
                    return answer
                })
        }
        return response
    }

    /// The partition and its leader's place in it, when `nodeID` leads; else Kafka's error. An epoch of -1 is not checked.
    func leaderLog(
        _ nodeID: Int32, _ topic: String, _ index: Int32, epoch: Int32
    ) -> Result<(Partition, Int), ErrorCode> {
        guard let partition = partition(topic, index) else { return .failure(.unknownTopicOrPartition) }
        guard let leader = partition.leaderIndex(on: nodeID) else { return .failure(.notLeaderOrFollower) }
        if epoch >= 0, epoch < partition.leaderEpoch { return .failure(.fencedLeaderEpoch) }
        if epoch >= 0, epoch > partition.leaderEpoch { return .failure(.unknownLeaderEpoch) }
        return .success((partition, leader))
    }
}
