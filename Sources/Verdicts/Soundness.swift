import EvidenceModel

/// Finds every reason to mistrust the evidence of a cell.
///
/// Each reason names the account that it touches, so that one account in doubt does not silence the others.
enum Soundness {
    /// The link's lateness (99th percentile) above which a cell proves nothing: 10 ms where an expectation names a
    /// latency, a rate or a recovery; 10 ms or a quarter of what the link held packets for, whichever is more, where the
    /// network or a fault delays; 100 ms elsewhere. There lateness is like a slightly longer way, and changes neither what was
    /// dropped nor what the log holds.
    static func latenessBudgetUs(_ record: CellRecord) -> Int64 {
        if measuresTime(record) { return strictBudgetUs }
        let effects: Set = ["delay", "jitter", "rate", "trace", "reorder", "queue"]
        guard record.cell.waysAndFaults.contains(where: { !effects.isDisjoint(with: $0.effects) }) else {
            return 10 * strictBudgetUs
        }
        let held = record.faultLog.compactMap(\.delayUs).sorted()
        return held.isEmpty ? strictBudgetUs : max(strictBudgetUs, Percentile.of(held, 0.5) / 4)
    }

    /// Whether an expectation names a latency, a rate or a recovery.
    private static func measuresTime(_ record: CellRecord) -> Bool {
        let measures = ["throughput", "ack_latency", "recovery"]
        return record.cell.expectations.contains { expectation in
            measures.contains { expectation.measure.hasPrefix($0) }
        }
    }

    private static let strictBudgetUs: Int64 = 10_000
    /// How late the link's own timer (99th percentile, from time zero on) may be: beyond, packets that no fault held waited
    /// too. 100 ms where an expectation names a latency, a rate or a recovery, 1 s elsewhere.
    private static func starvedUs(_ record: CellRecord) -> Int64 { measuresTime(record) ? 100_000 : 1_000_000 }

    /// The id in the fault log of what the link did without being asked to.
    static let linkItself = "link"

    /// How the doubt begins that the client did not take its configuration.
    static let refusal = "the client did not take its configuration"

    /// Every doubt, the gravest account first.
    static func doubts(_ ledger: Ledger, _ faultEvidence: [FaultEvidence]) -> [Doubt] {
        let record = ledger.record
        let rejected = isRejectedAtOnce(record)
        var doubts = history(record)
        doubts += client(record)
        doubts += log(record)
        doubts += writes(record)
        doubts += record.unreadable.map { Doubt(account: account(ofUnreadable: $0), text: $0) }
        if !rejected {
            doubts += wire(record)
            doubts += link(record)
            doubts += counters(record)
            doubts += faultEvidence.filter { !$0.shown }.map {
                Doubt(
                    account: .experiment,
                    text:
                        "the \(CellDescription.isNetwork($0.fault) ? "network" : "fault") did not show: \($0.fault) \($0.effect) (\($0.configured)): \($0.detail)"
                )
            }
        }
        return doubts
    }

    /// True when the client refused its configuration: a fatal error before the first record. No fault can show then,
    /// and none is needed to know that this configuration delivers nothing.
    static func isRejectedAtOnce(_ record: CellRecord) -> Bool {
        record.client.errors.contains { $0.fatal } && !record.client.records.contains { $0.sentUs > 0 }
    }

    private static func history(_ record: CellRecord) -> [Doubt] {
        var doubts: [Doubt] = record.history.compactMap { event in
            let words = event.detail.map { ": \($0)" } ?? ""
            return switch event.kind {
            case .harnessError: Doubt(account: .harness, text: "the harness failed\(words)")
            case .driverRejected: Doubt(account: .harness, text: "the driver was ended\(words)")
            case .clientRefused:
                Doubt(account: .experiment, text: refusal + words)
            case .noExperiment: Doubt(account: .experiment, text: "there was no experiment\(words)")
            case .interrupted: Doubt(account: .experiment, text: "the cell was interrupted\(words)")
            default: nil
            }
        }
        if doubts.isEmpty, !record.history.contains(where: { $0.kind == .cellEnded }) {
            doubts.append(Doubt(account: .experiment, text: "the history does not tell that the cell ended in order"))
        }
        return doubts
    }

