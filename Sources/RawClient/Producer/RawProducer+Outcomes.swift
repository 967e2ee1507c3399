import KafkaWire

/// What becomes of batches: acknowledged, sent again, given up.
extension RawProducer {
    /// Errors after which the same batch may be sent again (Kafka's retriable errors, as far as Produce answers them).
    private static let retriable: Set<ErrorCode> = [
        .corruptMessage, .unknownTopicOrPartition, .leaderNotAvailable, .notLeaderOrFollower, .requestTimedOut,
        .networkException, .replicaNotAvailable, .notEnoughReplicas, .notEnoughReplicasAfterAppend,
        ErrorCode(rawValue: 56), ErrorCode(rawValue: 74), ErrorCode(rawValue: 75),
    ]
    /// Errors that may come after the batch was written.
    private static let uncertain: Set<ErrorCode> = [
        .unknownServerError, .requestTimedOut, .networkException, .notEnoughReplicasAfterAppend,
    ]
    private static let outOfOrder = ErrorCode(rawValue: 45)
    private static let duplicateSequence = ErrorCode(rawValue: 46)
    private static let unknownProducerID = ErrorCode(rawValue: 59)

    func handleProduce(_ batch: ProducerBatch, _ answer: PipelinedConnection.Answer, _ nowNs: Int64) {
        removeFromFlight(batch)
        let result: ProduceResponse.Partition
        do {
            guard let first = try answer.body(ProduceRequest.self).topics.first?.partitions.first else {
                return giveUp(batch, error: "INVALID_ANSWER")
            }
            result = first
        } catch {
            report(.log(level: "error", message: "Produce v\(answer.request.version): \(error)"))
            return giveUp(batch, error: "INVALID_ANSWER")
        }
        guard !batch.isGivenUp else { return }
        let code = ErrorCode(rawValue: result.errorCode)
        switch code {
        case .none: acknowledge(batch, baseOffset: result.baseOffset)
        case Self.duplicateSequence:
            // Written before: success without an offset, as in every client.
            acknowledge(batch, baseOffset: -1)
        case Self.outOfOrder, Self.unknownProducerID:
            note(code, batch)
            // An earlier batch that is still on its way explains the gap: this one follows it.
            if hasEarlier(than: batch) || properties.rules.onSequenceError == .retry {
                retry(batch, nowNs, code, pauses: true)
            } else {
                giveUp(batch, error: code.name, isCertain: true)
            }
        default:
            note(code, batch)
            guard Self.retriable.contains(code) else {
                return giveUp(batch, error: code.name, isCertain: !Self.uncertain.contains(code))
            }
            if [.unknownTopicOrPartition, .leaderNotAvailable, .notLeaderOrFollower].contains(code) {
                wantsMetadata = true
            }
            retry(batch, nowNs, code, pauses: true)
        }
    }

    /// The connection ended without an answer to the batch: it is sent again, unchanged.
    func handleLost(_ batch: ProducerBatch, _ nowNs: Int64) {
        removeFromFlight(batch)
        if !batch.isGivenUp { retry(batch, nowNs, .networkException, pauses: false) }
    }

    func acknowledge(_ batch: ProducerBatch, baseOffset: Int64) {
        if properties.rules.reusesSequences, let base = batch.baseSequence {
            lanes[batch.lane].advance(by: batch.items.count, from: base, properties)
        }
        let lane = lanes[batch.lane]
        bufferedBytes -= batch.valueBytes
        for (index, item) in batch.items.enumerated() {
            report(
                .acknowledged(
                    id: item.id, topic: lane.topic, partition: lane.partition,
                    offset: baseOffset >= 0 && RecordBatchHeader.offsets.contains(baseOffset)
                        ? baseOffset + Int64(index) : -1))
        }
    }

    /// Reports the records as failed.
    ///
    /// - Parameter isCertain: the last answer says that they were not written; what an earlier try did is looked at here.
    func giveUp(_ batch: ProducerBatch, error: String, isCertain: Bool = false) {
        guard !batch.isGivenUp else { return }
        batch.isGivenUp = true
        bufferedBytes -= batch.valueBytes
        let lane = lanes[batch.lane]
        for item in batch.items {
            report(
                .failed(
                    id: item.id, topic: lane.topic, partition: lane.partition, error: error,
                    isCertain: (isCertain || batch.tries == 0) && !batch.mayBeWritten))
        }
    }

    /// Gives up every batch whose delivery timeout is over, in flight or not.
    func giveUpLate(_ nowNs: Int64) {
        let limitNs = nowNs - Int64(properties.deliveryTimeoutMs) * 1_000_000
        for index in lanes.indices {
            for batch in lanes[index].queue.removeAll(createdBefore: limitNs) {
                giveUp(batch, error: "DELIVERY_TIMEOUT")
            }
            // Its answer, should one come, means nothing any more; until then it holds its place in flight.
            for batch in lanes[index].inFlight where batch.createdNs < limitNs {
                giveUp(batch, error: "DELIVERY_TIMEOUT")
            }
        }
    }

    private func retry(_ batch: ProducerBatch, _ nowNs: Int64, _ code: ErrorCode, pauses: Bool) {
        guard !isFatal, batch.tries <= properties.retries else {
            return giveUp(batch, error: code.name, isCertain: !Self.uncertain.contains(code))
        }
        let lane = batch.lane
        batch.mayBeWritten = batch.mayBeWritten || Self.uncertain.contains(code)
        lanes[lane].queue.putBack(batch)
        if pauses {
            lanes[lane].pausedUntilNs = nowNs + Int64(properties.retryBackoffMs) * 1_000_000
        }
    }

    private func removeFromFlight(_ batch: ProducerBatch) {
        lanes[batch.lane].inFlight.removeAll { $0 === batch }
    }

    private func hasEarlier(than batch: ProducerBatch) -> Bool {
        let lane = lanes[batch.lane]
        if let first = lane.queue.first, lane.queue.isFirstARetry, first.order < batch.order { return true }
        return lane.inFlight.contains { $0.order < batch.order && !$0.isGivenUp }
    }

    private func note(_ code: ErrorCode, _ batch: ProducerBatch) {
        let lane = lanes[batch.lane]
        report(
            .log(
                level: "warning",
                message: "\(topics[lane.topic].name)-\(lane.partition) base sequence \(batch.baseSequence ?? -1), "
                    + "\(batch.items.count) records, try \(batch.tries): \(code)"))
    }
}
