import EvidenceModel
import Foundation
import Reports
import Testing

@Suite struct MarkdownSummaryTests {
    @Test func theWorstComesFirst() {
        let text = MarkdownSummary.text(run([verdict("a"), verdict("b", outcome: .failed, survived: false)]))
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| |") }
        #expect(rows.count == 2)
        #expect(rows[0].hasPrefix("| ❌ | scenario&#58; b | no | 20000/20000 | 0 | 40 |"))
        #expect(text.hasPrefix("## ❌ scenario\n\n2 cells: 1 failed, 1 passed; seed `42`"))
    }

    @Test func hostileTextMakesNoMarkup() {
        let text = MarkdownSummary.text(run([hostileVerdict()]))
        for forbidden in ["<script", "<img", "](", "`x`", "*b*", "_c_", "\n::", "|`", "javascript:"] {
            #expect(!text.contains(forbidden), "\(forbidden)")
        }
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }
        let bars = { (row: Substring) in row.replacing("\\|", with: "").filter { $0 == "|" }.count }
        #expect(Set(rows.map(bars)).count == 1, "hostile text adds no column and no row")
        #expect(rows.count == 2)
    }

    @Test func aLargeRunFitsAJobPage() {
        let text = MarkdownSummary.text(run((0..<3000).map { verdict("cell-\($0)", outcome: .failed) }))
        #expect(text.utf8.count < 1_000_000)
        #expect(text.contains("and 2700 more"))
    }
}

@Suite struct GitHubAnnotationsTests {
    @Test func eachFailedExpectationStandsAtItsLine() {
        let text = GitHubAnnotations.text(
            run([
                verdict("c", outcome: .inconclusive, survived: nil),
                verdict("b", outcome: .failed, survived: false, reason: "40 duplicates"), verdict("a"),
            ]))
        let lines = text.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(
            lines[0]
                == "::error file=Scenarios/scenario.yaml,line=12,title=scenario%3A b::survives: true: 0. 40 duplicates")
        #expect(lines[2].hasPrefix("::warning file="))
        #expect(GitHubAnnotations.text(run([verdict()])) == "")
    }

    @Test func hostileTextBeginsNoCommand() {
        var results = run([hostileVerdict()])
        results.cells[0].file = "a,line=1::b\n::error::c"
        let lines = GitHubAnnotations.text(results).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 2)
        #expect(lines[0].hasPrefix("::error file=a%2Cline=1%3A%3Bb".replacing("%3B", with: "%3A")))
        #expect(!lines[0].contains("\u{1b}"))
        #expect(lines[1] == "")
    }

    @Test func theEnvironmentDecides() {
        #expect(GitHubAnnotations.isWanted(environment: ["GITHUB_ACTIONS": "true"]))
        #expect(!GitHubAnnotations.isWanted(environment: [:]))
    }
}
