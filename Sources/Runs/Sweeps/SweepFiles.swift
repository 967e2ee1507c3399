import EvidenceModel
import FoundationEssentials
import Glibc
import Reports
import RunRecord

/// Writes the results of a sweep into its directory: `sweep.json`, `sweep.csv` and `report.html`.
enum SweepFiles {
    static func write(_ results: SweepResults, _ directory: SweepDirectory, htmlCopy: String?) throws {
        try directory.run.write(results, to: "sweep.json")
        try write(SweepTable.csv(results), directory.path + "/sweep.csv")
        let page = SweepReport.html(results)
        try write(page, directory.path + "/report.html")
        if let htmlCopy { try write(page, htmlCopy) }
    }

    private static func write(_ text: String, _ path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw HarnessError(operation: "write", subject: path, reason: reason(of: error))
        }
    }
}
