import EvidenceModel
import Foundation
import FuzzKit
import Reports
import SyntheticRecords
import Verdicts

/// A sound record on disk, and the text of each of its files.
struct RecordCorpus {
    let directory: RecordDirectory
    let client: ClientAccount
    /// The same in memory.
    let record: CellRecord
    /// In the order of `kinds`.
    let entries: [FuzzEntry]
    let results: FuzzEntry

    init(path: String, trouble: SyntheticCell.Trouble) throws {
        var record = SyntheticCell(records: 18, ratePerS: 9, trouble: trouble).record()
        record.faultLog.removeLast(max(record.faultLog.count - 8, 0))
        client = record.client
        self.record = record
        directory = RecordDirectory(path: path)
        try record.write(to: directory)
        let verdict = Judge.judge(record)
        try directory.write(verdict)
        let directory = directory
        entries = try kinds.map { FuzzEntry(text: Array(try directory.bytes(of: $0) ?? Data())) }
        let run = RunResults(seed: 1, cells: [.init(verdict: verdict, cell: record.cell, directory: "cell")])
        results = FuzzEntry(text: Array(try run.json()))
    }
}
