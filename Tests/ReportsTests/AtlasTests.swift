import EvidenceModel
import Testing

@testable import Reports

/// The atlas: neighbours that differ stand out, seeds that differ are told as such, and nothing from outside is markup.
struct AtlasTests {
    private func entry(_ release: String, _ seen: [String], failed: [Int] = []) -> AtlasResults.Entry {
        AtlasResults.Entry(
            release: release, seen: seen,
            numbers: failed.map { count in
                var measures = Measures()
                measures.failed = count
                return .init(measures)
            }, page: seen.isEmpty ? nil : "s/c/x-\(release)/report.html")
    }

    private var results: AtlasResults {
        AtlasResults(
            crosswind: "0.2", seeds: [1, 2],
            rows: [
                .init(
                    scenario: "gap", claim: "<b>c</b>", cell: "", client: "x",
                    entries: [
                        entry("1.0", ["loss", "loss"], failed: [3, 5]), entry("1.1", []),
                        entry("1.2", ["loss", "loss"]),
                        entry("2.0", ["survives", "survives"]), entry("2.1", ["survives", "loss"]),
                    ])
            ])
    }

    @Test func changesAreBetweenNeighboursThatWereRun() {
        let changes = results.rows[0].changes
        #expect(changes.map(\.after) == ["2.0", "2.1"])
        #expect(changes[0] == .init(before: "1.2", after: "2.0", from: "loss", to: "survives"))
        #expect(changes[1].to == "varies: 1 of 2 loss, 1 of 2 survives")
    }

    @Test func thePageNamesNumbersChangesAndNotes() {
        let text = AtlasMarkdown.text(results) { _, release in release == "2.0" ? "fixed (#1)" : nil }
        #expect(
            text.contains(
                "| gap | loss \\(3 to 5\\) | not run | loss | survives | varies&#58; 1 of 2 loss, 1 of 2 survives |"))
        #expect(text.contains("- **2.0** (before it 1.2), gap: loss -> survives. The release notes say: fixed (#1)"))
    }

    @Test func theMapLeadsToThePagesAndEscapes() {
        let html = AtlasHTML.text(results) { _, _ in nil }
        #expect(html.contains("<td class=\"s changed\"><a href=\"s/c/x-2.0/report.html\">survives</a></td>"))
        #expect(html.contains("<td class=\"n\">not run</td>"))
        #expect(html.contains("<td class=\"v changed\">"))
        #expect(!html.contains("<b>c</b>"))
    }
}
