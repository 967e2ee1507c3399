import KafkaWire

extension TransactionCall {
    /// The calls of a request: several where it is about several transactions; none where it cannot be read.
    static func read(_ request: RequestScanner.Request, _ connection: Int32) -> [TransactionCall] {
        let call = TransactionCall(
            api: APIKey(rawValue: request.apiKey), version: request.version, connection: connection,
            correlationID: request.correlationID, requestNs: request.timeNs)
        let calls = try? request.body.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            reader.flexible = call.api.isFlexible(call.version)
            try reader.tags()
            return try call.read(&reader)
        }
        return calls ?? []
    }

    private func read(_ reader: inout ByteReader) throws -> [TransactionCall] {
        switch api {
        case .initProducerId:
            let body = try InitProducerIdRequest(from: &reader, version: version)
            guard let id = body.transactionalID else { return [] }
            var call = of(id, body.producerID, body.producerEpoch)
            call.timeoutMs = body.transactionTimeoutMs
            return [call]
        case .addPartitionsToTxn: return added(try AddPartitionsToTxnRequest(from: &reader, version: version))
        case .addOffsetsToTxn:
            let body = try AddOffsetsToTxnRequest(from: &reader, version: version)
            return [of(body.transactionalID, body.producerID, body.producerEpoch)]
        case .txnOffsetCommit:
            let body = try TxnOffsetCommitRequest(from: &reader, version: version)
            return [of(body.transactionalID, body.producerID, body.producerEpoch)]
        case .endTxn:
            let body = try EndTxnRequest(from: &reader, version: version)
            var call = of(body.transactionalID, body.producerID, body.producerEpoch)
            call.isCommit = body.committed
            return [call]
        case .writeTxnMarkers:
            return try WriteTxnMarkersRequest(from: &reader, version: version).markers.map { marker in
                var call = of("", marker.producerID, marker.producerEpoch)
                call.isCommit = marker.transactionResult
                call.partitions = marker.topics.flatMap { topic in
                    topic.partitionIndexes.map { Partition(topic: topic.name, partition: $0) }
                }
                return call
            }
        default: return []
        }
    }

    private func of(_ transactionalID: String, _ producerID: Int64, _ epoch: Int16) -> TransactionCall {
        var call = self
        call.transactionalID = transactionalID
        call.producerID = producerID
        call.epoch = epoch
        return call
    }

    private func added(_ body: AddPartitionsToTxnRequest) -> [TransactionCall] {
        func partitions(_ topics: [AddPartitionsToTxnRequest.Topic]) -> [Partition] {
            topics.flatMap { topic in topic.partitions.map { Partition(topic: topic.name, partition: $0) } }
        }
        guard version >= 4 else {
            var call = of(body.transactionalID, body.producerID, body.producerEpoch)
            call.partitions = partitions(body.topics)
            return [call]
        }
        return body.transactions.map { transaction in
            var call = of(transaction.transactionalID, transaction.producerID, transaction.producerEpoch)
            call.partitions = partitions(transaction.topics)
            call.isVerifyOnly = transaction.verifyOnly
            return call
        }
    }
}
