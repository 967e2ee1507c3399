import Conformance
import EmbeddedBroker
import Foundation
import KafkaWire
import Testing

/// Where the recorded cases are: a folder beside the checkout, or what CROSSWIND_SHARED says.
enum Golden {
    static let folder: String? = {
        if let named = ProcessInfo.processInfo.environment["CROSSWIND_SHARED"] { return named + "/golden/sequence" }
        var place = URL(filePath: #filePath).deletingLastPathComponent()
        while place.path != "/" {
            let candidate = place.appending(path: "shared/golden/sequence").path
            if FileManager.default.fileExists(atPath: candidate) { return candidate }
            place = place.deletingLastPathComponent()
        }
        return nil
    }()
}

@Suite(.serialized) struct GoldenTests {
    @Test(
        .enabled(if: Golden.folder != nil, "needs shared/golden beside the checkout; CROSSWIND_SHARED=DIR says where"))
    func everyRecordedCaseMatchesRelease43() throws {
        let file = try CaseFile(path: Golden.folder! + "/kafka-4.3.0.json")
        let report = ConformanceReport(ConformanceRun(.embedded(.standard), file).run())
        #expect(report.failed == 0, "\(report.table)")
        #expect(report.skipped == 0)
        #expect(report.passed == file.cases.count && report.passed > 0)
    }

    /// The detector can fail: an older release does not answer as 4.3 did.
    @Test(
        .enabled(if: Golden.folder != nil, "needs shared/golden beside the checkout; CROSSWIND_SHARED=DIR says where"))
    func anotherReleaseDoesNotMatch() throws {
        var file = try CaseFile(path: Golden.folder! + "/kafka-4.3.0.json")
        file.cases = file.cases.filter { $0.group == "first" || $0.group == "duplicate" }
        let old = try #require(Release("0.11"))
        let report = ConformanceReport(ConformanceRun(.embedded(old), file).run())
        #expect(report.failed > 0)
    }

    /// `--bootstrap` skips what it cannot do and counts it apart.
    @Test(
        .enabled(if: Golden.folder != nil, "needs shared/golden beside the checkout; CROSSWIND_SHARED=DIR says where"))
    func anAddressSkipsActions() throws {
        let cluster = try EmbeddedCluster.launch(
            BrokerConfiguration(
                nodes: [.init(id: 1, advertisedHost: "127.0.0.1", listen: .address(host: "127.0.0.1", port: 0))]))
        defer { cluster.end() }
        let file = try CaseFile(path: Golden.folder! + "/kafka-4.3.0.json")
        let target = ConformanceRun.Target.bootstrap(host: "127.0.0.1", port: try cluster.port(of: 1))
        let report = ConformanceReport(ConformanceRun(target, file).run())
        #expect(report.failed == 0, "\(report.table)")
        #expect(report.passed > 50 && report.skipped > 10)
        #expect(report.table.hasSuffix("\(report.passed) passed, 0 failed, \(report.skipped) skipped"))
    }
}

struct CaseFileTests {
    private func write(_ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "cases-\(UUID().uuidString).json").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func aMissingFileIsNamed() {
        #expect(throws: ConformanceError.self) { _ = try CaseFile(path: "/nonexistent/cases.json") }
    }

    @Test func aWrongExpectationFails() throws {
        let path = try write(
            """
            {"cases": [{"group": "g", "name": "n", "steps": [{"produce": {"acks": -1, "entries": [{"partition": 0, \
            "batches": [{"producer": "A", "epoch": 0, "baseSequence": 0, "recordCount": 1}]}]}, \
            "answer": {"entries": [{"partition": 0, "errorCode": 45, "baseOffset": -1}]}}], "logEndOffset": 7}]}
            """)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let outcomes = ConformanceRun(.embedded(.standard), try CaseFile(path: path)).run()
        guard case .failed(let differences) = outcomes.first?.result else {
            Issue.record("the case did not fail")
            return
        }
        #expect(differences.count == 2)
    }

    @Test func nullRecordsAreNeverAnswered() throws {
        let path = try write(
            """
            {"cases": [{"group": "malformed", "name": "null", "steps": [{"produce": {"acks": -1, "entries": \
            [{"partition": 0, "batches": null}]}, "answer": {"connection": "no answer in 15 s"}}], "logEndOffset": 0}]}
            """)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let outcomes = ConformanceRun(.embedded(.standard), try CaseFile(path: path)).run()
        #expect(outcomes.first?.result == .passed)
    }
}
