import Drivers
import EvidenceModel
import Foundation
import Verdicts
import WireObserver

/// Judges a cell from its record on disk: decodes the captures, reads every account, and writes `wire.json` and
/// `verdict.json`. Nothing but the record is looked at, so it can be done again at any time.
public enum CellJudge {
    /// Judges and writes.
    ///
    /// - Throws: `RecordError` when there is no record.
    @discardableResult
    public static func judge(_ record: RecordDirectory) throws -> Verdict {
        let cell = try record.cellDescription()
        let wire = try wireEvidence(record, cell)
        try record.write(wire)
        let client =
            record.has(.driver)
            ? try ClientAccountReader.read(
                contentsOf: record.path(of: .driver), records: cell.workload.records, topics: cell.broker.topics.count)
            : ClientAccount(finished: false, reportsRecords: cell.producer.client != "command")
        let verdict = Judge.judge(try record.record(client: client, wire: wire))
        try record.write(verdict)
        return verdict
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
        var evidence = try WireAnalysis.evidence(of: sources)
        // The record may be moved: its files are named within it.
        for index in evidence.captures.indices {
            evidence.captures[index].file = (evidence.captures[index].file as NSString).lastPathComponent
        }
        return evidence
    }
}
