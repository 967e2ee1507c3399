import KafkaWire

// WriteTxnMarkers, v0 to v2: from another coordinator, or by hand from an administrator.
extension ClusterCore {
    func writeTxnMarkers(_ nodeID: Int32, _ request: WriteTxnMarkersRequest) -> WriteTxnMarkersResponse {
        var response = WriteTxnMarkersResponse()
        response.markers = request.markers.map { marker in
            let end = EndMarker(
                producerID: marker.producerID, epoch: marker.producerEpoch, isCommit: marker.transactionResult,
                coordinatorEpoch: marker.coordinatorEpoch, transactionVersion: Int16(marker.transactionVersion))
            return .init(
                producerID: marker.producerID,
                topics: marker.topics.map { topic in
                    .init(
                        name: topic.name,
                        partitions: topic.partitionIndexes.map { index in
                            .init(
                                partitionIndex: index,
                                errorCode: written(end, topic.name, index, nodeID).rawValue)
                        })
                })
        }
        return response
    }

    private func written(_ end: EndMarker, _ topic: String, _ index: Int32, _ nodeID: Int32) -> ErrorCode {
        guard let partition = partition(topic, index) else { return .unknownTopicOrPartition }
        guard let leader = partition.leaderIndex(on: nodeID) else { return .notLeaderOrFollower }
        guard partition.inSyncCount >= partition.minInSync(release) else { return .notEnoughReplicas }
        switch append(end, to: partition, leader: leader) {
        case .success: return .none
        case .failure(let code): return code
        }
    }
}
