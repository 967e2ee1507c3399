import EvidenceModel

/// Finds every reason to mistrust the evidence of a cell.
///
/// Each reason names the account that it touches, so that one account in doubt does not silence the others.
enum Soundness {
    /// The link's lateness (99th percentile) above which a cell proves nothing: 10 ms where an expectation names a
    /// latency, a rate or a recovery; 10 ms or a quarter of what the link held packets for, whichever is more, where a
    /// fault delays; 100 ms elsewhere. There lateness is like a slightly longer way, and changes neither what was
    /// dropped nor what the log holds.
    static func latenessBudgetUs(_ record: CellRecord) -> Int64 {
        let measures = ["throughput", "ack_latency", "recovery"]
        let isMeasured = record.cell.expectations.contains { expectation in
            measures.contains { expectation.measure.hasPrefix($0) }
        }
        if isMeasured { return strictBudgetUs }
        let effects: Set = ["delay", "jitter", "rate", "trace", "reorder", "queue"]
        guard record.cell.faults.contains(where: { !effects.isDisjoint(with: $0.effects) }) else {
            return 10 * strictBudgetUs
        }
        let held = record.faultLog.compactMap(\.delayUs).sorted()
        return held.isEmpty ? strictBudgetUs : max(strictBudgetUs, Percentile.of(held, 0.5) / 4)
    }

    private static let strictBudgetUs: Int64 = 10_000

    /// The id in the fault log of what the link did without being asked to.
    static let linkItself = "link"

    /// Every doubt, the gravest account first.
    static func doubts(_ ledger: Ledger, _ faultEvidence: [FaultEvidence]) -> [Doubt] {
        let record = ledger.record
        let rejected = isRejectedAtOnce(record)
        var doubts = history(record)
        doubts += client(record)
        doubts += log(record)
        doubts += record.unreadable.map { Doubt(account: account(ofUnreadable: $0), text: $0) }
        if !rejected {
            doubts += wire(record)
            doubts += link(record)
            doubts += faultEvidence.filter { !$0.shown }.map {
                Doubt(
                    account: .experiment,
                    text: "the fault did not show: \($0.fault) \($0.effect) (\($0.configured)): \($0.detail)")
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
        record.history.compactMap { event in
            let words = event.detail.map { ": \($0)" } ?? ""
            return switch event.kind {
            case .harnessError: Doubt(account: .harness, text: "the harness failed\(words)")
            case .interrupted: Doubt(account: .experiment, text: "the cell was interrupted\(words)")
            default: nil
            }
        }
    }

    private static func client(_ record: CellRecord) -> [Doubt] {
        var doubts: [Doubt] = []
        if record.client.malformedLines > 0 {
            let lines = Words.count(record.client.malformedLines, "line")
            let first = record.client.firstMalformed.map { ", the first because \($0)" } ?? ""
            doubts.append(Doubt(account: .client, text: "\(lines) of the driver could not be read\(first)"))
        }
        if record.client.reportsRecords, !record.client.finished, !record.client.errors.contains(where: \.fatal) {
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
        return log.complete ? [] : [Doubt(account: .log, text: "the broker's log was read back only in part")]
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
            if capture.gaps > 0 {
                let gaps = Words.count(capture.gaps, "stretch", "stretches")
                doubts.append(Doubt(account: .wire, text: "\(file): \(gaps) of the streams are missing"))
            }
            if capture.undecodableFrames > 0 {
                let frames = Words.count(capture.undecodableFrames, "frame")
                doubts.append(Doubt(account: .wire, text: "\(file): \(frames) could not be decoded"))
            }
            guard let end = record.history.last(where: { $0.kind == .captureEnded && $0.subject.map(fileName) == file })
            else {
                doubts.append(Doubt(account: .wire, text: "\(file): the capture did not end in order"))
                continue
            }
            let lost = (end.values?["dropped_packets"] ?? 0) + (end.values?["interface_dropped_packets"] ?? 0)
            if lost > 0 {
                doubts.append(
                    Doubt(account: .wire, text: "\(file): the capture lost \(Words.count(Int(lost), "packet"))")
                )
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
        for event in record.history where event.kind == .deviceCounters {
            let dropped = (event.values ?? [:]).filter { $0.key.hasSuffix("_dropped_packets") }.values.reduce(0, +)
            if dropped > 0 {
                let packets = Words.count(Int(dropped), "packet")
                doubts.append(
                    Doubt(
                        account: .experiment,
                        text: "device \(event.subject ?? "?") dropped \(packets) that no fault asked for"))
            }
        }
        let overflows = record.faultLog.lazy.filter { $0.fault == linkItself }.count
        if overflows > 0 {
            doubts.append(
                Doubt(
                    account: .experiment,
                    text:
                        "the link itself had no room for \(Words.count(overflows, "packet")) that no fault asked to drop"
                ))
        }
        guard let end = record.history.last(where: { $0.kind == .linkEnded }) else {
            doubts.append(Doubt(account: .experiment, text: "the link's own account is missing"))
            return doubts
        }
        let budgetUs = latenessBudgetUs(record)
        if let late = end.values?["lateness_p99_us"], late > budgetUs {
            doubts.append(
                Doubt(
                    account: .experiment,
                    text: "the link itself was late: p99 \(Words.number(Double(late) / 1000)) ms, budget"
                        + " \(budgetUs / 1000) ms"))
        }
        if let lost = end.values?["fault_log_lost_entries"], lost > 0 {
            doubts.append(
                Doubt(account: .experiment, text: "the fault log lost \(Words.count(Int(lost), "entry", "entries"))"))
        }
        return doubts
    }
}
