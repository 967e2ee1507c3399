import EvidenceModel
import KafkaWire

/// Gathers calls and batches to transactions, in the order in which they were sent.
///
/// A transaction is known by producer id and epoch; the transactional id comes with the calls. With transactions of version
/// 1 several of them follow one another in an epoch, with version 2 each has its own.
struct TransactionLedger {
    private struct Producer: Hashable {
        var id: Int64
        var epoch: Int16
    }

    private struct Grant {
        var epoch: Int16
        var answerNs: Int64
    }

    private enum Event {
        case call(TransactionCallJoin.Joined)
        case batch(Int32)
        case refused(Int32, Int16)
    }

    private(set) var transactions: [ObservedTransaction] = []
    /// Invariants that the wire alone refutes.
    var broken: [WireEvidence.Finding] = []
    private var open: [Producer: Int] = [:]
    private var last: [Producer: Int] = [:]
    private var newest: [Int64: Grant] = [:]
    private var ids: [Int64: String] = [:]
    private var producers: [String: Int64] = [:]
    private var ofBatch: [Int32: Int] = [:]
    /// It owns the ledger.
    private unowned let analysis: WireAnalysis

    init(_ analysis: WireAnalysis) {
        self.analysis = analysis
        for (_, event) in events() {
            switch event {
            case .call(let call): take(call)
            case .batch(let number): take(number)
            case .refused(let number, let code): refuse(number, code)
            }
        }
        TransactionInvariants.check(transactions, analysis, &broken)
    }

