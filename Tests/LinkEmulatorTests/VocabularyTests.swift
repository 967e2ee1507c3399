import EvidenceModel
import Foundation
import ScenarioModel
import Testing

@testable import LinkEmulator

/// Every word of the link is declared once, and what must repeat it does.
@Suite struct VocabularyTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(Self.root)/\(path)", encoding: .utf8)
    }

    /// What the files of a folder declare with `static let NAME = TYPE(`, as `.NAME`.
    private func declared(_ type: String, in folder: String) throws -> [String] {
        let path = "Sources/LinkEmulator/\(folder)"
        return try FileManager.default.contentsOfDirectory(atPath: "\(Self.root)/\(path)").flatMap { file in
            try text("\(path)/\(file)").matches(of: try Regex("static let ([A-Za-z]+) = \(type)\\(")).compactMap {
                $0.output[1].substring.map { ".\($0)," }
            }
        }
    }

    @Test(arguments: [
        ("ImpairmentKind", "Impairments"), ("ConnectionFaultKind", "ConnectionFaults"),
        ("LinkAction", "Triggers/Actions"),
    ])
    func everyKindIsRegistered(type: String, folder: String) throws {
        let list = try text("Sources/LinkEmulator/LinkVocabulary.swift")
        let names = try declared(type, in: folder)
        #expect(!names.isEmpty)
        for name in names {
            #expect(list.contains(" \(name)\n"), "\(type)\(name) of \(folder) is not in LinkVocabulary.swift")
        }
    }

    @Test func everyWordHasARowInTheDocs() throws {
        let page = try text("docs/link.md")
        for keyword in LinkVocabulary.keywords {
            #expect(page.contains(keyword.name), "'\(keyword.name)' is not in docs/link.md")
        }
    }

    /// A fault's effect is looked for under its name among the fates and the reasons.
    @Test func everyEffectIsAFateOrAReason() {
        let shown = Set(PacketFate.allCases.map(\.rawValue) + ReasonTable.words)
        for keyword in LinkVocabulary.keywords {
            for effect in keyword.effects { #expect(shown.contains(effect), "\(keyword.name): \(effect)") }
        }
    }

    @Test func theWordsOfTheFaultLogAreThese() {
        #expect(
            PacketFate.allCases.map(\.rawValue) == [
                "drop", "delay", "duplicate", "reorder", "corrupt", "mark", "queue", "reset", "refuse", "half-open",
                "partition",
                "phase",
            ])
        #expect(
            LinkReason.allCases.map(\.word) == [
                "message", "retransmission", "overflow", "reset", "timeline", "partition",
            ])
        #expect(LinkReason.allCases.map { Int($0.rawValue) } == Array(LinkReason.allCases.indices))
        #expect(ReasonTable.words[Int(ReasonTable.impairment(3))] == "loss")
        #expect(ReasonTable.words[Int(ReasonTable.connectionFault(0))] == "refuse")
    }

    /// Two kinds of decision with one number would decide alike.
    @Test func everyRandomPurposeHasANumberOfItsOwn() throws {
        var seen: [String: String] = [:]
        let path = "Sources/LinkEmulator/Impairments"
        for file in try FileManager.default.contentsOfDirectory(atPath: "\(Self.root)/\(path)") {
            for match in try text("\(path)/\(file)").matches(of: /static let ([A-Za-z]+): UInt64 = ([0-9]+)\n/) {
                let other = seen.updateValue(String(match.1), forKey: String(match.2))
                #expect(other == nil, "\(match.1) and \(other ?? "") both are \(match.2)")
            }
        }
        #expect(seen.count >= 7)
    }
}
