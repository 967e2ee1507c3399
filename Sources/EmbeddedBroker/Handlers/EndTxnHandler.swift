import KafkaWire

// EndTxn, v0 to v5. v5 raises the epoch, and its answer names the id and epoch to go on with (KIP-890).
extension ClusterCore {
    func endTxn(_ nodeID: Int32, _ request: EndTxnRequest, _ header: RequestHeaderView) -> EndTxnResponse {
        var response = EndTxnResponse()
        let ended = endTransaction(
            request.transactionalID, KnownProducer(id: request.producerID, epoch: request.producerEpoch),
            commit: request.committed, clientVersion: header.apiVersion >= 5 ? 2 : 0, nodeID)
        switch ended {
        case .success(let producer):
            response.producerID = producer.id
            response.producerEpoch = producer.epoch
        case .failure(let code): response.errorCode = Self.fenced(code, isNew: header.apiVersion >= 2).rawValue
        }
        return response
    }
}
