import Drivers
import EvidenceModel
import FoundationEssentials
import Glibc
import SystemCalls
import Testbed
import Verdicts
import WireObserver

/// Judges a cell from its record on disk: decodes the captures, reads every account, and writes `wire.json` and
/// `verdict.json`. Nothing but the record is looked at, so it can be done again at any time.
public enum CellJudge {
    /// Judges and writes.
    ///
    /// - Throws: `RecordError` when there is no record.
    @discardableResult
    public static func judge(_ record: RecordDirectory) throws -> Verdict { try judgeRecord(record).verdict }

    /// Judges and writes, and hands the record on that was judged.
    package static func judgeRecord(_ record: RecordDirectory) throws -> (record: CellRecord, verdict: Verdict) {
        let cell = try record.cellDescription()
        let wire = try wireEvidence(record, cell)
        try record.write(wire)
        let read = try record.record(client: try clientAccount(record, cell), wire: wire)
        let verdict = Judge.judge(read)
        try record.write(verdict)
        return (read, verdict)
    }

    /// The whole record, with the wire as it was decoded last.
    public static func read(_ record: RecordDirectory) throws -> CellRecord {
        try record.record(client: try clientAccount(record, try record.cellDescription()))
    }

    private static func clientAccount(_ record: RecordDirectory, _ cell: CellDescription) throws -> ClientAccount {
        guard record.has(.driver) else {
            return ClientAccount(finished: false, reportsRecords: cell.producer.client != "command")
        }
        return try ClientAccountReader.read(
            contentsOf: record.path(of: .driver), records: cell.workload.records, topics: cell.broker.topics.count)
    }

    private static func wireEvidence(_ record: RecordDirectory, _ cell: CellDescription) throws -> WireEvidence {
        var sources: [CaptureSource] = []
        if record.has(.clientCapture) { sources.append(CaptureSource(record.path(of: .clientCapture), side: .client)) }
        for node in 1...max(cell.broker.nodes, 1) {
            let path = record.brokerCapturePath(node: node)
            if FileManager.default.fileExists(atPath: path) {
                sources.append(CaptureSource(path, side: .broker, node: node))
            }
        }
        var evidence = try WireAnalysis.evidence(
            of: sources, crossingMTU: cell.network?.mtuBytes ?? Int(CellTestbed.mtu))
        // The record may be moved: its files are named within it.
        for index in evidence.captures.indices {
            evidence.captures[index].file = PathText.name(of: evidence.captures[index].file)
        }
        return evidence
    }
}
