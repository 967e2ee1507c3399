import Conformance
import EmbeddedBroker
import Foundation
import KafkaWire
import RecordCompression
import Testing

@Suite(.serialized) struct GoldenTests {
    @Test func everyReleaseIsThere() {
        let rules = GoldenCorpus.recordings.filter { !$0.isOutside }
        #expect(Set(rules.map(\.release)).count == 16 && GoldenCorpus.recordings.count == 33)
        #expect(GoldenCorpus.recordings.count(where: \.isOfTransactions) == 1)
    }

    @Test(arguments: GoldenCorpus.recordings) func everyRecordedAnswerIsGiven(recording: GoldenCorpus.Recording) throws
    {
        let report = try #require(GoldenCorpus.reports[recording.file])
        #expect(report.failed == 0, "\(report.table)")
        #expect(report.passed > 30)
        // What was not recorded says so; nothing else is left out.
        for outcome in report.outcomes {
            if case .skipped(let reason) = outcome.result {
                #expect(reason.hasPrefix("was not recorded"), "\(outcome)")
            }
        }
    }

    /// The detector can fail: a release does not answer as its neighbour did.
    @Test(
        arguments: [
            ("kafka-4.3.0.json.gz", "0.11"), ("kafka-1.0.2.json.gz", "1.0.0"), ("kafka-2.4.1.json.gz", "2.3"),
            ("kafka-2.4.1.json.gz", "2.5"), ("kafka-2.1.1-outside-produce.json.gz", "2.2"),
        ]) func anotherReleaseDoesNotMatch(name: String, release: String) throws
    {
        var file = try CaseFile(path: GoldenCorpus.folder + "/" + name)
        let quick = ["first", "duplicate", "malformed", "wrong"]
        file.cases = file.cases.filter { quick.contains($0.group) }
        let other = try #require(Release(release))
        #expect(ConformanceReport(ConformanceRun(.embedded(other), file).run()).failed > 0)
    }

