import EvidenceModel

/// What captures say, in the terms that rules ask in.
struct WireFacts: Sendable {
    var file: String
    var findings: [String: [WireEvidence.Finding]] = [:]
    var path: PathFacts
    /// Partition answers by error code, success apart.
    var errors: [Int: Int] = [:]
    var acknowledged = 0
    /// Batches sent more than once, with and without a producer id.
    var resent = 0
    var resentWithoutID = 0
    var deduplicated = 0
    /// True where batches carry producer ids, false where they were seen not to, nil where headers were cut off.
    var isIdempotent: Bool?
    var recordsPerBatch = 0.0
    var batches = 0
    /// Batches that were refused with 45 on a retry, after an attempt whose fate is unknown: they may have been written.
    var refusedRetries: [Evidence] = []
    /// Batches refused with 45 at their first attempt, behind one that nobody answered.
    var gaps: [Evidence] = []
    /// The same records under two epochs, where the first attempt was not refused.
    var underTwoEpochs: [Evidence] = []
    /// A new topic's first batch refused with 6 and a later one accepted before it.
    var newTopicRace: [Evidence] = []
    /// Attempts with an error, the first of each code.
    var firstOfCode: [Int: Evidence] = [:]
    var produceVersion: Int16?
    /// `acks` of the requests; nil where none was seen.
    var acks: Int16?
    var answerMs: (median: Double, most: Double)?

    init(_ evidence: WireEvidence, _ path: PathFacts, file: String) {
        self.file = file
        self.path = path
        for finding in evidence.findings { findings[finding.kind, default: []].append(finding) }
        for capture in evidence.captures {
            for (code, count) in capture.answers {
                if code == "0" {
                    acknowledged += count
                } else if let number = Int(code) {
                    errors[number, default: 0] += count
                }
            }
            deduplicated += capture.deduplicatedAnswers
        }
        let isCut = findings["capture_cut"]?.contains { $0.detail.contains("lack their producer id") } ?? false
        if evidence.batches.contains(where: { $0.producerID >= 0 }) {
            isIdempotent = true
        } else {
            isIdempotent = evidence.batches.isEmpty || isCut ? nil : false
        }
        for batch in evidence.batches { note(batch) }
        noteOrder(evidence.batches)
        batches = evidence.batches.count
        recordsPerBatch = batches == 0 ? 0 : recordsPerBatch / Double(batches)
        noteLatency(evidence.batches)
    }

    private mutating func note(_ batch: WireEvidence.Batch) {
        recordsPerBatch += Double(batch.recordCount)
        for attempt in batch.attempts {
            produceVersion = max(produceVersion ?? 0, attempt.apiVersion)
            acks = attempt.acks
            guard let code = attempt.errorCode, code != 0, firstOfCode[Int(code)] == nil else { continue }
            firstOfCode[Int(code)] = evidence(batch, attempt.ackReachedClientUs, "answered \(code)")
        }
        if batch.attempts.count > 1 {
            resent += 1
            if batch.producerID < 0 { resentWithoutID += 1 }
        }
        guard batch.producerID >= 0 else { return }
        let codes = batch.attempts.map { $0.errorCode ?? -1 }
        if let last = codes.last, last == 45, codes.count > 1, codes.first != 45 {
            refusedRetries.append(
                evidence(
                    batch, batch.attempts.last?.ackReachedClientUs, "sent again after a lost answer, refused with 45"))
        }
    }

    /// What shows only between batches of one partition.
    private mutating func noteOrder(_ batches: [WireEvidence.Batch]) {
        var unanswered: [String: WireEvidence.Batch] = [:]
        var byPayload: [String: WireEvidence.Batch] = [:]
        var firstRefused: [String: WireEvidence.Batch] = [:]
        for batch in batches where batch.producerID >= 0 {
            let key = "\(batch.topic)-\(batch.partition)/\(batch.producerID).\(batch.producerEpoch)"
            let answered = batch.attempts.contains { $0.errorCode == 0 }
            let refused = batch.attempts.last?.errorCode
            if let before = unanswered[key], refused == 45, batch.attempts.count == 1,
                batch.baseSequence == before.lastSequence &+ 1
            {
                gaps.append(
                    evidence(
                        batch, batch.attempts[0].ackReachedClientUs,
                        "refused with 45 behind \(before.id), which nobody answered and which was not sent again"))
            }
            if !answered, refused == nil { unanswered[key] = batch }
            if batch.baseSequence == 0, batch.producerEpoch == 0, batch.attempts.first?.errorCode == 6 {
                firstRefused[key] = batch
            }
            if let race = firstRefused[key], batch.baseSequence > 0, race.id != batch.id,
                let accepted = Self.acceptedUs(batch), Self.acceptedUs(race).map({ $0 > accepted }) ?? true
            {
                newTopicRace.append(
                    evidence(batch, nil, "accepted although \(race.id) before it had been refused with 6"))
                firstRefused[key] = nil
            }
            let payload = "\(batch.topic)-\(batch.partition)/\(batch.payloadHash)"
            if let before = byPayload[payload], before.producerEpoch != batch.producerEpoch {
                let wasRefused = before.attempts.contains { ($0.errorCode ?? 0) != 0 }
                if !wasRefused, answered {
                    underTwoEpochs.append(
                        evidence(
                            batch, nil, "the same records as \(before.id), whose answer was lost, under a new epoch"))
                }
            }
            byPayload[payload] = batch
        }
    }

