import EvidenceModel
import Foundation
import Testing

@Suite struct RecordedCounterTests {
    @Test func eachCounterHasOneMeaning() {
        let names = RecordedCounter.all.map { "\($0.event.rawValue) \($0.name)" }
        #expect(Set(names).count == names.count)
        #expect(RecordedCounter.all.allSatisfy { RecordedCounter.kinds.contains($0.event) })
    }

    @Test func everyCounterOfTheLinkIsInThePage() throws {
        let page = try String(contentsOfFile: Self.repository + "/docs/link.md", encoding: .utf8)
        let wanted = RecordedCounter.all.map(Self.row)
        let held = page.split(separator: "\n").map(String.init).filter { line in
            RecordedCounter.kinds.contains { line.hasPrefix("| `\($0.rawValue)` | ") }
        }
        #expect(held == wanted, "docs/link.md should hold:\n\(wanted.joined(separator: "\n"))")
    }

    @Test func wordsNameSubjectNumberAndErrno() {
        let words = RecordedCounter.Words("{subject} lost {count}: {errno}", "entry", plural: "entries")
        #expect(words.doubt(subject: "tun0", value: 1) == "tun0 lost 1 entry: Operation not permitted")
        #expect(words.doubt(subject: nil, value: 2).hasPrefix("? lost 2 entries"))
    }

    /// A line of the page's table.
    static func row(_ counter: RecordedCounter) -> String {
        let (account, meaning) =
            switch counter.weight {
            case .doubt(let account, let words): (account.rawValue, "doubt: \(words.text)")
            case .doubtOfMessages(let account, let words, let elsewhere):
                (account.rawValue, "doubt beside a fault `on` a message: \(words.text); else none: \(elsewhere)")
            case .judged(let account, let how): (account.rawValue, "doubt \(how)")
            case .harmless(let why): ("–", "none: \(why)")
            }
        return "| `\(counter.event.rawValue)` | `\(counter.name)` | \(account) | \(meaning) |"
    }

    private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path()
}
