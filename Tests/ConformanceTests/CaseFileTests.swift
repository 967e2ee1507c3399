import Conformance
import EmbeddedBroker
import Foundation
import Testing

struct CaseFileTests {
    private func write(_ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "cases-\(UUID().uuidString).json").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func run(_ text: String, release: String = "4.3") throws -> [CaseOutcome] {
        let path = try write(text)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return ConformanceRun(.embedded(try #require(Release(release))), try CaseFile(path: path)).run()
    }

    @Test func aMissingFileIsNamed() {
        #expect(throws: ConformanceError.self) { _ = try CaseFile(path: "/nonexistent/cases.json") }
    }

    @Test func whatIsNoCaseFileIsNamed() throws {
        #expect(throws: ConformanceError.self) { _ = try run(#"{"something": 1}"#) }
    }

    @Test func aWrongExpectationFails() throws {
        let outcomes = try run(
            """
            {"cases": [{"group": "g", "name": "n", "steps": [{"produce": {"acks": -1, "entries": [{"partition": 0, \
            "batches": [{"producer": "A", "epoch": 0, "baseSequence": 0, "recordCount": 1}]}]}, \
            "answer": {"entries": [{"partition": 0, "errorCode": 45, "baseOffset": -1}]}}], "logEndOffset": 7}]}
            """)
        guard case .failed(let differences) = outcomes.first?.result else {
            Issue.record("the case did not fail")
            return
        }
        #expect(differences.count == 2)
    }

    /// A case of transactions fails where an answer, an epoch, the log or who coordinates is not as recorded.
    @Test func aWrongExpectationOfATransactionFails() throws {
        func run(code: Int, epoch: Int, end: String) throws -> CaseOutcome.Result? {
            try self.run(
                """
                {"cases": [{"group": "g", "name": "n", "client": "TV2", "transactionVersion": 2, "steps": [
                {"initProducerId": {"transactionalId": "T", "timeoutMs": 1000, "apiVersion": 5},
                 "answer": {"errorCode": \(code), "producer": "A", "epoch": \(epoch)}},
                {"produce": {"acks": -1, "apiVersion": 12, "transactionalId": "T", "entries": [{"partition": 0, "batches":
                 [{"producer": "A", "epoch": 0, "baseSequence": 0, "recordCount": 1, "transactional": true}]}]},
                 "answer": {"entries": [{"partition": 0, "errorCode": 0, "baseOffset": 0}]}}],
                "end": [{"log": \(end)}], "endTransactions": {"T": {"errorCode": 0, "state": "Ongoing"}}}]}
                """
            ).first?.result
        }
        let log = #"[[0, 0, "A", 0, 0, 1, "T"]]"#
        #expect(try run(code: 0, epoch: 0, end: log) == .passed)
        for result in [
            try run(code: 51, epoch: 0, end: log), try run(code: 0, epoch: 1, end: log),
            try run(code: 0, epoch: 0, end: "[]"),
        ] {
            guard case .failed(let differences)? = result else {
                Issue.record("the case did not fail: \(String(describing: result))")
                continue
            }
            #expect(differences.count == 1)
        }
    }

    @Test func nullRecordsAreNeverAnswered() throws {
        let outcomes = try run(
            """
            {"cases": [{"group": "malformed", "name": "null", "steps": [{"produce": {"acks": -1, "entries": \
            [{"partition": 0, "batches": null}]}, "answer": {"connection": "no answer in 15 s"}}], "logEndOffset": 0}]}
            """)
        #expect(outcomes.first?.result == .passed)
    }

    /// Old messages are packed and damaged as batches are.
    @Test(
        arguments: [
            (#""compression": "gzip""#, 0), (#""corrupt": "crc""#, 2), (#""corrupt": "payloadbit""#, 2),
            (#""corrupt": "truncate", "recordCount": 2"#, 0), (#""compression": "brokenGzip""#, -1),
            (#""compression": "codec5""#, -1), (#""pad": 1100000"#, 10),
        ]) func messageSetsOfEveryKind(extra: String, code: Int) throws
    {
        for magic in 0...1 {
            let outcomes = try run(
                """
                {"cases": [{"group": "g", "name": "n", "steps": [{"produce": {"acks": -1, "apiVersion": 2, "entries": \
                [{"partition": 0, "batches": [{"magic": \(magic), \(extra)}]}]}, "answer": {"entries": [{"partition": 0, \
                "errorCode": \(code), "baseOffset": \(code == 0 ? 0 : -1)}]}}], "logEndOffset": \(code == 0 ? 1 : 0)}]}
                """, release: "2.3")
            #expect(outcomes.first?.result == .passed, "magic \(magic): \(outcomes)")
        }
    }

    /// What is recorded outside Produce: right and wrong answers, and questions that nobody knows.
    @Test func answersOutsideProduceAreCompared() throws {
        let outcomes = try run(
            """
            {"apiVersions": {"0": [0, 1]}, "apiVersions v77": {"raw": "error 35", "listed": [[18, 0, 4]]},
             "deleteRecords before 2 of 3": {"errorCode": 0, "lowWatermark": 2},
             "deleteRecords before 1 of 3": {"errorCode": 0, "lowWatermark": 2}, "listOffsets": [2, 3],
             "produce v(max+1)": {"connection": "closed"}, "what is this": 1, "topic of nobody": {},
             "topic default": {"plain batch": [0, 0], "idempotent batch": [0, 0], "fetch v99": {}}}
            """)
        func result(_ name: String) -> CaseOutcome.Result? { outcomes.first { $0.name == name }?.result }
        for name in [
            "apiVersions v77", "deleteRecords before 2 of 3", "deleteRecords before 1 of 3", "listOffsets",
            "produce v(max+1)", "topic default: idempotent batch",
        ] {
            #expect(result(name) == .passed, "\(name): \(String(describing: result(name)))")
        }
        for name in ["apiVersions", "topic default: plain batch", "topic default: fetch v99"] {
            guard case .failed = result(name) else {
                Issue.record("\(name) did not fail: \(String(describing: result(name)))")
                continue
            }
        }
        for name in ["what is this", "topic of nobody"] {
            guard case .skipped = result(name) else {
                Issue.record("\(name) was not skipped")
                continue
            }
        }
    }
}
