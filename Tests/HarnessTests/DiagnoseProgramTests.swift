import Foundation
import Testing

/// `crosswind diagnose` as scripts see it: exit codes, streams, proofs.
@Suite struct DiagnoseProgramTests {
    private static func diagnose(_ files: [String: String], _ options: [String] = []) throws -> CrosswindProgram.Result
    {
        try CrosswindProgram.withTemporaryDirectory { directory in
            for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: directory + "/" + name)) }
            return try CrosswindProgram.run(["diagnose"] + files.keys.sorted() + options, in: directory)
        }
    }

    private static let desync =
        "%0|1795664840.189|FATAL|rdkafka#producer-1| [thrd:b:9092/1]: Fatal error: Broker: Broker received an out of order "
        + "sequence number: ProduceRequest for t [0] with 1 message(s) failed due to sequence desynchronization\n"

    @Test func exitCodesAreThoseOfTheAnswer() throws {
        #expect(try Self.diagnose(["p.properties": "acks=all\nbuffer.memory=33554432\n"]).exitCode == 0)
        #expect(try Self.diagnose(["p.properties": "acks=all\nenable.idempotence=true\nretries=0\n"]).exitCode == 1)
        #expect(try Self.diagnose(["app.log": Self.desync, "t.txt": "librdkafka 2.16 died of this.\n"]).exitCode == 2)
        #expect(try CrosswindProgram.run(["diagnose", "no/such/file"]).exitCode == 64)
        #expect(try CrosswindProgram.run(["diagnose"]).exitCode == 64)
        #expect(try CrosswindProgram.run(["diagnose", "README.md", "--fail-on", "worst"]).exitCode == 64)
    }

    @Test func failOnIsForContinuousIntegration() throws {
        let file = [
            "p.properties": "acks=all\nenable.idempotence=true\ndelivery.timeout.ms=9000\nrequest.timeout.ms=2000\n"
        ]
        #expect(try Self.diagnose(file).exitCode == 0)
        #expect(try Self.diagnose(file, ["--fail-on", "refused"]).exitCode == 0)
        #expect(try Self.diagnose(file, ["--fail-on", "risk"]).exitCode == 1)
    }

    @Test func jsonAndPageAreWritten() throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            try Data("acks=1\nbuffer.memory=33554432\n".utf8).write(
                to: URL(fileURLWithPath: directory + "/p.properties"))
            let result = try CrosswindProgram.run(
                ["diagnose", "p.properties", "--json", "--html", "page.html"], in: directory)
            let object = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            #expect(((object["causes"] as? [[String: Any]])?.first?["id"] as? String) == "acks-too-lenient")
            let page = try String(contentsOfFile: directory + "/page.html", encoding: .utf8)
            #expect(page.contains("acks-too-lenient"))
        }
    }

    /// The scenario that is kept is one that `validate` takes, whatever the cause.
    @Test(arguments: [
        ("acks=all\nlinger.ms=20\nqueue.buffering.max.messages=9\n", "Orders are in the topic twice."),
        ("acks=1\nlinger.ms=20\nqueue.buffering.max.messages=9\n", "Records are missing."),
        ("acks=all\nlinger.ms=20\nqueue.buffering.max.messages=9\n", "Records arrive in the wrong order."),
    ])
    func savedScenarioIsValid(_ properties: String, _ ticket: String) throws {
        try CrosswindProgram.withTemporaryDirectory { directory in
            try Data(properties.utf8).write(to: URL(fileURLWithPath: directory + "/p.properties"))
            try Data(ticket.utf8).write(to: URL(fileURLWithPath: directory + "/t.txt"))
            let saved = try CrosswindProgram.run(
                ["diagnose", "p.properties", "t.txt", "--save", "kept"], in: directory)
            #expect(saved.exitCode == 1)
            let valid = try CrosswindProgram.run(["validate", "kept"], in: directory)
            #expect(valid.exitCode == 0, "\(valid.output)\(valid.errors)")
        }
    }

    @Test(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason))
    func proofShowsBothHalves() throws {
        let result = try Self.diagnose(
            ["p.conf": "# librdkafka 2.0.2\nacks=all\nlinger.ms=20\n", "t.txt": "Orders are in the topic twice.\n"],
            ["--prove", "--save", "kept"])
        #expect(result.exitCode == 1, "\(result.errors)")
        #expect(
            result.output.contains("idempotence-off: reproduced with your settings, and gone with the fix"),
            "\(result.output)")
    }
}
