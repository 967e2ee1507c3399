import Foundation
import Testing

@testable import Diagnosis

/// The answer: the linter, the diff, JSON that scripts read, scenarios.
@Suite struct AnswerTests {
    private func diagnose(_ files: [String: String]) throws -> Diagnosis {
        Diagnosis(
            try Incident.caseFile(
                files.sorted { $0.key < $1.key }.map { (name: $0.key, bytes: Array($0.value.utf8)) }))
    }

    @Test func fixIsADiffOfTheUsersOwnFile() throws {
        let python = try diagnose([
            "a.py": "from confluent_kafka import Producer\nconf = {\n    \"acks\": 1,\n    \"linger.ms\": 5,\n}\n",
            "ticket.txt": "Records are missing in the topic.\n",
        ])
        #expect(python.causes.first?.cause.id == "acks-too-lenient")
        #expect(
            python.diff == [
                "--- a.py", "+++ a.py", "@@ line 3 @@", "-    \"acks\": 1,", "+    \"acks\": \"all\",",
                "@@ after line 4 @@", "+    \"enable.idempotence\": True,",
            ])
        let spring = try diagnose([
            "application.yaml":
                "spring:\n  kafka:\n    producer:\n      acks: 1\n      properties:\n        linger.ms: 5\n"
        ])
        #expect(spring.diff.contains("+      acks: all"))
        #expect(spring.diff.contains("+        enable.idempotence: true"))
        let flat = try diagnose(["a.properties": "spring.kafka.producer.acks=1\nspring.kafka.client-id=a\n"])
        #expect(flat.diff.contains("+spring.kafka.producer.acks=all"))
        #expect(flat.diff.contains("+spring.kafka.producer.properties.enable.idempotence=true"))
        let properties = try diagnose(["p.properties": "acks=1\nbuffer.memory=1\n"])
        #expect(properties.diff.contains("-acks=1") && properties.diff.contains("+acks=all"))
    }

    @Test(arguments: [
        ("enable.idempotence=true\nacks=1\nbuffer.memory=9000000\n", Lint.Severity.refused),
        ("enable.idempotence=true\nmax.in.flight.requests.per.connection=6\nbuffer.memory=9000000\n", .refused),
        ("enable.idempotence=true\nretries=0\nbuffer.memory=9000000\n", .refused),
        ("transactional.id=a\nenable.idempotence=false\nbuffer.memory=9000000\n", .refused),
        ("delivery.timeout.ms=9000\nrequest.timeout.ms=30000\nbuffer.memory=9000000\n", .refused),
        ("# librdkafka 2.16\nmessage.timeout.ms=5\nlinger.ms=10\n", .refused),
        ("acks=1\nbuffer.memory=9000000\n", .risk),
        ("retries=0\nbuffer.memory=9000000\n", .risk),
        ("# librdkafka 2.16\nacks=all\nlinger.ms=5\n", .risk),
        ("delivery.timeout.ms=9000\nrequest.timeout.ms=2000\nbuffer.memory=9000000\n", .risk),
        ("# librdkafka 2.16\nenable.idempotence=true\nrequest.timeout.ms=60000\n", .withoutEffect),
        ("# librdkafka 2.16\nenable.idempotence=true\nauto.offset.reset=earliest\n", .withoutEffect),
        ("max.in.flight.requests.per.connection=1\nbuffer.memory=9000000\n", .advice),
    ])
    func linterSays(_ text: String, _ severity: Lint.Severity) throws {
        let lints = try diagnose(["p.properties": text]).lints
        #expect(lints.first?.severity == severity, "\(lints.map(\.says))")
    }

    @Test func soundSettingsNeedNoWord() throws {
        let diagnosis = try diagnose(["p.properties": "acks=all\nlinger.ms=5\nbuffer.memory=33554432\n"])
        #expect(diagnosis.lints.isEmpty)
        #expect(diagnosis.exitCode == 0)
    }

    @Test func everyScenarioOfALintIsThere() throws {
        for text in [
            "acks=1\nretries=0\nbuffer.memory=9\nrequest.timeout.ms=9\ndelivery.timeout.ms=9999\n",
            "# librdkafka 2.16\nretries=1\nrequest.timeout.ms=60000\nsocket.send.buffer.bytes=900\n",
            "request.timeout.ms=2000\nmax.in.flight.requests.per.connection=1\nbuffer.memory=9000000\n",
        ] {
            for lint in try diagnose(["p.properties": text]).lints where !lint.scenario.isEmpty {
                #expect(
                    FileManager.default.fileExists(atPath: CauseTests.top + "/" + lint.scenario), "\(lint.scenario)")
            }
        }
    }

    @Test func jsonHasTheKeysThatScriptsRead() throws {
        for incident in Incident.all.prefix(8) + Incident.all.suffix(4) {
            let diagnosis = Diagnosis(try incident.caseFile())
            let object = try #require(
                JSONSerialization.jsonObject(with: Data(diagnosis.json().utf8)) as? [String: Any], "\(incident.name)")
            #expect((object["inputs"] as? [Any])?.count == incident.files.count)
            #expect(object["verdict"] as? String == diagnosis.verdict.rawValue)
            let causes = try #require(object["causes"] as? [[String: Any]])
            #expect(causes.count == diagnosis.causes.count)
            for cause in causes {
                for key in ["id", "confidence", "evidence", "fix", "folk_fixes", "data_effect"] {
                    #expect(cause[key] != nil, "\(key)")
                }
            }
            #expect((object["undecided"] as? [Any])?.isEmpty == (diagnosis.verdict != .undecided))
            #expect(!diagnosis.text().isEmpty)
            #expect(diagnosis.text().split(separator: "\n").allSatisfy { $0.utf8.count <= 400 })
        }
    }

    @Test func htmlHoldsNoTagOfAnInput() throws {
        let diagnosis = try diagnose(["p.properties": "acks=<script>alert(1)</script>\nbuffer.memory=1\nretries=0\n"])
        #expect(!diagnosis.html(ladder: "<b>").contains("<script>"))
        #expect(diagnosis.html(ladder: "<b>").contains("&lt;b&gt;"))
    }

    @Test func scenarioHoldsBothHalves() throws {
        let diagnosis = try diagnose([
            "a.properties": "# librdkafka 2.16\nacks=all\nlinger.ms=20\nclient.id=a\nssl.ca.location=/etc/x\n",
            "ticket.txt": "Orders are in the topic twice.\n",
        ])
        let scenario = try #require(diagnosis.proofScenarios().first)
        #expect(scenario.cause == "idempotence-off" && scenario.hasFix)
        #expect(scenario.yaml.contains("as: as-found") && scenario.yaml.contains("as: with-fix"))
        #expect(scenario.yaml.contains("version: \"2.16\"") && scenario.yaml.contains("enable.idempotence: true"))
        #expect(!scenario.yaml.contains("ssl.ca") && !scenario.yaml.contains("client.id"))
    }
}

/// A run is compared with the user's own log by the signs of trouble.
@Suite struct EvidenceComparisonTests {
    @Test func saysWhatBothShowAndWhatOneShows() throws {
        let log =
            "2026-11-26 03:00:05,000 ERROR app: delivery of event 1 failed: Local: Message timed out\n"
            + "%4|1795664839.100|FAIL|rdkafka#producer-1| [thrd:b:9092/1]: b:9092/1: Disconnected (after 9ms in state UP)\n"
        let diagnosis = Diagnosis(try Incident.caseFile([(name: "app.log", bytes: Array(log.utf8))]))
        let row = Array("{\"type\":\"failed\",\"error\":\"_MSG_TIMED_OUT\"}\n".utf8)
        let comparison = EvidenceComparison(diagnosis) { feed in row.withUnsafeBytes { feed($0) } }
        #expect(comparison.shared == ["expired"])
        #expect(comparison.missing == ["disconnected"])
    }
}
