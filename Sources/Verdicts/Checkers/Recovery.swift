import EvidenceModel

/// Property: after the first disturbance, throughput comes back to 90 % of its level before it, within the scenario's
/// recovery time.
///
/// Evidence: the times at which records were acknowledged. The level before is measured over at least half a second;
/// where the fault comes sooner than that, it is the offered rate, or, for an unpaced load, what little there was.
/// Throughput is back at the first acknowledgement from which half a second carries 90 % of the level. A load that is
/// delivered to its last record after the fault is over has recovered too.
/// Inconclusive: when there is no level to compare with, or the run ended before the recovery time was over.
enum Recovery: Checker {
    static let property = "recovery"
    static let passRestsOn: Set<Account> = [.client]
    static let failRestsOn: Set<Account> = [.client]

    static func check(_ ledger: Ledger) -> PropertyResult {
        let limitMs = ledger.record.cell.recoveryTimeMs
        switch measure(ledger) {
        case .noFault: return passed("no fault to recover from")
        case .untilTheEnd: return passed("not judged: the faults last to the end of the run")
        case .nothingLeft: return passed("not judged: every record was delivered before the faults ended")
        case .noLevel(let why): return inconclusive("not known how fast it was before the first fault: \(why)")
        case .tooShort(let afterMs):
            return inconclusive(
                "the run ended \(Words.number(afterMs.rounded())) ms after the faults, too short to see throughput come"
                    + " back; the scenario needs a longer load")
        case .back(let afterMs, let level):
            let text =
                "throughput back to 90 % of \(Words.number(level.rounded())) records/s"
                + " \(Words.number(afterMs.rounded())) ms after the faults"
            return afterMs <= limitMs ? passed(text) : failed(text + ", allowed are \(Words.number(limitMs)) ms")
        case .delivered(let afterMs):
            let text = "the last record was delivered \(Words.number(afterMs.rounded())) ms after the faults"
            return afterMs <= limitMs ? passed(text) : failed(text + ", allowed are \(Words.number(limitMs)) ms")
        case .inItsOwnTime:
            return passed(
                "not judged: all was delivered, and nobody knows when the program had its pauses")
        case .never(let afterMs, let level):
            return failed(
                "throughput not back to 90 % of \(Words.number(level.rounded())) records/s in the"
                    + " \(Words.number(afterMs.rounded())) ms after the faults, allowed are \(Words.number(limitMs)) ms"
            )
        }
    }

    /// What the acknowledgement times say.
    enum Measurement: Equatable {
        /// Nothing was disturbed.
        case noFault
        /// The disturbance has no end.
        case untilTheEnd
        /// All was delivered before the disturbance ended.
        case nothingLeft
        /// There is no level to compare with.
        case noLevel(String)
        /// Back after this time, to this level.
        case back(afterMs: Double, level: Double)
        /// The load was delivered whole before half a second at the level could be seen.
        case delivered(afterMs: Double)
        /// A program, whose pauses nobody knows, has delivered all that it sent and never reached the level for long.
        case inItsOwnTime
        /// The run went on for this time after the disturbance and the level was not reached.
        case never(afterMs: Double, level: Double)
        /// The run ended this time after the disturbance, before the recovery time was over.
        case tooShort(afterMs: Double)

        /// The number for `recovery_ms`; nil where there is none.
        var recoveryMs: Double? {
            switch self {
            case .back(let afterMs, _), .delivered(let afterMs): afterMs
            default: nil
            }
        }
    }

    private static let windowUs: Int64 = 500_000
    private static let leastUs: Int64 = 100_000
    private static let leastRecords = 20

    static func measure(_ ledger: Ledger) -> Measurement {
        guard let disturbance = Disturbance.first(ledger.record) else { return .noFault }
        let acks = ledger.acknowledgements()
        let endOfRunUs = endOfRun(ledger, lastAckUs: acks.last?.timeUs ?? 0)
        guard let endUs = disturbance.endedUs, endUs < endOfRunUs else {
            let done = disturbance.endedUs != nil && isDelivered(ledger)
            return done ? .nothingLeft : .untilTheEnd
        }
        let level: Double
        switch Self.level(acks, before: disturbance.beganUs, ledger) {
        case .success(let value): level = value
        case .failure(let why): return .noLevel(why.text)
        }
        let after = acks.drop { $0.timeUs < endUs }
        if let backUs = back(Array(after), level: level, endOfRunUs: endOfRunUs) {
            return .back(afterMs: Double(backUs - endUs) / 1000, level: level)
        }
        if isDelivered(ledger) {
            guard let last = after.last else { return .nothingLeft }
            guard ledger.hasReports else { return .inItsOwnTime }
            return .delivered(afterMs: Double(last.timeUs - endUs) / 1000)
        }
        let afterMs = Double(endOfRunUs - endUs) / 1000
        return afterMs < ledger.record.cell.recoveryTimeMs
            ? .tooShort(afterMs: afterMs) : .never(afterMs: afterMs, level: level)
    }

    private struct NoLevel: Error { var text: String }

    private static func level(
        _ acks: [(timeUs: Int64, records: Int)], before beganUs: Int64, _ ledger: Ledger
    ) -> Result<Double, NoLevel> {
        let before = acks.prefix { $0.timeUs < beganUs }
        let records = before.reduce(0) { $0 + $1.records }
        let lengthUs = before.first.map { beganUs - $0.timeUs } ?? 0
        if lengthUs >= windowUs { return .success(Double(records) * 1e6 / Double(lengthUs)) }
        if let rate = ledger.record.cell.workload.rateRecordsPerS { return .success(rate) }
        if lengthUs >= leastUs, records >= leastRecords { return .success(Double(records) * 1e6 / Double(lengthUs)) }
        return .failure(
            NoLevel(
                text: "\(Words.count(records, "record")) in \(Words.number(Double(lengthUs / 1000))) ms; begin the"
                    + " faults later, or give the workload a rate"))
    }

    /// The first acknowledgement from which one window carries 90 % of the level.
    private static func back(
        _ acks: [(timeUs: Int64, records: Int)], level: Double, endOfRunUs: Int64
    ) -> Int64? {
        let needed = level * 0.9 * Double(windowUs) / 1e6
        var end = 0
        var inWindow = 0
        for start in acks.indices {
            while end < acks.count, acks[end].timeUs < acks[start].timeUs + windowUs {
                inWindow += acks[end].records
                end += 1
            }
            if Double(inWindow) >= needed { return acks[start].timeUs }
            if acks[start].timeUs + windowUs > endOfRunUs { return nil }
            inWindow -= acks[start].records
        }
        return nil
    }

    private static func endOfRun(_ ledger: Ledger, lastAckUs: Int64) -> Int64 {
        let done = ledger.record.history.last { $0.kind == .driverDone || $0.kind == .driverExited }?.timeUs ?? 0
        let lastReport = ledger.record.client.records.lazy.map(\.reportedUs).max() ?? 0
        return max(lastAckUs, lastReport, ledger.hasReports ? 0 : done)
    }

    private static func isDelivered(_ ledger: Ledger) -> Bool {
        if ledger.isNumbered, ledger.programIsDone { return !ledger.firstCopies.contains(.absent) }
        guard ledger.hasReports else {
            return (ledger.record.wire?.batches ?? []).indices.allSatisfy {
                ledger.isAcknowledgedOnWire[$0] || ledger.record.wire?.batches[$0].isSplit == true
            }
        }
        return ledger.record.client.records.count >= ledger.record.cell.workload.records
            && ledger.record.client.records.allSatisfy { $0.outcome == .acknowledged }
    }
}
