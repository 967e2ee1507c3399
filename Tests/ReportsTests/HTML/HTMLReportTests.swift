import EvidenceModel
import Foundation
import Reports
import SyntheticRecords
import Testing
import Verdicts

/// A run with one cell of each trouble, judged and drawn from its records.
func drawnRun(records: Int = 3000, copies: Int = 1) -> (results: RunResults, html: String) {
    var cells: [RunResults.Cell] = []
    var cellRecords: [CellRecord] = []
    for copy in 0..<copies {
        for trouble in SyntheticCell.Trouble.allCases {
            let record = SyntheticCell(
                id: "\(trouble.rawValue)-\(copy)", records: records, trouble: trouble,
                parameters: ["producer.config.acks": trouble.rawValue, "broker.copy": String(copy)]
            ).record()
            cells.append(.init(verdict: Judge.judge(record), cell: record.cell, directory: "s/\(trouble.rawValue)"))
            cellRecords.append(record)
        }
    }
    let results = RunResults(seed: 42, cells: cells)
    var report = HTMLReport(results)
    for (i, record) in cellRecords.enumerated() { report.draw(record, ofCell: i, files: ["client.pcapng"]) }
    return (results, report.html())
}

func occurrences(_ needle: String, in text: String) -> Int { text.components(separatedBy: needle).count - 1 }

@Suite struct HTMLReportTests {
    @Test func everyCellHasItsPlaceInTheMatrixAndItsSection() {
        let (results, html) = drawnRun()
        #expect(occurrences("<details class=\"cell\"", in: html) == results.cells.count)
        #expect(occurrences("class=\"hot ", in: html) == results.cells.count)
        for cell in results.cells {
            #expect(html.contains("href=\"#\(cell.verdict.id)\""))
            #expect(html.contains("id=\"\(cell.verdict.id)\""))
        }
        #expect(html.contains("80 duplicates"))
        #expect(html.contains("class=\"band\""), "the phase of the partition is shaded")
        #expect(html.contains("class=\"moment\""), "faults that a message triggers are marked")
        #expect(html.contains("dropped by fault-0"))
        #expect(html.contains("href=\"./s/duplicates/client.pcapng\""))
    }

    @Test func theLaddersShowBothSidesOfTheFirstGuiltyBatch() throws {
        let html = drawnRun().html
        let start = try #require(html.range(of: "no-duplicates: batch"))
        let ladder = html[start.lowerBound...].prefix(3500)
        for part in [
            "0.8984 s", "0.8988 s", "Produce again", "class=\"cross\"", "In the log at offsets 280–299 and 300–319",
        ] {
            #expect(ladder.contains(part), "\(part)")
        }
        #expect(html.contains("class=\"guilty\""))
    }

    @Test func nothingComesFromTheNetworkAndNothingRuns() {
        let html = drawnRun().html
        for forbidden in ["<script", "http:", "https:", "@import", "url(", "javascript:", "onerror", "<iframe"] {
            #expect(!html.contains(forbidden), "\(forbidden)")
        }
        #expect(html.contains("default-src 'none'"))
    }

    @Test func theSizeDoesNotGrowWithTheNumberOfRecords() {
        let small = drawnRun(records: 3000).html.utf8.count
        let large = drawnRun(records: 60000).html.utf8.count
        #expect(large < small * 8)
        #expect(large < 6 * 250_000)
    }

    @Test func hostileTextStaysText() {
        var report = HTMLReport(run([hostileVerdict(), hostileVerdict(.inconclusive)]))
        report.draw(nil, ofCell: 0, files: [hostile])
        let html = report.html()
        for forbidden in [
            "<script", "<img", "\u{1b}", "\u{0}", "\u{202e}", "javascript:alert(3))\"", "onerror=alert(2)>",
        ] {
            #expect(!html.contains(forbidden), "\(forbidden)")
        }
        #expect(html.contains("&lt;/script&gt;"))
        #expect(!html.contains("href=\"javascript"))
    }

    /// In a suite of many scenarios the reasons stand at the top, gravest first, and lead to their cells.
    @Test func whatFailedStandsFirst() throws {
        let cells =
            (0..<5).map { verdict("ok-\($0)", scenario: "fine-\($0)") }
            + [
                verdict("doubt", scenario: "busy", outcome: .inconclusive, survived: nil, reason: "the link was late"),
                verdict("bad", scenario: "broken", outcome: .failed, survived: false, reason: "40 duplicates"),
            ]
        var report = HTMLReport(run(cells))
        let html = report.html()
        let top = try #require(html.range(of: "<section>"))
        let head = html[..<top.lowerBound]
        #expect(head.contains("<h1 class=\"failed\">✗ 7 scenarios</h1>"))
        let bad = try #require(head.range(of: "href=\"#bad\">broken</a> <span class=\"dim\">40 duplicates"))
        let doubt = try #require(head.range(of: "href=\"#doubt\">busy</a> <span class=\"dim\">the link was late"))
        #expect(bad.lowerBound < doubt.lowerBound)
        #expect(!head.contains("#ok-0"))
        #expect(occurrences("href=\"#_s.", in: String(head)) == 7)
        for name in ["broken", "busy", "fine-0"] { #expect(html.contains("<h2 id=\"_s.\(name)\">")) }
        var one = HTMLReport(run([verdict(outcome: .failed)]))
        #expect(!one.html().contains("<ul class=\"worst\">"), "one cell is all in sight")
    }

    @Test func emptyRunsAndEmptyRecordsAreDrawn() {
        var empty = HTMLReport(run([]))
        #expect(empty.html().contains("nothing was run"))
        var record = SyntheticCell(records: 30).record()
        record.client = ClientAccount()
        record.wire = nil
        record.log = nil
        record.history = []
        var report = HTMLReport(run([verdict()]))
        report.draw(record, ofCell: 0)
        report.draw(record, ofCell: 7)
        #expect(report.html().contains("nothing to show"))
    }
}
