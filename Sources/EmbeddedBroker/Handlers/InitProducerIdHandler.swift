import KafkaWire

// InitProducerId, v0 to v5. Gap: v6, two-phase commit (KIP-939), which no release serves as stable.
extension ClusterCore {
    /// Without a transactional id a fresh id with epoch 0, whatever the producer held before; with one what its coordinator
    /// says.
    func initProducerID(
        _ nodeID: Int32, _ request: InitProducerIdRequest, _ header: RequestHeaderView
    ) -> InitProducerIdResponse {
        var response = InitProducerIdResponse()
        if nowMs - startedMs < properties.coordinatorLoadMs {
            response.errorCode = ErrorCode.coordinatorLoadInProgress.rawValue
            response.producerID = -1
            response.producerEpoch = -1
            return response
        }
        guard let id = request.transactionalID else {
            response.producerID = newProducerID()
            response.producerEpoch = 0
            return response
        }
        let isKnown = request.producerID != -1 || request.producerEpoch != -1
        let known = isKnown ? KnownProducer(id: request.producerID, epoch: request.producerEpoch) : nil
        switch initTransactionalID(id, timeoutMs: request.transactionTimeoutMs, known: known, nodeID) {
        case .success(let producer):
            response.producerID = producer.id
            response.producerEpoch = producer.epoch
        case .failure(let code):
            response.errorCode = Self.fenced(code, isNew: header.apiVersion >= 4).rawValue
        }
        return response
    }

    /// A fenced producer is told 90 by versions that know it, else 47 (KIP-588).
    static func fenced(_ code: ErrorCode, isNew: Bool) -> ErrorCode {
        code == .producerFenced && !isNew ? .invalidProducerEpoch : code
    }
}
