import Foundation
import Testing

@testable import Diagnosis

/// Causes as data: complete, proven, and the same as their page.
@Suite struct CauseTests {
    static let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    @Test func thereAreFiftyAndEachOnce() {
        #expect(Cause.all.count >= 50)
        #expect(Set(Cause.all.map(\.id)).count == Cause.all.count)
    }

    @Test func everyFileIsListed() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.top + "/Sources/Diagnosis/Causes")
        #expect(files.count == Cause.all.count)
    }

    @Test(arguments: Cause.all.map(\.id))
    func isProvenAndComplete(_ id: String) throws {
        let cause = try #require(Cause.all.first { $0.id == id })
        switch cause.proof {
        case .scenario(let path): #expect(FileManager.default.fileExists(atPath: Self.top + "/" + path), "\(path)")
        case .incident:
            #expect(
                Incident.all.contains { incident in
                    let truth = incident.truth
                    return ([truth.cause] + truth.otherCauses + (truth.candidates ?? [])).contains(id)
                })
        case .synthetic: #expect(SyntheticInput.all.contains { $0.cause == id })
        }
        #expect(!cause.rules.isEmpty && !cause.folk.isEmpty && !cause.check.isEmpty)
        #expect(!cause.changes(CaseFile()).isEmpty || !cause.steps.isEmpty, "a cause without a fix")
        let known = Set(Cause.all.map(\.id))
        #expect(cause.follows.allSatisfy(known.contains), "\(cause.follows)")
        #expect(cause.lookAlikes.allSatisfy(known.contains), "\(cause.lookAlikes)")
        #expect(cause.lookAlikes.isEmpty || !cause.decidedBy.isEmpty, "look-alikes, and nothing that decides")
        for change in cause.changes(CaseFile()) { #expect(PropertyName.isKnown(change.property), "\(change.property)") }
    }

    /// Every id of the incidents' truth and of the inputs written by hand is one that is known.
    @Test func everyTruthIsKnown() {
        let known = Set(Cause.all.map(\.id) + ["none"])
        for incident in Incident.all {
            #expect(known.isSuperset(of: [incident.truth.cause] + incident.truth.otherCauses), "\(incident.name)")
        }
        #expect(known.isSuperset(of: SyntheticInput.all.map(\.cause)))
    }

    @Test func pageIsMadeFromThem() throws {
        let page = try String(contentsOfFile: Self.top + "/docs/causes.md", encoding: .utf8)
        #expect(page == CausesPage.markdown(), "crosswind diagnose --causes > docs/causes.md")
    }

    @Test func nothingIsFoundInNothing() {
        let diagnosis = Diagnosis(CaseFile())
        #expect(diagnosis.causes.isEmpty)
        #expect(diagnosis.verdict == .unreadable)
        #expect(diagnosis.exitCode == 2)
    }
}
