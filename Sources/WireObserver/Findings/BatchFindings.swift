import EvidenceModel
import KafkaWire

/// Goes through the batches once and finds what is wrong with them.
struct BatchFindings {
    let analysis: WireAnalysis
    let ledger: BatchLedger
    /// False when bytes are missing: a batch may have gone by unseen.
    private let startsKnown: Bool
    private let hidden: HiddenStretches

    init(_ analysis: WireAnalysis) {
        self.analysis = analysis
        ledger = analysis.ledger
        hidden = HiddenStretches(analysis.observers)
        startsKnown = hidden.isEmpty && !analysis.observers.contains { $0.counts.gaps > 0 }
    }

    func add(to list: inout FindingList) {
        var sequences = SequenceChecker(granted: grantedProducers())
        var epochs: [Int64: Int16] = [:]
        var contents: [UInt64: Int32] = [:]
        let watchesContent = hasSeveralEpochs()
        var saw46 = false
        var resends = ResendFinder()
        for number in ledger.batches.indices {
            let batch = ledger.batches[number]
            let request = ledger.request(batch.firstAttempt)
            if !isPlain(batch, request) {
                let id = analysis.id(number, request)
                let attempts = ledger.attempts(of: batch)
                addErrors(attempts, id, &saw46, to: &list)
                if let pieces = analysis.splits.pieces[number] {
                    list.add(
                        "batch_split", request.requestNs, batch: id,
                        "refused as too large and split: its \(request.recordCount) records were sent again in"
                            + " \(InspectText.count(pieces, "smaller batch")) (KIP-126)")
                } else {
                    addOutcome(batch, attempts, request, id, to: &list)
                    SentTwice.add(attempts, FateJudge(analysis).fates(batch, attempts), request, id, to: &list)
                }
                if request.producerID >= 0 { addReuse(attempts, request, id, to: &list) }
            }
            guard request.producerID >= 0 else {
                addResend(batch, request, number, &resends, to: &list)
                continue
            }
            addEpoch(request, number, &epochs, to: &list)
            // A batch that was split is none: its sequences belong to its pieces.
            if analysis.splits.pieces[number] == nil { addSequence(request, number, &sequences, to: &list) }
            if watchesContent { addContent(batch, number, request, &contents, to: &list) }
        }
        for gap in sequences.gaps {
            let request = ledger.request(ledger.batches[gap.batch].firstAttempt)
            // What was cut off or missed is unknown, not absent.
            guard !hidden.mayHold(from: gap.sinceNs, to: request.requestNs) else { continue }
            list.add(
                "sequence_gap", request.requestNs, batch: analysis.id(gap.batch, request),
                "sequences \(gap.from) to \(gap.to) of \(partition(request)) under producer "
                    + "\(gap.stream.producerID).\(gap.epoch) were never sent")
        }
    }

    /// Sent once and answered with success to a client that waited: nothing to say, as for nearly every batch.
    private func isPlain(_ batch: BatchLedger.Batch, _ request: ObservedAttempt) -> Bool {
        guard batch.attemptCount == 1, let answer = ledger.answer(batch.firstAttempt), answer.errorCode == 0,
            !answer.flags.contains(.deduplicated)
        else { return false }
        return FateJudge(analysis).fate(batch.firstAttempt) == .acknowledged
    }

    // MARK: What the broker said

    private func addErrors(_ attempts: [Int32], _ id: String, _ saw46: inout Bool, to list: inout FindingList) {
        for index in attempts {
            guard let answer = ledger.answer(index), answer.errorCode != 0 else { continue }
            let name = ErrorCode(rawValue: answer.errorCode).name
            let isSequenceError = [45, 46, 47, 59].contains(answer.errorCode)
            list.add(
                isSequenceError ? "sequence_error" : "error", answer.answerNs, batch: id,
                "answered \(answer.errorCode) \(name)")
            if answer.errorCode == 46, !saw46 {
                saw46 = true
                list.add(
                    "foreign_46", answer.answerNs, batch: id,
                    "46 is not thrown by Apache Kafka 1.0.2 or later: another broker, or 1.0.0 or 1.0.1")
            }
        }
    }

