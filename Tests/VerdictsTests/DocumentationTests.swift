import EvidenceModel
import Foundation
import Testing

@testable import Verdicts

/// What docs/reports.md says of the judge is what the judge does.
@Suite struct DocumentationTests {
    private func rows() throws -> [[String]] {
        let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: checkout.appending(path: "docs/reports.md"), encoding: .utf8)
        return text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    /// The last column of the table of properties: the accounts that a pass rests on.
    @Test func theEvidenceOfEveryPropertyIsWhatItsPassRestsOn() throws {
        let names: [String: Account] = ["client": .client, "wire": .wire, "log": .log]
        var documented: [String: Set<Account>] = [:]
        for row in try rows() where row.count == 3 {
            let words = row[2] == "all" ? Array(names.keys) : row[2].components(separatedBy: ", ")
            documented[row[0].trimmingCharacters(in: ["`"])] = Set(words.compactMap { names[$0] })
        }
        for checker in Judge.checkers {
            #expect(documented[checker.property] == checker.passRestsOn, "\(checker.property)")
        }
    }
}