    private func events() -> [(Int64, Event)] {
        var events: [(Int64, Event)] = TransactionCallJoin.join(analysis.observers, analysis.connectionJoin)
            .map { ($0.timeNs, .call($0)) }
        for number in analysis.ledger.batches.indices {
            let batch = analysis.ledger.batches[number]
            let request = analysis.ledger.request(batch.firstAttempt)
            guard request.flags.contains(.transactional), request.producerID >= 0 else { continue }
            events.append((request.requestNs, .batch(Int32(number))))
            for attempt in analysis.ledger.attempts(of: batch) {
                guard let answer = analysis.ledger.answer(attempt), answer.errorCode != 0 else { continue }
                events.append((answer.answerNs, .refused(Int32(number), answer.errorCode)))
            }
        }
        return events.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element)
    }

    // MARK: Batches

    private mutating func take(_ number: Int32) {
        let batch = analysis.ledger.batches[Int(number)]
        let request = analysis.ledger.request(batch.firstAttempt)
        let key = Producer(id: request.producerID, epoch: request.producerEpoch)
        let isFenced = newest[key.id].map { $0.epoch > key.epoch } ?? false
        let place: Int
        if let found = open[key] {
            place = found
        } else if isFenced, let found = last[key],
            transactions[found].isImplicit || transactions[found].outcome == .fenced
                || transactions[found].outcome == .timedOut || transactions[found].isStray
        {
            place = found
            if !transactions[found].isStray { transactions[found].lateBatches.append(number) }
        } else {
            place = begin(key, request.requestNs)
            transactions[place].isImplicit = request.apiVersion >= 12
            if isFenced {
                transactions[place].isStray = true
                settle(place, .fenced, request.requestNs, isTold: false)
            }
        }
        ofBatch[number] = place
        transactions[place].batches.append(number)
        transactions[place].records += Int(request.recordCount)
        transactions[place].written.insert(
            TransactionCall.Partition(topic: analysis.topics.text(request.topic), partition: request.partition))
        if isFenced, let grant = newest[key.id], request.requestNs > grant.answerNs { judgeFence(number, batch, grant) }
    }

    /// A batch of a fenced epoch must not be appended.
    private mutating func judgeFence(_ number: Int32, _ batch: BatchLedger.Batch, _ grant: Grant) {
        for attempt in analysis.ledger.attempts(of: batch) {
            guard let answer = analysis.ledger.answer(attempt), answer.errorCode == 0,
                !analysis.ledger.isDeduplicated(attempt, in: batch)
            else { continue }
            broken.append(
                WireEvidence.Finding(
                    kind: "transaction_fence_broken", timeUs: answer.answerNs / 1000,
                    batch: analysis.id(Int(number), analysis.ledger.request(batch.firstAttempt)),
                    detail: "appended although the broker had given out epoch \(grant.epoch): a fenced producer wrote"))
            return
        }
    }

    private mutating func refuse(_ number: Int32, _ code: Int16) {
        guard let place = ofBatch[number] else { return }
        transactions[place].errors[code, default: 0] += 1
        guard code == 47 || code == 90, transactions[place].outcome == .open else { return }
        settle(place, isSuperseded(place) ? .fenced : .timedOut, nil, isTold: false)
    }

    // MARK: Calls

    private mutating func take(_ joined: TransactionCallJoin.Joined) {
        let call = joined.call
        if !call.transactionalID.isEmpty, call.producerID >= 0 { name(call.producerID, call.transactionalID) }
        switch call.api {
        case .initProducerId: takeInit(call)
        case .addPartitionsToTxn where !call.isVerifyOnly: takeAdd(call)
        case .addOffsetsToTxn, .txnOffsetCommit: takeAdd(call)
        case .endTxn: takeEnd(joined)
        case .writeTxnMarkers: takeMarker(call)
        default: break
        }
    }

    private mutating func name(_ producer: Int64, _ id: String) {
        ids[producer] = id
        producers[id] = producer
    }

    private mutating func takeInit(_ call: TransactionCall) {
        guard let answerNs = call.answerNs, let first = call.errors.first else { return }
        let old = producers[call.transactionalID]
        if first == 0 || first == 51, let old {
            for (key, place) in open
            where key.id == old && (first == 51 || key.epoch < call.newEpoch || call.newProducerID != old) {
                settle(place, .fenced, answerNs, isTold: false)
            }
        }
        guard first == 0 else { return }
        name(call.newProducerID, call.transactionalID)
        newest[call.newProducerID] = Grant(epoch: call.newEpoch, answerNs: answerNs)
    }

    private mutating func takeAdd(_ call: TransactionCall) {
        let key = Producer(id: call.producerID, epoch: call.epoch)
        let failures = call.errors.filter { $0 != 0 }
        guard failures.isEmpty else {
            if let place = open[key] ?? last[key] {
                for code in failures { transactions[place].errors[code, default: 0] += 1 }
                if failures.contains(where: { $0 == 47 || $0 == 90 }), transactions[place].outcome == .open {
                    settle(place, isSuperseded(place) ? .fenced : .timedOut, call.answerNs, isTold: true)
                }
            }
            return
        }
        // Without an answer, it may have been added: a batch or the next try tells.
        guard call.isSuccess || open[key] != nil else { return }
        let place = open[key] ?? begin(key, call.requestNs)
        transactions[place].added.formUnion(call.partitions)
    }

    private mutating func takeEnd(_ joined: TransactionCallJoin.Joined) {
        let call = joined.call
        let key = Producer(id: call.producerID, epoch: call.epoch)
        let place = open[key] ?? last[key] ?? begin(key, call.requestNs)
        transactions[place].endRequests += 1
        transactions[place].asked = call.isCommit
        if call.version >= 5 { transactions[place].isImplicit = true }
        if !joined.isTold { transactions[place].untoldEnds += 1 }
        guard let answerNs = call.answerNs, let code = call.errors.first else {
            if transactions[place].outcome == .open { settle(place, .unknown, nil, isTold: false) }
            return
        }
        if code != 0 { transactions[place].errors[code, default: 0] += 1 }
        switch code {
        case 0:
            settle(place, call.isCommit ? .committed : .aborted, answerNs, isTold: joined.isTold)
            guard call.newEpoch >= 0 else { return }
            transactions[place].nextEpoch = call.newEpoch
            newest[call.newProducerID] = Grant(epoch: call.newEpoch, answerNs: answerNs)
            if let id = ids[key.id] { name(call.newProducerID, id) }
        case 47, 90:
            if [.open, .unknown].contains(transactions[place].outcome) {
                settle(place, isSuperseded(place) ? .fenced : .timedOut, answerNs, isTold: joined.isTold)
            }
        // With version 2, a commit of what the coordinator has aborted.
        case 48 where call.isCommit && call.version >= 5 && transactions[place].outcome == .open:
            settle(place, .timedOut, answerNs, isTold: joined.isTold)
        case 14, 15, 16, 51: break
        default: if transactions[place].outcome == .open { settle(place, .unknown, answerNs, isTold: joined.isTold) }
        }
    }

    /// Markers carry the epoch of the data, or the next one.
    private mutating func takeMarker(_ call: TransactionCall) {
        for epoch in [call.epoch, call.epoch - 1] {
            let key = Producer(id: call.producerID, epoch: epoch)
            guard let place = open[key] ?? last[key] else { continue }
            if [.open, .unknown].contains(transactions[place].outcome) {
                settle(place, call.isCommit ? .committed : .aborted, call.requestNs, isTold: false)
            }
            return
        }
    }

    // MARK: Begin and end

    private mutating func begin(_ key: Producer, _ timeNs: Int64) -> Int {
        // A producer has one transaction at a time: the end of one with a lower epoch was not captured.
        for (other, place) in open where other.id == key.id && other.epoch < key.epoch {
            settle(place, .unknown, nil, isTold: false)
        }
        open[key] = transactions.count
        transactions.append(
            ObservedTransaction(transactionalID: ids[key.id], producerID: key.id, epoch: key.epoch, firstNs: timeNs))
        return transactions.count - 1
    }

    private mutating func settle(
        _ place: Int, _ outcome: ObservedTransaction.Outcome, _ endNs: Int64?, isTold: Bool
    ) {
        transactions[place].outcome = outcome
        transactions[place].endNs = transactions[place].endNs ?? endNs
        transactions[place].isTold = transactions[place].isTold || isTold
        if transactions[place].transactionalID == nil {
            transactions[place].transactionalID = ids[transactions[place].producerID]
        }
        let key = Producer(id: transactions[place].producerID, epoch: transactions[place].epoch)
        if open[key] == place { open[key] = nil }
        last[key] = place
    }

    /// A newer epoch than this transaction's was given out.
    private func isSuperseded(_ place: Int) -> Bool {
        guard let grant = newest[transactions[place].producerID] else { return false }
        return grant.epoch > transactions[place].epoch
    }
}
