import EvidenceModel
import Foundation
import Reports
import SyntheticRecords
import Verdicts

/// Measures judging and drawing on records of a given size: `bench-report CELLS RECORDS_PER_CELL OUTPUT.html [ROUNDS]`.
/// Prints seconds and the peak of resident memory. Every cell goes through its files, as in a run.
func run() throws {
    let arguments = CommandLine.arguments
    let cells = arguments.count > 1 ? Int(arguments[1]) ?? 200 : 200
    let records = arguments.count > 2 ? Int(arguments[2]) ?? 5000 : 5000
    let output = arguments.count > 3 ? arguments[3] : "/tmp/bench-report.html"
    let rounds = arguments.count > 4 ? Int(arguments[4]) ?? 1 : 1
    let base =
        FileManager.default.temporaryDirectory.path + "/bench-report-\(ProcessInfo.processInfo.processIdentifier)"
    defer { try? FileManager.default.removeItem(atPath: base) }

    let clients = try writeRecords(cells, of: records, below: base)
    print("\(cells) cells of \(records) records written; peak \(peakMB()) MB")
    for round in 1...rounds { try measure(round, cells, below: base, clients, output) }
}

/// Writes the records of `cells` cells, and gives the accounts of one client of each kind.
func writeRecords(_ cells: Int, of records: Int, below base: String) throws -> [ClientAccount] {
    var clients: [ClientAccount] = []
    let troubles = SyntheticCell.Trouble.allCases
    for i in 0..<cells {
        let cell = SyntheticCell(
            id: "cell-\(i)", records: records, ratePerS: max(records / 3, 100), trouble: troubles[i % troubles.count],
            parameters: ["producer.config.acks": "a\(i % 10)", "producer.config.linger.ms": "\(i / 10)"])
        let record = cell.record()
        let directory = RecordDirectory(path: "\(base)/cell-\(i)")
        try record.write(to: directory)
        if i < troubles.count { clients.append(record.client) }
    }
    return clients
}

/// One round: reads, judges and draws every record.
func measure(
    _ round: Int, _ cells: Int, below base: String, _ clients: [ClientAccount], _ output: String
) throws {
    let clock = ContinuousClock()
    var reading = Duration.zero
    var judging = Duration.zero
    var drawing = Duration.zero
    var verdicts: [RunResults.Cell] = []
    func load(_ i: Int) throws -> CellRecord {
        try RecordDirectory(path: "\(base)/cell-\(i)").record(client: clients[i % clients.count])
    }
    for i in 0..<cells {
        var record: CellRecord?
        reading += try clock.measure { record = try load(i) }
        guard let record else { continue }
        judging += clock.measure {
            verdicts.append(
                RunResults.Cell(verdict: Judge.judge(record), cell: record.cell, directory: "cell-\(i)"))
        }
    }
    let results = RunResults(seed: 42, cells: verdicts)
    var report = HTMLReport(results)
    for i in 0..<cells {
        var record: CellRecord?
        reading += try clock.measure { record = try load(i) }
        drawing += clock.measure {
            report.draw(record, ofCell: i, files: ["client.pcapng", "broker-1.pcapng", "link.jsonl"])
        }
    }
    var html = ""
    drawing += clock.measure { html = report.html() }
    try Data(html.utf8).write(to: URL(fileURLWithPath: output))
    print(
        "round \(round): reading (twice) \(reading), judging \(judging), drawing \(drawing),"
            + " html \(html.utf8.count / 1024) KiB, peak \(peakMB()) MB, now \(currentMB()) MB")
}

/// Peak of resident memory, megabytes.
func peakMB() -> Int { status("VmHWM:") }

/// Resident memory, megabytes.
func currentMB() -> Int { status("VmRSS:") }

private func status(_ key: String) -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(key) }) else { return 0 }
    return (Int(line.split(separator: " ").dropLast().last?.filter(\.isNumber) ?? "") ?? 0) / 1024
}

try run()
