import Foundation
import ScenarioModel
import Testing

@testable import Harness

/// The library and the reference against the words that this build really knows.
@Suite struct ScenarioLibraryTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    @Test func everyScenarioIsValidForThisBuild() throws {
        #expect(try ScenarioLibrary.validate(["\(Self.root)/Scenarios"]).hasSuffix(": valid"))
    }

    @Test func everyWordOfAFaultIsDocumented() throws {
        let text = try String(contentsOfFile: "\(Self.root)/docs/scenario-format.md", encoding: .utf8)
        for keyword in ScenarioLibrary.vocabulary.keywords {
            #expect(text.contains("`\(keyword.name)`"), "\(keyword.name) is not in docs/scenario-format.md")
        }
    }
}