    /// Nor does another release, or a defect, behave as 4.3.0 did with transactions.
    @Test(arguments: ["4.0.0", "3.9", "2.7"]) func anotherReleaseEndsTransactionsOtherwise(release: String) throws {
        var file = try CaseFile(path: GoldenCorpus.folder + "/kafka-4.3.0-transactions.json.gz")
        file.transactions = file.transactions.filter {
            ["fence", "sequence", "markers", "versions"].contains($0.group)
        }
        let report = ConformanceReport(ConformanceRun(.embedded(try #require(Release(release))), file).run())
        let served = file.transactions.count - report.skipped
        #expect(served == 0 || report.failed > 0)
        // Releases before 4.0 have no levels: what needs one is skipped and said.
        #expect((report.skipped > 0) == !release.hasPrefix("4"))
    }

    @Test func transactionsOverAnAddress() throws {
        let cluster = try EmbeddedCluster.launch(
            BrokerConfiguration(
                nodes: (1...3).map {
                    .init(id: $0, advertisedHost: "127.0.0.1", listen: .address(host: "127.0.0.1", port: 0))
                }, properties: ["group.initial.rebalance.delay.ms": "0"]))
        defer { cluster.end() }
        var file = try CaseFile(path: GoldenCorpus.folder + "/kafka-4.3.0-transactions.json.gz")
        let quick = ["basic", "end", "verify", "offsets", "restart", "concurrent", "topics", "delete"]
        file.transactions = file.transactions.filter { quick.contains($0.group) }
        let target = ConformanceRun.Target.bootstrap(host: "127.0.0.1", port: try cluster.port(of: 2))
        let report = ConformanceReport(ConformanceRun(target, file).run())
        #expect(report.failed == 0, "\(report.table)")
        #expect(report.passed > 60 && report.skipped > 25)
    }

    /// `--bootstrap` skips what it cannot do and counts it apart.
    @Test func anAddressSkipsActions() throws {
        let cluster = try EmbeddedCluster.launch(
            BrokerConfiguration(
                nodes: [.init(id: 1, advertisedHost: "127.0.0.1", listen: .address(host: "127.0.0.1", port: 0))]))
        defer { cluster.end() }
        let file = try CaseFile(path: GoldenCorpus.folder + "/kafka-4.3.0.json.gz")
        let target = ConformanceRun.Target.bootstrap(host: "127.0.0.1", port: try cluster.port(of: 1))
        let report = ConformanceReport(ConformanceRun(target, file).run())
        #expect(report.failed == 0, "\(report.table)")
        #expect(report.passed > 50 && report.skipped > 10)
        #expect(report.table.hasSuffix("\(report.passed) passed, 0 failed, \(report.skipped) skipped"))
    }

    /// A real broker answers 14 to InitProducerId while it loads, and 6 for a topic that it has just made: neither is a rule.
    @Test func aBrokerThatIsNotReadyYetIsWaitedFor() throws {
        let cluster = try EmbeddedCluster.launch(
            BrokerConfiguration(
                nodes: [.init(id: 1, advertisedHost: "127.0.0.1", listen: .address(host: "127.0.0.1", port: 0))],
                properties: ["crosswind.topic.delay.ms": "150", "crosswind.coordinator.load.ms": "1500"]))
        defer { cluster.end() }
        let target = ConformanceRun.Target.bootstrap(host: "127.0.0.1", port: try cluster.port(of: 1))
        for name in ["kafka-4.3.0.json.gz", "kafka-4.3.0-outside-produce.json.gz"] {
            let path = GoldenCorpus.folder + "/" + name
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let report = ConformanceReport(ConformanceRun(target, try CaseFile(path: path)).run())
            #expect(report.failed == 0 && report.passed > 0, "\(report.table)")
        }
    }

    /// The corpus unpacks, and where the recordings themselves are at hand, it is what they say.
    @Test(arguments: GoldenCorpus.recordings) func theCorpusIsWhatWasRecorded(recording: GoldenCorpus.Recording) throws
    {
        let packed = try [UInt8](Data(contentsOf: URL(filePath: recording.path)))
        let ours = Data(try packed.withUnsafeBytes { try Decompression.decompress($0, .gzip, limit: 1 << 26) })
        #expect(String(decoding: ours, as: UTF8.self).contains(recording.isOfTransactions ? "endTxn" : "magic"))
        guard let shared = GoldenCorpus.shared else { return }
        let name = String(recording.file.dropLast(3)).replacing("-transactions", with: "")
        let folders = recording.isOfTransactions ? ["/transactions/"] : ["/releases/", "/sequence/"]
        let places = folders.map { shared + $0 + name }
        guard let original = places.first(where: { FileManager.default.fileExists(atPath: $0) }) else { return }
        #expect(try Data(contentsOf: URL(filePath: original)) == ours, "\(original)")
    }

    /// The table of docs/broker.md is what the runs gave.
    @Test func theTableOfReleasesIsTrue() throws {
        let page = try String(contentsOfFile: GoldenCorpus.checkout + "/docs/broker.md", encoding: .utf8)
        let table = Self.table()
        #expect(page.contains(table), "docs/broker.md should hold:\n\(table)")
    }

    private static func table() -> String {
        var lines = [
            "| release | recorded from | cases | agreed | answers outside Produce | agreed |",
            "|---|---|---|---|---|---|",
        ]
        for name in Release.known {
            let own = GoldenCorpus.recordings.filter { plays($0.release) == name && !$0.isOfTransactions }
            guard let recorded = own.first?.release else {
                lines.append("| \(name) | not recorded | | | | |")
                continue
            }
            func sum(_ isOutside: Bool, _ count: (ConformanceReport) -> Int) -> String {
                let some = own.filter { $0.isOutside == isOutside }.compactMap { GoldenCorpus.reports[$0.file] }
                return some.isEmpty ? "" : "\(some.reduce(0) { $0 + count($1) })"
            }
            let cells = [
                name, recorded, sum(false) { $0.passed + $0.failed }, sum(false, \.passed),
                sum(true) { $0.passed + $0.failed }, sum(true, \.passed),
            ]
            lines.append("|" + cells.map { $0.isEmpty ? " |" : " \($0) |" }.joined())
        }
        return lines.joined(separator: "\n")
    }

    /// The known release that a recorded one is: the newest that is not newer.
    private static func plays(_ recorded: String) -> String? {
        guard let release = Release(recorded) else { return nil }
        return Release.known.last { Release($0).map { $0 <= release } ?? false }
    }
}
