import KafkaWire

extension TransactionCall {
    /// Takes what the answer says of this call; an answer that cannot be read counts as one without an error code.
    mutating func take(_ response: ResponseScanner.Response) {
        answerNs = response.timeNs
        guard response.isWhole else { return }
        response.body.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            reader.flexible = ResponseHeader.isFlexible(api, version)
            guard (try? reader.tags()) != nil else { return }
            var copy = self
            guard (try? copy.read(answer: &reader)) != nil else { return }
            self = copy
        }
    }

    private mutating func read(answer reader: inout ByteReader) throws {
        switch api {
        case .initProducerId:
            let body = try InitProducerIdResponse(from: &reader, version: version)
            note(body.errorCode)
            (newProducerID, newEpoch) = (body.producerID, body.producerEpoch)
        case .addPartitionsToTxn:
            let body = try AddPartitionsToTxnResponse(from: &reader, version: version)
            if body.errorCode != 0 { note(body.errorCode) }
            let mine = body.transactions.filter { $0.transactionalID == transactionalID }.flatMap(\.topics)
            for topic in mine + body.results { for result in topic.results { note(result.errorCode) } }
        case .addOffsetsToTxn: note(try AddOffsetsToTxnResponse(from: &reader, version: version).errorCode)
        case .txnOffsetCommit:
            let body = try TxnOffsetCommitResponse(from: &reader, version: version)
            for topic in body.topics { for partition in topic.partitions { note(partition.errorCode) } }
        case .endTxn:
            let body = try EndTxnResponse(from: &reader, version: version)
            note(body.errorCode)
            (newProducerID, newEpoch) = (body.producerID, body.producerEpoch)
        case .writeTxnMarkers:
            let body = try WriteTxnMarkersResponse(from: &reader, version: version)
            for marker in body.markers where marker.producerID == producerID {
                for topic in marker.topics { for partition in topic.partitions { note(partition.errorCode) } }
            }
        default: break
        }
    }

    private mutating func note(_ code: Int16) {
        if !errors.contains(code) { errors.append(code) }
    }
}