    /// When a batch was answered with success; nil where it never was.
    private static func acceptedUs(_ batch: WireEvidence.Batch) -> Int64? {
        batch.attempts.first { $0.errorCode == 0 }.flatMap { $0.ackReachedClientUs ?? $0.ackLeftBrokerUs }
    }

    private mutating func noteLatency(_ batches: [WireEvidence.Batch]) {
        var times: [Double] = []
        for batch in batches {
            for attempt in batch.attempts {
                guard let left = attempt.requestLeftClientUs, let back = attempt.ackReachedClientUs else { continue }
                times.append(Double(back - left) / 1000)
            }
        }
        times.sort()
        if let most = times.last { answerMs = (times[times.count / 2], most) }
    }

    private func evidence(_ batch: WireEvidence.Batch, _ timeUs: Int64?, _ text: String) -> Evidence {
        Evidence(source: file, timeUs: timeUs, batch: batch.id, text: "batch \(batch.id): \(text)")
    }

    /// A Produce version that only an old broker would have a modern client use: 0.11 knows v3, 1.0 brought v5.
    var brokerRelease: (release: ReleaseNumber, evidence: Evidence)? {
        guard let produceVersion, produceVersion >= 3, isIdempotent == true else { return nil }
        let releases: [(Int16, ReleaseNumber)] = [(4, .init(0, 11)), (5, .init(1, 0)), (6, .init(2, 0))]
        guard let known = releases.first(where: { produceVersion <= $0.0 }) else { return nil }
        return (
            known.1,
            Evidence(
                source: file,
                text: "Produce v\(produceVersion) is the highest version that the broker offers: \(known.1)")
        )
    }

    /// Evidence of findings of a kind, at most three.
    func found(_ kind: String) -> [Evidence]? {
        guard let list = findings[kind], !list.isEmpty else { return nil }
        return list.prefix(3).map {
            Evidence(source: file, timeUs: $0.timeUs, batch: $0.batch, text: "\(kind): \($0.detail)")
        }
    }
}

extension CaseFile {
    /// Findings of the observer of a kind.
    func found(_ kind: String) -> [Evidence]? { wires.compactMap { $0.found(kind) }.first }

    /// Answers with an error code on the wire.
    func answered(_ code: Int) -> [Evidence]? {
        for wire in wires where (wire.errors[code] ?? 0) > 0 {
            return [
                wire.firstOfCode[code]
                    ?? Evidence(source: wire.file, text: "\(wire.errors[code] ?? 0) answers \(code)")
            ]
        }
        return nil
    }

    /// What the wire says in one of its lists.
    func wire(_ list: any KeyPath<WireFacts, [Evidence]> & Sendable) -> [Evidence]? {
        let evidence = wires.flatMap { $0[keyPath: list] }
        return evidence.isEmpty ? nil : Array(evidence.prefix(3))
    }

    /// What the packets say about the path in one of its lists.
    func path(_ list: any KeyPath<PathFacts, [String]> & Sendable) -> [Evidence]? {
        for wire in wires where !wire.path[keyPath: list].isEmpty {
            return wire.path[keyPath: list].prefix(3).map { Evidence(source: wire.file, text: $0) }
        }
        return nil
    }

    /// Batches that were refused as too large were all sent again in smaller ones, and nothing else was refused so.
    var everyLargeBatchWasSplit: [Evidence]? {
        guard let split = found("batch_split"), sawNone(.tooLargeForClient, .deliveryFailed, .brokerTooLarge) else {
            return nil
        }
        return found("not_appended") == nil && found("outcome_unknown") == nil ? split : nil
    }

    /// True where a capture was handed in: what it does not show was not there.
    var hasCapture: Bool { !wires.isEmpty }
}