    private static func client(_ record: CellRecord) -> [Doubt] {
        var doubts: [Doubt] = []
        if record.client.malformedLines > 0 {
            let lines = Words.count(record.client.malformedLines, "line")
            let first = record.client.firstMalformed.map { ", the first because \($0)" } ?? ""
            doubts.append(Doubt(account: .client, text: "\(lines) of the driver could not be read\(first)"))
        }
        if record.client.reportsRecords, !record.client.finished, !record.client.errors.contains(where: \.fatal),
            !record.history.contains(where: { $0.kind == .driverRejected })
        {
            let exit = record.history.last { $0.kind == .driverExited }
            let how = exit?.values.map { values in
                " (" + values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ") + ")"
            }
            doubts.append(Doubt(account: .client, text: "the driver did not finish\(how ?? "")"))
        }
        return doubts
    }

    private static func log(_ record: CellRecord) -> [Doubt] {
        guard let log = record.log else { return [Doubt(account: .log, text: "the broker's log was not read back")] }
        if log.complete { return [] }
        guard let first = log.unread.min(by: { $0.key < $1.key }) else {
            return [Doubt(account: .log, text: "the broker's log was read back only in part")]
        }
        let total = log.unread.values.reduce(Int64(0)) { $0.addingReportingOverflow($1).partialValue }
        let count = Words.count(Int(clamping: total), "record")
        return [
            Doubt(
                account: .log,
                text:
                    "\(count) above the high watermark (\(first.key)) could not be read: the leader has them, not every"
                    + " in-sync replica has")
        ]
    }

    private static func account(ofUnreadable text: String) -> Account {
        if text.hasPrefix(RecordDirectory.File.log.rawValue) { return .log }
        if text.contains(RecordDirectory.File.wire.rawValue) { return .wire }
        return .experiment
    }

    private static func wire(_ record: CellRecord) -> [Doubt] {
        guard let wire = record.wire else { return [Doubt(account: .wire, text: "there are no decoded captures")] }
        var doubts: [Doubt] = []
        for side in [WireEvidence.Side.client, .broker] where !wire.captures.contains(where: { $0.side == side }) {
            doubts.append(Doubt(account: .wire, text: "there is no capture of the \(side.rawValue) side"))
        }
        for capture in wire.captures {
            let file = fileName(capture.file)
            let gaps = capture.gaps - SwallowedStretches.count(capture.missing ?? [], record.faultLog)
            if gaps > 0 {
                let gaps = Words.count(gaps, "stretch", "stretches")
                doubts.append(Doubt(account: .wire, text: "\(file): \(gaps) of the streams are missing"))
            }
            if capture.undecodableFrames > 0 {
                let frames = Words.count(capture.undecodableFrames, "frame")
                doubts.append(Doubt(account: .wire, text: "\(file): \(frames) could not be decoded"))
            }
            if !record.history.contains(where: { $0.kind == .captureEnded && $0.subject.map(fileName) == file }) {
                doubts.append(Doubt(account: .wire, text: "\(file): the capture did not end in order"))
            }
        }
        return doubts
    }

    /// The last part of a path: captures are named by whoever read them, with or without their directory.
    private static func fileName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    private static func link(_ record: CellRecord) -> [Doubt] {
        var doubts: [Doubt] = []
        let ends = record.history.filter { $0.kind == .linkEnded }
        let counted = ends.compactMap { $0.values?["overflow_packets"] }.max() ?? 0
        let logged = record.faultLog.lazy.filter { $0.fault == linkItself }.count
        if logged > counted, let overflow = RecordedCounter.named("overflow_packets", of: .linkEnded),
            case .doubt(let account, let words) = overflow.weight
        {
            doubts.append(Doubt(account: account, text: words.doubt(subject: nil, value: Int64(logged))))
        }
        if ends.isEmpty {
            doubts.append(Doubt(account: .experiment, text: "the link's own account is missing"))
        }
        return doubts + lateness(ends, record)
    }

    private static func lateness(_ ends: [HistoryEvent], _ record: CellRecord) -> [Doubt] {
        var doubts: [Doubt] = []
        let budgetUs = latenessBudgetUs(record)
        if let late = ends.compactMap({ $0.values?["lateness_p99_us"] }).max(), late > budgetUs {
            doubts.append(
                Doubt(
                    account: .experiment,
                    text: "the link itself was late: p99 \(Words.number(Double(late) / 1000)) ms, budget"
                        + " \(budgetUs / 1000) ms"))
        }
        if let late = ends.compactMap({ $0.values?["wake_up_lateness_p99_us"] }).max(),
            late > starvedUs(record)
        {
            doubts.append(
                Doubt(
                    account: .experiment,
                    text: "the link itself got no processor: p99 of its timer \(Words.number(Double(late) / 1000)) ms"
                        + " late, budget \(starvedUs(record) / 1000) ms"))
        }
        return doubts
    }

    /// What every counter of the record that is not 0 says against it, by the one table that holds them all.
    private static func counters(_ record: CellRecord) -> [Doubt] {
        let asksForMessages = record.cell.faults.contains { $0.onMessage ?? ($0.atMs == nil) }
        return record.history.filter { RecordedCounter.kinds.contains($0.kind) }.flatMap { event -> [Doubt] in
            guard let values = event.values else {
                return [
                    Doubt(account: .experiment, text: "\(event.kind.rawValue) \(event.subject ?? ""): nothing counted")
                ]
            }
            let subject = event.subject.map(fileName)
            var sums: [(account: Account, words: RecordedCounter.Words, value: Int64)] = []
            func add(_ account: Account, _ words: RecordedCounter.Words, _ value: Int64) {
                if let known = sums.firstIndex(where: { $0.words == words }) {
                    sums[known].value = sums[known].value.addingReportingOverflow(value).partialValue
                } else {
                    sums.append((account, words, value))
                }
            }
            for (name, value) in values.sorted(by: { $0.key < $1.key }) where value != 0 {
                switch RecordedCounter.named(name, of: event.kind)?.weight {
                case .doubt(let account, let words)?: add(account, words, value)
                case .doubtOfMessages(let account, let words, _)?: if asksForMessages { add(account, words, value) }
                case .judged?, .harmless?: break
                case nil: add(.experiment, .init("\(event.kind.rawValue): nobody knows what \(name) means"), value)
                }
            }
            return sums.map { Doubt(account: $0.account, text: $0.words.doubt(subject: subject, value: $0.value)) }
        }
    }

    /// Files of the record that could not be written whole.
    private static func writes(_ record: CellRecord) -> [Doubt] {
        record.history.filter { $0.kind == .recordWriteFailed }.compactMap { event in
            let account: Account
            switch event.subject.map(fileName) {
            case RecordDirectory.File.driver.rawValue: account = .client
            case RecordDirectory.File.driverLog.rawValue: return nil
            default: account = .experiment
            }
            let bytes = Words.count(Int(clamping: event.values?["lost_bytes"] ?? 0), "byte")
            return Doubt(
                account: account,
                text:
                    "\(event.subject ?? "a file") could not be written: \(bytes) lost\(event.detail.map { ", \($0)" } ?? "")"
            )
        }
    }
}