    private func addOutcome(
        _ batch: BatchLedger.Batch, _ attempts: [Int32], _ request: ObservedAttempt, _ id: String,
        to list: inout FindingList
    ) {
        var offsets: [Int64] = []
        var deduplicatedOffset: Int64?
        for index in attempts {
            guard let answer = ledger.answer(index), answer.errorCode == 0, answer.baseOffset >= 0 else { continue }
            if ledger.isDeduplicated(index, in: batch) {
                deduplicatedOffset = answer.baseOffset
            } else if !offsets.contains(answer.baseOffset) {
                offsets.append(answer.baseOffset)
            }
        }
        if offsets.count > 1 {
            list.add(
                "appended_twice", ledger.request(batch.lastAttempt).requestNs, batch: id,
                "the same batch was appended at offsets \(offsets.map(String.init).joined(separator: ", ")): "
                    + "\(request.recordCount) records are in the log \(offsets.count) times")
        }
        if let deduplicatedOffset, let first = offsets.first, !offsets.contains(deduplicatedOffset) {
            list.add(
                "dedup_offset_mismatch", ledger.request(batch.lastAttempt).requestNs, batch: id,
                "deduplicated with offset \(deduplicatedOffset), but appended at \(first)")
        }
        addUntold(
            attempts, FateJudge(analysis).fates(batch, attempts), request, id, offsets.first ?? deduplicatedOffset,
            to: &list)
    }

    /// A batch of which the client was not told what became of it.
    private func addUntold(
        _ attempts: [Int32], _ fates: [WireEvidence.Fate], _ request: ObservedAttempt, _ id: String,
        _ offset: Int64?, to list: inout FindingList
    ) {
        let isOpen = fates.contains { $0 == .openAtEnd || $0 == .noAckAskedFor || $0 == .acknowledged }
        // Clients take 46 for success: the batch is there already.
        let isKnownDuplicate = zip(attempts, fates).contains { index, fate in
            fate == .refused && ledger.answer(index)?.errorCode == 46
        }
        guard !isOpen, !isKnownDuplicate else { return }
        if let offset {
            list.add(
                "appended_unacknowledged", request.requestNs, batch: id,
                "\(request.recordCount) records are in the log at offset \(offset), but no answer reached a client "
                    + "that waited for it: reported failed, or sent again as another batch")
            return
        }
        let isNowhere = zip(attempts, fates).allSatisfy { index, fate in
            fate == .requestLost || ledger.answer(index).map { isRefusedBeforeAppend($0.errorCode) } ?? false
        }
        if isNowhere {
            list.add(
                "not_appended", request.requestNs, batch: id,
                "\(request.recordCount) records are not in the log: "
                    + (fates.contains { $0 != .requestLost }
                        ? "the broker refused them" : "no attempt reached the broker"))
        } else {
            list.add(
                "outcome_unknown", request.requestNs, batch: id,
                "no success was answered to \(InspectText.count(attempts.count, "attempt")); whether "
                    + "\(request.recordCount) records are in the log is not on the wire"
                    + (hidden.mayHold(from: request.requestNs, to: .max / 2)
                        ? "; they may have been sent again in what was cut off or missed" : ""))
        }
    }

    /// False for errors that a broker gives after it has appended: a timeout while it waits for replicas, too few of them
    /// in sync by then, or a failure of unknown kind.
    private func isRefusedBeforeAppend(_ code: Int16) -> Bool { ![0, 7, 20, -1].contains(code) }

    // MARK: Producer ids, epochs, sequences

    private func grantedProducers() -> Set<Int64> {
        Set(analysis.observers.flatMap { $0.log.grants.map(\.producerID) })
    }

    private func hasSeveralEpochs() -> Bool {
        var producers: [Int64: Int16] = [:]
        var last: Int64 = -1
        for number in ledger.batches.indices {
            let request = ledger.request(ledger.batches[number].firstAttempt)
            guard request.producerID >= 0 else { continue }
            if request.producerID == last, producers[last] == request.producerEpoch { continue }
            last = request.producerID
            if let epoch = producers.updateValue(request.producerEpoch, forKey: last), epoch != request.producerEpoch {
                return true
            }
        }
        return producers.count > 1
    }

    private func addEpoch(
        _ request: ObservedAttempt, _ number: Int, _ epochs: inout [Int64: Int16], to list: inout FindingList
    ) {
        guard let previous = epochs[request.producerID] else {
            epochs[request.producerID] = request.producerEpoch
            return
        }
        guard request.producerEpoch > previous else { return }
        epochs[request.producerID] = request.producerEpoch
        // With transactions of version 2 every transaction has its own epoch (KIP-890).
        guard !request.flags.contains(.transactional) else { return }
        let isGranted = analysis.observers.contains { observer in
            observer.log.grants.contains { $0.producerID == request.producerID && $0.epoch == request.producerEpoch }
        }
        list.add(
            "epoch_bump", request.requestNs, batch: analysis.id(number, request),
            "producer \(request.producerID) went from epoch \(previous) to \(request.producerEpoch), "
                + (isGranted ? "given by the broker" : "raised by the client itself: it gave up on a batch"))
    }

