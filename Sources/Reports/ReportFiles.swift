import EvidenceModel
import FoundationEssentials

/// Writes every report of a run into its directory: `results.json`, `report.html`, `junit.xml` and `summary.md`.
public enum ReportFiles {
    /// Files of a cell's record that report.html links to, where they exist.
    public static let linkedFiles = [
        "client.pcapng", "link.jsonl", "history.jsonl", "driver.jsonl", "driver.log", "log.jsonl", "wire.json",
        "verdict.json",
    ]

    /// Writes them all.
    ///
    /// - Parameters:
    ///   - results: the run.
    ///   - directory: the run directory.
    ///   - record: the record of the cell at an index, read when it is drawn and let go at once; nil where there is none
    ///     that can be read: the verdict is then drawn alone.
    /// - Throws: `ReportError` when a file cannot be written.
    public static func write(
        _ results: RunResults, to directory: String, record: (Int) -> CellRecord?
    ) throws {
        try write(try results.json(), directory + "/results.json")
        try write(Data(JUnitReport.xml(results).utf8), directory + "/junit.xml")
        try write(Data(MarkdownSummary.text(results).utf8), directory + "/summary.md")
        var report = HTMLReport(results)
        for (index, cell) in results.cells.enumerated() {
            report.draw(
                record(index), ofCell: index, files: existingFiles("\(directory)/\(cell.directory)"))
        }
        try write(Data(report.html().utf8), directory + "/report.html")
    }

    /// The linked files and captures of every broker node that a cell's directory holds.
    private static func existingFiles(_ directory: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let brokers = names.filter { $0.hasPrefix("broker-") && $0.hasSuffix(".pcapng") }.sorted()
        var files = linkedFiles.filter { names.contains($0) }
        files.insert(contentsOf: brokers, at: files.first == "client.pcapng" ? 1 : 0)
        return files
    }

    private static func write(_ data: Data, _ path: String) throws {
        do {
            try data.write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw ReportError(
                subject: path, problem: "cannot be written: \(reason(of: error))",
                remedy: "check the space left and the directory's owner")
        }
    }
}
