import EvidenceModel

/// Decides what became of each attempt of a batch.
///
/// With both ends captured the captures say it. With one end the other has to be inferred: from TCP's acknowledgements,
/// from the end of the connection, and from the answers that later attempts at the same batch got (a deduplicated retry
/// proves that an earlier attempt was appended; a fresh append proves that none was).
struct FateJudge {
    private let analysis: WireAnalysis
    private let ledger: BatchLedger

    /// An answer that is on its way when the capture ends is not lost.
    private static let flightNs: Int64 = 1_000_000_000

    init(_ analysis: WireAnalysis) {
        self.analysis = analysis
        ledger = analysis.ledger
    }

    func fates(_ batch: BatchLedger.Batch, _ attempts: [Int32]) -> [WireEvidence.Fate] {
        if attempts.count == 1 { return [fate(attempts[0])] }
        // A client that sent the batch again has given the earlier attempt up, whether its connection shows an end or not:
        // the FIN of a dead connection can wait behind data for longer than the capture lasts.
        var fates = attempts.map { fate($0, isGivenUp: $0 != batch.lastAttempt) }
        if !analysis.hasBrokerSide { infer(batch, attempts, &fates) }
        return fates
    }

    /// The client's capture alone: what later attempts tell about earlier ones that were not answered.
    private func infer(_ batch: BatchLedger.Batch, _ attempts: [Int32], _ fates: inout [WireEvidence.Fate]) {
        let open = attempts.indices.filter { fates[$0] == .connectionLost }
        guard !open.isEmpty, ledger.request(batch.firstAttempt).producerID >= 0 else { return }
        guard
            let later = attempts.indices.first(where: { index in
                index > (open.last ?? 0)
                    && (ledger.answer(attempts[index]).map { $0.errorCode == 0 || $0.errorCode == 46 } ?? false)
            })
        else { return }
        if ledger.isDeduplicated(attempts[later], in: batch) || ledger.answer(attempts[later])?.errorCode == 46 {
            // One of them was appended; only when there is one is it clear which.
            if open.count == 1 { fates[open[0]] = .ackLost }
        } else {
            for index in open { fates[index] = .requestLost }
        }
    }

    /// The fate of one attempt; `isGivenUp` says that the client went on without waiting for its answer.
    func fate(_ index: Int32, isGivenUp: Bool = false) -> WireEvidence.Fate {
        let attempt = analysis.joined[Int(index)]
        let client = ledger.client(index)
        let broker = ledger.broker(index)
        let brokerIsWatched = broker != nil || isBrokerWatched(attempt)
        if ledger.request(index).acks == 0 {
            return broker == nil && brokerIsWatched && isOver(attempt.client) ? .requestLost : .noAckAskedFor
        }
        if let client {
            return fromClient(client, attempt, broker, index, brokerIsWatched: brokerIsWatched, isGivenUp: isGivenUp)
        }
        return broker.map { fromBroker($0, attempt.broker, index) } ?? .openAtEnd
    }

    private func fromClient(
        _ client: ObservedAttempt, _ attempt: JoinedAttempt, _ broker: ObservedAttempt?, _ index: Int32,
        brokerIsWatched: Bool, isGivenUp: Bool
    ) -> WireEvidence.Fate {
        let connection = ledger.attempts.connection(attempt.client)
        if client.flags.contains(.answered) {
            if let closed = connection.closedByClientNs, closed < client.answerNs { return .ackLate }
            // A FIN waits behind data that is not acknowledged, so that a closed socket may not have shown one: its kernel
            // answers with RST instead of acknowledging.
            if !client.flags.contains(.answerAcknowledged), let reset = connection.resetByClientNs,
                reset >= client.answerNs
            {
                return .ackLate
            }
            return answered(index)
        }
        let isClosed = isGivenUp || isOver(attempt.client)
        guard brokerIsWatched else {
            return isClosed ? .connectionLost : .openAtEnd
        }
        guard let broker else { return isClosed ? .requestLost : .openAtEnd }
        if broker.flags.contains(.answered) {
            let end = lastPacketNs(attempt.broker)
            return isClosed || end - broker.answerNs > Self.flightNs ? .ackLost : .openAtEnd
        }
        return isClosed || isOver(attempt.broker) ? .connectionLost : .openAtEnd
    }

    /// The broker's capture alone.
    private func fromBroker(
        _ broker: ObservedAttempt, _ number: Int32, _ index: Int32
    ) -> WireEvidence.Fate {
        let connection = ledger.attempts.connection(number)
        guard broker.flags.contains(.answered) else {
            return isOver(number) ? .connectionLost : .openAtEnd
        }
        if let closed = connection.closedByClientNs, closed < broker.answerNs { return .ackLate }
        if broker.flags.contains(.answerAcknowledged) { return answered(index) }
        if let reset = connection.resetByClientNs, reset >= broker.answerNs { return .ackLate }
        if isOver(number) || broker.retransmissions.answer > 0 { return .ackLost }
        return lastPacketNs(number) - broker.answerNs > Self.flightNs ? .ackLost : answered(index)
    }

    private func answered(_ index: Int32) -> WireEvidence.Fate {
        guard let answer = ledger.answer(index) else { return .acknowledged }
        return answer.errorCode == 0 ? .acknowledged : .refused
    }

    private func lastPacketNs(_ number: Int32) -> Int64 {
        analysis.observers[ledger.attempts.capture(of: number)].counts.lastPacketUs * 1000
    }

    /// True when an end of the connection was seen, or the client has left it for another one.
    private func isOver(_ number: Int32) -> Bool {
        guard number >= 0 else { return false }
        if ledger.attempts.connection(number).closedNs != nil { return true }
        return analysis.abandoned.contains(
            .init(
                capture: ledger.attempts.capture(of: number), connection: Int(ledger.attempts[number].connection)))
    }

    /// True when the other end of the attempt's connection was captured too.
    private func isBrokerWatched(_ attempt: JoinedAttempt) -> Bool {
        guard analysis.hasBrokerSide, attempt.client >= 0 else { return false }
        let capture = ledger.attempts.capture(of: attempt.client)
        let connection = Int(ledger.attempts[attempt.client].connection)
        return analysis.connectionJoin.brokerOf[.init(capture: capture, connection: connection)] != nil
    }
}
