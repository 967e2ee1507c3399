// Feeds damaged lines of a driver to everything that reads them: the scanner that runs beside the driver, the reader of
// the client's account, the judge, and the observer of a sweep's point.

import Capacity
import Drivers
import EvidenceModel
import FuzzKit
import SyntheticRecords
import Verdicts

let records = 18
let base = {
    var record = SyntheticCell(records: records, ratePerS: 9, trouble: .partition).record()
    record.faultLog.removeLast(max(record.faultLog.count - 8, 0))
    return record
}()
let entries = [Session.text(of: base), Session.small].map { FuzzEntry(text: Array($0.utf8)) }
let plan = WindowPlan(warmUpUs: 10_000, windowUs: 20_000, windows: 3)
var scratch: [UInt8] = []

FuzzRun.main(memoryMB: 256) { random in
    entries[random.below(entries.count)].damaged(&random, into: &scratch)
    var scanner = DriverLineScanner()
    let cut = random.below(scratch.count)
    _ = scanner.feed(Array(scratch[..<cut]))
    _ = scanner.feed(Array(scratch[cut...]))
    var record = base
    record.client = scratch.withUnsafeBytes { ClientAccountReader.read($0, records: records, topics: 1) }
    _ = Judge.judge(record)
    if random.below(4) == 0 { _ = PointObserver.observe(record, plan) }
    return record.client.malformedLines == 0
}
