import Foundation
import SystemCalls
import Testing

@testable import Drivers

/// Drivers are processes that time something: one at a time.
@Suite(.serialized) struct DriverCheckTests {
    private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures/driver.py").path

    private func check(breaking rule: String) throws -> [DriverCheck.Finding] {
        var check = DriverCheck(
            launch: DriverLaunch(
                executable: "/usr/bin/env", arguments: ["python3", Self.fixture], environment: ["BREAK": rule]),
            bootstrap: "127.0.0.1:9",
            topics: [.init(name: "orders", partitions: 3), .init(name: "bills", partitions: 2)])
        check.readySeconds = 10
        check.graceSeconds = 4
        check.stopsAtFirstProblem = true
        check.log = open("/dev/null", O_WRONLY)
        return try check.run()
    }

    @Test func aDriverThatKeepsTheProtocolPasses() throws {
        let findings = try check(breaking: "")
        #expect(findings.filter { $0.problem != nil } == [])
        #expect(findings.count == 9)
    }

    @Test(arguments: [
        ("hello", "says hello"), ("version", "says hello"), ("fatal", "cannot read"), ("exit", "cannot read"),
        ("property", "does not know"), ("words", "does not know"), ("early", "waits for start"),
        ("milliseconds", "reports every record"), ("order", "reports every record"), ("lost", "reports every record"),
        ("twice", "reports every record"), ("totals", "reports every record"), ("linger", "exits 0"),
        ("partition", "round-robin"), ("pace", "paces"), ("stop", "on stop"),
        ("eof", "standard input closes, whatever"),
    ])
    func aBrokenRuleIsFound(rule: String, words: String) throws {
        let findings = try check(breaking: rule)
        #expect(findings.contains { $0.problem != nil && $0.rule.contains(words) }, "\(findings)")
    }

    @Test func theDriverOverLibrdkafkaKeepsTheProtocol() throws {
        // librdkafka brings a broker of its own for tests; what is checked is the driver, not the broker.
        let launch = try DriverCatalog(executableDirectory: Self.products).launch(client: "librdkafka")
        for config in [[:], ["enable.idempotence": "true"]] {
            let check = DriverCheck(
                launch: launch, bootstrap: "127.0.0.1:9", topics: [.init(name: "orders", partitions: 4)],
                config: config.merging(["test.mock.num.brokers": "1"]) { $1 })
            #expect(try check.run().filter { $0.problem != nil } == [])
        }
    }

    /// Where the build puts the executables: beside the test bundle.
    private static let products = InstalledFiles.executableDirectory
}
