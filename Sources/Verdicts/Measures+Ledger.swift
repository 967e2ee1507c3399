import EvidenceModel

extension Measures {
    /// The numbers of a cell. A number that the accounts cannot give is nil, not 0.
    init(_ ledger: Ledger) {
        self.init()
        if ledger.hasReports { countRecords(ledger) } else { countBatches(ledger) }
        countWire(ledger)
        countFetched(ledger)
        recoveryMs = Recovery.measure(ledger).recoveryMs
        let hasFatal = ledger.record.client.errors.contains { $0.fatal }
        if (ledger.record.wire != nil && !ledger.isWireOpaque) || hasFatal {
            sequenceErrors =
                NoSequenceErrors.answers(ledger).count + ledger.record.client.errors.lazy.filter { $0.fatal }.count
        }
    }

    private mutating func countRecords(_ ledger: Ledger) {
        var fromDue: [Int64] = []
        var fromSend: [Int64] = []
        fromDue.reserveCapacity(ledger.record.client.records.count)
        fromSend.reserveCapacity(ledger.record.client.records.count)
        let startUs = ledger.record.scheduleStartUs
        // A client that ended with a fatal error reports nothing more: what it still had is given up.
        let isGivenUp = !ledger.record.client.finished && ledger.record.client.errors.contains { $0.fatal }
        var firstUs = Int64.max
        var lastUs = Int64.min
        for (id, record) in ledger.record.client.records.enumerated() {
            if record.sentUs > 0 {
                sent += 1
                firstUs = min(firstUs, record.sentUs)
            }
            switch record.outcome {
            case .none: if isGivenUp, record.sentUs > 0 { failed += 1 }
            case .notPersisted, .indeterminate: failed += 1
            case .acknowledged:
                acked += 1
                lastUs = max(lastUs, record.reportedUs)
                guard record.sentUs > 0 else { break }
                fromSend.append(record.reportedUs - record.sentUs)
                guard let startUs, let dueUs = ledger.record.dueUs(ofRecord: id, startUs: startUs) else { break }
                fromDue.append(record.reportedUs - dueUs)
            }
        }
        if acked > 0, lastUs > firstUs { throughputRecordsPerS = Double(acked) * 1e6 / Double(lastUs - firstUs) }
        ackLatencyMs = Self.latency(fromDue)
        ackLatencyFromSendMs = Self.latency(fromSend)
        if let log = ledger.record.log {
            duplicates = ledger.furtherCopies.count
            if log.complete {
                lost = NoLoss.lost(ledger).count
                reordered = Order.reordered(ledger).count
            }
        }
    }

    /// For a producer that reports nothing: a batch counts as sent when it was seen, as acknowledged when its answer
    /// reached the client. Nobody knows when its records were due: both latencies count from the batch's first request.
    private mutating func countBatches(_ ledger: Ledger) {
        guard let wire = ledger.record.wire else { return }
        var latencies: [Int64] = []
        var firstUs = Int64.max
        var lastUs = Int64.min
        for (b, batch) in wire.batches.enumerated() where batch.isSplit != true {
            sent += Int(batch.recordCount)
            guard let left = batch.attempts.lazy.compactMap(\.requestLeftClientUs).min() else { continue }
            firstUs = min(firstUs, left)
            guard ledger.isAcknowledgedOnWire[b],
                let reached = batch.attempts.lazy.compactMap(\.ackReachedClientUs).min()
            else { continue }
            acked += Int(batch.recordCount)
            lastUs = max(lastUs, reached)
            latencies.append(reached - left)
        }
        if acked > 0, lastUs > firstUs { throughputRecordsPerS = Double(acked) * 1e6 / Double(lastUs - firstUs) }
        ackLatencyMs = Self.latency(latencies)
        ackLatencyFromSendMs = ackLatencyMs
        guard ledger.isNumbered, let log = ledger.record.log else {
            duplicates = NoDuplicates.repeatedBatches(wire).extraRecords
            return
        }
        duplicates = ledger.furtherCopies.count
        if log.complete {
            lost = NoLoss.lost(ledger).count
            reordered = Order.reordered(ledger).count
            // What a program that says that it gave records up did not write.
            if ledger.programsOwnWord != nil { failed = ledger.firstCopies.count { $0 == .absent } }
        }
    }

    private mutating func countWire(_ ledger: Ledger) {
        guard let wire = ledger.record.wire, !ledger.isWireOpaque else { return }
        // A client without sequences may put the records that it sends again into another batch.
        var resent = Set(wire.batches.lazy.filter { $0.attempts.count > 1 }.map(\.id))
        resent.formUnion(wire.findings.lazy.filter { $0.kind == "records_sent_again" }.compactMap(\.batch))
        retriedBatches = resent.count
        deduplicatedBatches = wire.batches.lazy.filter(\.deduplicated).count
        var codes: [String: Int] = [:]
        for batch in wire.batches {
            for attempt in batch.attempts {
                if let code = attempt.errorCode { codes[String(code), default: 0] += 1 }
            }
        }
        errorCodes = codes
    }

    /// What consumers with other Fetch versions got; nil when the scenario asks for none.
    private mutating func countFetched(_ ledger: Ledger) {
        for event in ledger.record.history where event.kind == .fetched {
            guard let values = event.values, let version = values["fetch_version"] else { continue }
            fetchedRecords = fetchedRecords ?? [:]
            fetchErrors = fetchErrors ?? [:]
            fetchedRecords?[String(version)] = values["fetched_records"].map { Int(clamping: $0) }
            fetchErrors?[String(version)] = values["error_code"].map { Int(clamping: $0) }
        }
    }

    private static func latency(_ latenciesUs: [Int64]) -> Latency? {
        let sortedUs = latenciesUs.sorted()
        guard let last = sortedUs.last else { return nil }
        return Latency(
            p50: Double(Percentile.of(sortedUs, 0.5)) / 1000, p99: Double(Percentile.of(sortedUs, 0.99)) / 1000,
            max: Double(last) / 1000)
    }
}
