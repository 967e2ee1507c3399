extension LineText {
    /// librdkafka's `[thrd:HOST:PORT/NODE]`.
    fileprivate var threadName: String? {
        guard let start = find("[thrd:"), let end = find("]", from: start) else { return nil }
        return String(decoding: bytes[(start + 6)..<end], as: UTF8.self)
    }
}

/// Questions about connections, the path and the broker's setup.
extension CaseFile {
    /// Connections were refused for three seconds or more, and requests waited for them.
    var refusedForSeconds: [Evidence]? {
        guard let record = record(.connectRefused), sawNone(.connectTimedOut) else { return nil }
        let isLong = record.rounds >= 3 && record.spanS >= 3
        let unready = self.record(.nodeNotReady)
        let isWaitedFor = record.count >= 5 && (unready?.spanS ?? 0) >= 1
        return isLong || isWaitedFor ? record.shown() : nil
    }

    /// Requests ran out of time within two minutes after a pause of the log.
    var timedOutAfterPause: [Evidence]? {
        for log in clientLogs {
            guard let record = log.signs[.produceTimedOut], let first = record.firstUs else { continue }
            for pause in log.pauses where !record.samples.contains(pause.after) {
                if first > pause.endUs, first - pause.endUs < 120_000_000, log.signs[.idle] != nil {
                    return [pause.after] + record.shown(2)
                }
            }
            if log.signs[.idle] == nil, let up = record.samples.first, outlivedPause(log), let pause = log.pauses.first
            {
                return [pause.after, up]
            }
        }
        return nil
    }

    /// The connection that died had been up for longer than a minute, and the log has a pause as long.
    private func outlivedPause(_ log: LogFacts) -> Bool {
        guard let first = log.signs[.produceTimedOut]?.firstUs else { return false }
        // Lines that come at long intervals are no pauses.
        guard log.pauses.count <= 2 else { return false }
        return log.pauses.contains { $0.lengthS >= 20 && $0.endUs < first && first - $0.endUs < 120_000_000 }
    }

    /// Every Produce request ran out of time, connection after connection, while metadata was answered in between.
    var onlyProduceTimesOut: [Evidence]? {
        guard delivered == 0, let timedOut = record(.produceTimedOut), timedOut.rounds >= 2,
            let answered = record(.metadataAnswered), sawNone(.connectRefused, .handshakeTimedOut, .metadataTimedOut),
            let firstUs = timedOut.firstUs, let lastUs = answered.lastUs, lastUs > firstUs
        else { return nil }
        return timedOut.shown() + answered.shown(1)
    }

    /// Metadata came from the bootstrap address, and connections to the node that it names fail.
    var nodeFailsAfterMetadata: [Evidence]? {
        guard let node = record(.nodeUnavailable) ?? record(.connectRefused) ?? record(.connectTimedOut),
            let metadata = saw(.metadataAnswered, .producerIDGiven), delivered == nil || delivered == 0
        else { return nil }
        let named = node.names.keys.contains { !$0.hasPrefix("-") && !$0.isEmpty }
        guard named, node.rounds >= 2 || node.count >= 3 else { return nil }
        return metadata + node.shown()
    }

    /// Connections to a node that only metadata can have named fail, and nothing was delivered: librdkafka's thread names end
    /// in the node's number, aiokafka says the node's id.
    var namedNodeFails: [Evidence]? {
        guard delivered == nil || delivered == 0, sawNone(.produceTimedOut, .disconnected) else { return nil }
        let failing = [Sign.connectRefused, .resolveFailed, .connectTimedOut, .nodeUnavailable]
        let lines = failing.compactMap { record($0) }.flatMap(\.samples)
        let named = lines.filter { line in
            guard !line.text.contains("/bootstrap") else { return false }
            if line.text.contains("connect to node with id ") { return true }
            guard let thread = LineText(line.text).threadName, thread.contains("/") else { return false }
            return thread.split(separator: "/").last.map { $0.allSatisfy(\.isNumber) } ?? false
        }
        return named.count >= 2 || (named.count == 1 && lines.count == 1) ? Array(named.prefix(3)) : nil
    }

