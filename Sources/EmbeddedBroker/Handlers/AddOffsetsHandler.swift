import KafkaWire

// AddOffsetsToTxn, v0 to v4: the group's partition of `__consumer_offsets` joins the transaction.
extension ClusterCore {
    func addOffsetsToTxn(
        _ nodeID: Int32, _ request: AddOffsetsToTxnRequest, _ header: RequestHeaderView
    ) -> AddOffsetsToTxnResponse {
        var response = AddOffsetsToTxnResponse()
        var code = ErrorCode.coordinatorNotAvailable
        if let partition = offsetsPartition(request.groupID) {
            code = addPartitions(
                request.transactionalID, KnownProducer(id: request.producerID, epoch: request.producerEpoch),
                [TopicPartition(topic: partition.topic, index: partition.index)], clientVersion: 0, nodeID)
        }
        response.errorCode = Self.fenced(code, isNew: header.apiVersion >= 2).rawValue
        return response
    }
}
