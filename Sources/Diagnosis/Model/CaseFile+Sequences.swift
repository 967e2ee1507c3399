/// Questions about retries, sequences and transactions.
extension CaseFile {
    /// Retries after an unknown outcome, as far as a log tells: requests that lost their connection or ran out of time.
    var retriedWithUnknownOutcome: [Evidence]? {
        guard let retried = saw(.produceRetried), record(.nodeNotReady) == nil else { return nil }
        guard let lost = saw(.cancelledInFlight, .produceTimedOut, .disconnected) else { return nil }
        return lost + retried
    }

    var resentWithoutID: [Evidence]? {
        wires.first { $0.resentWithoutID > 0 }.map {
            [Evidence(source: $0.file, text: "\($0.resentWithoutID) batches without a producer id were sent again")]
        }
    }

    /// True where every answer 45 was to the retry of a batch that may have been written.
    var refusedRetriesOnly: Bool { wires.contains { !$0.refusedRetries.isEmpty && $0.underTwoEpochs.isEmpty } }

    /// The retry of a batch that had been written was refused.
    var refusedWrittenRetry: [Evidence]? {
        if let rewound = saw(.fatalRewound) { return rewound }
        if let written = wire(\.refusedRetries), wires.allSatisfy({ $0.gaps.isEmpty }) { return written }
        let isOld = client == .librdkafka && clientRelease.map { $0 < ReleaseNumber(2, 3) } ?? false
        if !isOld, wires.allSatisfy({ $0.gaps.isEmpty }), let fatal = saw(.fatalDesync) { return fatal }
        // kafka-clients goes on: a retry, an error 45, a new epoch, and nothing was given up.
        guard sawNone(.expired, .transportFailure, .unknownTopic), isIdempotent == true, client == .kafkaClients else {
            return nil
        }
        return both(saw(.outOfOrder), saw(.disconnected, .cancelledInFlight, .produceTimedOut))
    }

    /// Brokers were restarted, by anybody's word.
    var sawRestart: [Evidence]? {
        if let log = saw(.brokerStarted, .brokerStopped, .brokerUnclean) { return log }
        return complains(.restart) ?? refusedForSeconds
    }

    /// Records that were given up after less than two minutes, by the client's own words.
    var expiredEarly: [Evidence]? {
        let early = record(.expired)?.samples.filter { line in
            (LineText(line.text).number(before: " ms has passed") ?? 120_000) < 119_000
        }
        return early.flatMap { $0.isEmpty ? nil : Array($0.prefix(3)) }
    }

    /// The client raised its epoch by itself, and a batch of the old one was answered 47.
    var raisedOwnEpoch: [Evidence]? {
        guard let bump = found("epoch_bump"), bump.contains(where: { $0.text.contains("raised by the client") }),
            let refused = answered(47)
        else { return nil }
        return bump + refused
    }

    /// kafka-python went to the producer id -1 and stayed there.
    var droppedProducerID: [Evidence]? {
        for log in clientLogs {
            guard let dropped = log.signs[.producerIDDropped]?.last, let given = log.signs[.producerIDGiven]?.last,
                let at = dropped.line, let before = given.line, at > before
            else { continue }
            return [given, dropped] + (log.lastLine.map { [$0] } ?? [])
        }
        return nil
    }

    /// The coordinator gave one transactional.id to two instances: a higher epoch without a rollback in between.
    var secondInstance: [Evidence]? {
        guard let record = record(.coordinatorInitialized), record.count > 1,
            record.names.values.contains(where: { $0 > 1 }), (record.most ?? 0) > (record.least ?? 0)
        else { return nil }
        return record.shown()
    }

    /// A transactional producer was told that its epoch is old.
    var transactionalOldEpoch: [Evidence]? {
        guard let record = record(.oldEpoch) else { return nil }
        let isTransactional =
            setting("transactional.id") != nil || self.record(.transactionalProducer) != nil
            || record.samples.contains { $0.text.contains("ransactionalId") || $0.text.contains("ransactional.id") }
        return isTransactional ? record.shown() : nil
    }
}