    /// Several nodes could not be reached in turn, and nothing failed.
    var rollingRestart: [Evidence]? {
        guard let record = record(.nodeUnavailable), let calm = nothingFailed else { return nil }
        return record.names.keys.filter { !$0.hasPrefix("-") }.count >= 2 ? record.shown() + calm : nil
    }

    /// A broker's container without advertised.listeners.
    var defaultAdvertised: [Evidence]? {
        for configuration in configurations where configuration.brokerRelease != nil {
            if configuration.brokerSettings.contains(where: { $0.name == "advertised.listeners" }) { continue }
            guard let at = configuration.lines.firstIndex(where: { $0.contains("image:") && $0.contains("kafka") })
            else { continue }
            return [
                Evidence(
                    source: configuration.file, line: at + 1,
                    text: "the broker's container sets no advertised.listeners: its image advertises localhost")
            ]
        }
        return nil
    }

    /// The other side closed every connection as soon as it was up, and nothing was ever delivered.
    var closedEachTime: [Evidence]? {
        guard delivered == 0 || delivered == nil, sawNone(.producerIDGiven) else { return nil }
        if let record = record(.refusedAtOnce), record.count >= 3, (record.most ?? 1_000) < 100 {
            return record.shown()
        }
        if client == .librdkafka, let record = record(.disconnected), record.count >= 3, (record.most ?? 1_000) < 100 {
            return record.shown()
        }
        if client == .kafkaClients, sawNone(.metadataAnswered, .connectRefused, .connectTimedOut, .metadataTimedOut) {
            if let record = record(.bootstrapDisconnected), record.count >= 3 { return record.shown() }
            return saw(.authenticationEnded)
        }
        return nil
    }

    /// Answers were lost on the way or came after the client had given up: the broker did answer.
    var lateAnswers: [Evidence]? {
        wires.first { $0.deduplicated > 1 && $0.path.paused.isEmpty }.map {
            [Evidence(source: $0.file, text: "\($0.deduplicated) retries were recognised at once")]
        }
    }

    /// The client's queue and the answers' time grow, nothing is lost, and no setting of the client explains it.
    var queueGrows: [Evidence]? {
        guard let queue = measure("record-queue-time-avg"), queue.last > 500, queue.last > queue.first * 3,
            let latency = measure("request-latency-avg"), latency.last > 200,
            (measure("record-error-rate")?.most ?? 0) == 0, sawNone(.produceTimedOut, .throttled)
        else { return nil }
        return [queue.evidence]
    }

    /// A codec at a level that is slow.
    var slowCodec: [Evidence]? {
        isSet("compression.gzip.level", in: 8...9) ?? isSet("compression.zstd.level", in: 12...22)
            ?? isSet("compression.lz4.level", in: 12...17) ?? isSet("compression.level", in: 9...22)
    }

    // MARK: Replicas

    var inSyncBelowMinimum: [Evidence]? {
        for topic in topics {
            guard let minimum = topic.minInSync, minimum > 1 else { continue }
            let low = topic.partitions.filter { $0.inSync < minimum && $0.replicas >= minimum }
            if let first = low.first { return [topic.evidence, first.evidence] }
        }
        return nil
    }

    /// min.insync.replicas above the number of replicas: refused before 3.7, capped since.
    var minimumAboveReplicas: [Evidence]? {
        guard let release = brokerRelease?.release, release < ReleaseNumber(3, 7) else { return nil }
        for topic in topics {
            if let minimum = topic.minInSync, let replicas = topic.replicationFactor, minimum > replicas {
                return [topic.evidence]
            }
        }
        return nil
    }

    // MARK: Contradictions

    /// Settings that the client refuses together.
    var contradictions: [Evidence]? {
        let refused = Linter.lint(self).filter { $0.severity == .refused }
        return refused.isEmpty ? nil : refused.flatMap(\.evidence)
    }

    var contradictionChanges: [Change] {
        var changes: [Change] = []
        for lint in Linter.lint(self) where lint.severity == .refused {
            for change in lint.changes where !changes.contains(change) { changes.append(change) }
        }
        return changes
    }
}
