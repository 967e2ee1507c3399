// Feeds damaged records to everything that reads one: `report`, `diff`, the page of a run and the points of a sweep. One
// file of a record is damaged at a time, in a directory in memory.

import Capacity
import Drivers
import EvidenceModel
import Foundation
import FuzzKit
import Reports
import SyntheticRecords
import Verdicts

let path = "/dev/shm/fuzz-records-\(getpid())"
let troubles = SyntheticCell.Trouble.allCases
let kinds: [RecordDirectory.File] = [.cell, .history, .faultLog, .log, .wire, .verdict]
let plan = WindowPlan(warmUpUs: 100_000, windowUs: 200_000, windows: 3)
let corpus = try troubles.map { try RecordCorpus(path: path + "/" + $0.rawValue, trouble: $0) }
var scratch: [UInt8] = []

/// Reads, judges, observes and now and then draws; true when the record could be read.
func read(_ record: RecordCorpus, _ file: RecordDirectory.File, _ random: inout FuzzRandom) -> Bool {
    // All files at once is what `report` does; one alone, beside sound ones, is the same for that file and much faster.
    let read = random.below(16) == 0 ? whole(record) : part(record, file)
    guard let read, read.cell.workload.records <= 100_000 else { return false }
    let verdict = Judge.judge(read)
    _ = PointObserver.observe(read, plan)
    guard random.below(64) == 0 else { return true }
    let results = RunResults(seed: 1, cells: [.init(verdict: verdict, cell: read.cell, directory: "cell")])
    var report = HTMLReport(results)
    report.draw(read, ofCell: 0, files: ["link.jsonl"])
    _ = report.html()
    return true
}

func whole(_ record: RecordCorpus) -> CellRecord? {
    guard let cell = try? record.directory.cellDescription(), cell.workload.records <= 100_000 else { return nil }
    return try? record.directory.record(client: record.client)
}

func part(_ record: RecordCorpus, _ file: RecordDirectory.File) -> CellRecord? {
    var read = record.record
    do {
        switch file {
        case .cell: read.cell = try record.directory.cellDescription()
        case .history: read.history = try record.directory.history().elements
        case .faultLog: read.faultLog = try record.directory.faultLog().elements
        case .log: read.log = try record.directory.log()?.account
        case .wire: read.wire = try record.directory.wire()
        default: _ = try record.directory.verdict()
        }
        return read
    } catch { return nil }
}

/// What `report`, `diff` and the reports for machines do with a `results.json`.
func readResults(_ data: Data, draws: Bool) -> Bool {
    guard let results = try? RunResults.read(data, file: "results.json") else { return false }
    if draws {
        var report = HTMLReport(results)
        _ = report.html()
        _ = try? results.json()
    }
    let baseline = Baseline([results])
    _ = Comparison(base: baseline, new: Baseline([results]))
    return true
}

/// Writes a file in place: a new file for each input would cost more than what is tested.
func replace(_ path: String, _ bytes: [UInt8]) throws {
    let file = open(path, O_WRONLY | O_TRUNC)
    defer { close(file) }
    guard file >= 0, write(file, bytes, bytes.count) == bytes.count else { throw POSIXError(.EIO) }
}

try FuzzRun.main(memoryMB: 1024) { random in
    let record = corpus[random.below(corpus.count)]
    let kind = random.below(kinds.count + 1)
    if kind == kinds.count {
        record.results.damaged(&random, into: &scratch)
        return readResults(Data(scratch), draws: random.below(16) == 0)
    }
    let file = kinds[kind]
    record.entries[kind].damaged(&random, into: &scratch)
    try replace(record.directory.path(of: file), scratch)
    defer { try? replace(record.directory.path(of: file), record.entries[kind].bytes) }
    return read(record, file, &random)
}