    private func addSequence(
        _ request: ObservedAttempt, _ number: Int, _ sequences: inout SequenceChecker, to list: inout FindingList
    ) {
        guard request.baseSequence >= 0 else { return }
        let stream = SequenceChecker.Stream(
            producerID: request.producerID, topic: analysis.topics.resolved(request.topic),
            partition: request.partition)
        let violation = sequences.note(
            stream, epoch: request.producerEpoch, base: request.baseSequence, last: request.lastSequence,
            batch: number, timeNs: request.requestNs, startsKnown: startsKnown)
        switch violation {
        case .overlap(let next):
            list.add(
                "retry_changed", request.requestNs, batch: analysis.id(number, request),
                "sequences \(request.baseSequence) to \(request.lastSequence) begin before \(next), which is next: a "
                    + "retry must repeat first and last sequence")
        case .epochNotRestarted(let previous, let sinceNs):
            guard !hidden.mayHold(from: sinceNs, to: request.requestNs) else { break }
            list.add(
                "epoch_not_restarted", request.requestNs, batch: analysis.id(number, request),
                "epoch \(request.producerEpoch) follows \(previous) and begins at sequence \(request.baseSequence), not 0"
            )
        case nil: break
        }
    }

    /// The same sequences with other records: a broker takes them for a duplicate, answers with success, and the records
    /// are gone.
    private func addReuse(_ attempts: [Int32], _ request: ObservedAttempt, _ id: String, to list: inout FindingList) {
        for index in attempts.dropFirst() {
            let other = ledger.request(index)
            guard other.payload != request.payload, !other.flags.contains(.headerCut),
                !request.flags.contains(.headerCut)
            else { continue }
            let answer = ledger.answer(index)
            let isGone = answer.map { $0.errorCode == 0 && $0.flags.contains(.deduplicated) } ?? false
            list.add(
                "sequence_reuse", other.requestNs, batch: id,
                "sequences \(request.baseSequence) to \(request.lastSequence) were sent again with other records"
                    + (isGone ? "; answered with success, and these records are gone" : ""))
        }
    }

    /// The same records under another epoch: a broker cannot know them for a duplicate.
    private func addContent(
        _ batch: BatchLedger.Batch, _ number: Int, _ request: ObservedAttempt, _ contents: inout [UInt64: Int32],
        to list: inout FindingList
    ) {
        guard !request.flags.contains(.headerCut), request.recordCount > 0 else { return }
        let topic = analysis.topics.resolved(request.topic)
        var hash = request.payload &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(bitPattern: request.baseTimestampMs)
        hash = hash &* 0xff51_afd7_ed55_8ccd ^ UInt64(UInt32(bitPattern: topic)) << 32
        hash ^= UInt64(UInt32(bitPattern: request.partition))
        guard let earlier = contents.updateValue(Int32(number), forKey: hash) else { return }
        let other = ledger.request(ledger.batches[Int(earlier)].firstAttempt)
        guard other.payload == request.payload, other.baseTimestampMs == request.baseTimestampMs,
            other.recordCount == request.recordCount, other.partition == request.partition,
            analysis.topics.resolved(other.topic) == topic,
            other.producerID != request.producerID || other.producerEpoch != request.producerEpoch
        else { return }
        let isTwice = isAppended(ledger.batches[Int(earlier)]) && isAppended(batch)
        list.add(
            "payload_under_two_epochs", request.requestNs, batch: analysis.id(number, request),
            "the same records were sent under \(other.producerID).\(other.producerEpoch) as sequence "
                + "\(other.baseSequence)"
                + (isTwice ? " and were appended both times: duplicates" : ": a duplicate if both were appended"))
    }

    /// Without a producer id a client may pack records that it sends again into another batch.
    private func addResend(
        _ batch: BatchLedger.Batch, _ request: ObservedAttempt, _ number: Int, _ resends: inout ResendFinder,
        to list: inout FindingList
    ) {
        let place = ResendFinder.Place(
            topic: analysis.topics.resolved(request.topic), partition: request.partition)
        if let found = resends.find(place, request) {
            let first = ledger.request(ledger.batches[found.first].firstAttempt)
            let areThere = found.batches.allSatisfy { isAppended(ledger.batches[$0]) }
            list.add(
                "records_sent_again", request.requestNs, batch: analysis.id(number, request),
                "begins with the records of \(analysis.id(found.first, first)): \(found.records) records of "
                    + "\(InspectText.count(found.batches.count, "batch")) that were not acknowledged, sent again"
                    + (areThere && isAppended(batch) ? "; they are in the log twice" : ""))
        }
        guard FateJudge(analysis).fates(batch, ledger.attempts(of: batch)).allSatisfy({ $0 != .acknowledged }) else {
            return
        }
        resends.noteUnacknowledged(place, request, number)
    }

    private func isAppended(_ batch: BatchLedger.Batch) -> Bool {
        ledger.attempts(of: batch).contains { index in
            ledger.answer(index).map { $0.errorCode == 0 && $0.baseOffset >= 0 } ?? false
        }
    }

    private func partition(_ request: ObservedAttempt) -> String {
        "\(analysis.topics.text(request.topic))-\(request.partition)"
    }
}
