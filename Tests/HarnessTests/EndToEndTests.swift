import EvidenceModel
import Foundation
import Reports
import Testing

/// The whole path with the real parts: sandbox, link, embedded broker, librdkafka, captures, verdict.
@Suite(.enabled(if: CrosswindProgram.canRunCells, CrosswindProgram.reason), .serialized)
struct EndToEndTests {
    /// Runs one scenario and answers its results.
    static func results(
        _ arguments: [String], expecting exitCode: Int32, scenario: String? = nil
    ) throws -> (results: RunResults, output: String) {
        try CrosswindProgram.withTemporaryDirectory { directory in
            var arguments = arguments
            if let scenario {
                try scenario.write(toFile: directory + "/scenario.yaml", atomically: true, encoding: .utf8)
                arguments.append(directory + "/scenario.yaml")
            }
            let run = directory + "/run"
            let result = try CrosswindProgram.run(["run", "--output", run] + arguments)
            #expect(result.exitCode == exitCode, "\(result.output)\n\(result.errors)")
            let data = try Data(contentsOf: URL(fileURLWithPath: run + "/results.json"))
            return (try JSONDecoder().decode(RunResults.self, from: data), result.output)
        }
    }

    @Test func acksLostWithoutIdempotenceDuplicateAndWithItAreDeduplicated() throws {
        let (results, output) = try Self.results(["Scenarios/causes/idempotence-disabled.yaml"], expecting: 0)
        let plain = results.cells.filter {
            $0.verdict.parameters["producer.config.enable.idempotence"] == "false"
        }
        let idempotent = results.cells.filter {
            $0.verdict.parameters["producer.config.enable.idempotence"] == "true"
        }
        #expect(!plain.isEmpty && !idempotent.isEmpty)
        for cell in plain.map(\.verdict) {
            #expect((cell.measures.duplicates ?? 0) > 0, "\(cell.reason)")
            #expect(cell.survived == false)
            let guilty = cell.properties.first { $0.property == "no-duplicates" }
            #expect(guilty?.batches.isEmpty == false, "the verdict points at no batch")
        }
        for cell in idempotent.map(\.verdict) {
            #expect(cell.measures.duplicates == 0)
            #expect((cell.measures.retriedBatches ?? 0) > 0)
            #expect((cell.measures.deduplicatedBatches ?? 0) > 0, "no deduplication was seen on the wire")
            #expect(cell.survived == true, "\(cell.reason) \(cell.doubts)")
        }
        #expect(output.contains("duplicates"))
    }

    static func small(_ rest: String, idempotent: Bool = true) -> String {
        """
        name: small
        claim: A test of the harness.
        producer: { client: librdkafka, config: { enable.idempotence: \(idempotent), linger.ms: 5 } }
        workload: { records: 1000, rate: 2000/s, size: 100B }
        \(rest)
        """
    }

    @Test func aCleanRunPassesAndEveryAccountAgrees() throws {
        let (results, _) = try Self.results([], expecting: 0, scenario: Self.small(""))
        let verdict = try #require(results.cells.first?.verdict)
        #expect(verdict.outcome == .passed && verdict.survived == true)
        #expect(verdict.measures.sent == 1000 && verdict.measures.acked == 1000)
        #expect(verdict.measures.lost == 0 && verdict.measures.duplicates == 0 && verdict.measures.reordered == 0)
        #expect(verdict.doubts.isEmpty, "\(verdict.doubts)")
    }

    @Test func aFaultThatDoesNotHappenIsInconclusive() throws {
        let fault = "faults: [{ on: { response: Produce, nth: 100000 }, do: [drop, reset] }]"
        let (results, _) = try Self.results([], expecting: 2, scenario: Self.small(fault))
        let verdict = try #require(results.cells.first?.verdict)
        #expect(verdict.outcome == .inconclusive)
        #expect(verdict.faultEvidence.contains { !$0.shown })
    }

    /// The way is long from the first packet, proven, apart from the faults, and no disturbance to recover from.
    @Test func aNetworkIsThereFromTheFirstPacket() throws {
        let way = "network: { rtt: 200ms, jitter: 1ms, mtu: 1400B, clientToBroker: { loss: 0.001% } }"
        let (results, output) = try Self.results([], expecting: 0, scenario: Self.small(way))
        let cell = try #require(results.cells.first)
        #expect(cell.verdict.faultEvidence.map(\.fault) == ["network-0", "network-0", "network-1"])
        let hidden = cell.verdict.faultEvidence.filter { !$0.shown }
        #expect(hidden.isEmpty, "\(hidden)")
        #expect((cell.verdict.measures.ackLatencyMs?.p50 ?? 0) > 199)
        let recovery = cell.verdict.properties.first { $0.property == "recovery" }
        #expect(recovery?.detail == "no fault to recover from")
        #expect(cell.network?.contains("delay 100ms, jitter 1ms") == true)
        #expect(output.contains("network: delay 100ms"))
    }

    @Test func anExpectationThatDoesNotHoldFails() throws {
        let (results, _) = try Self.results(
            [], expecting: 1, scenario: Self.small("expect: [{ duplicates: \"> 0\" }]"))
        #expect(results.cells.first?.verdict.outcome == .failed)
        #expect(results.cells.first?.verdict.assertions.first?.actual == 0)
    }

    @Test func aBrokerThatAppendsDuplicatesIsFoundOut() throws {
        let scenario = Self.small(
            """
            broker: { config: { crosswind.defect.append.duplicates: true } }
            faults: [{ on: { response: Produce, nth: 10 }, do: [drop, reset] }]
            """)
        let (results, _) = try Self.results([], expecting: 1, scenario: scenario)
        let verdict = try #require(results.cells.first?.verdict)
        #expect((verdict.measures.duplicates ?? 0) > 0)
        #expect(verdict.properties.first { $0.property == "no-duplicates" }?.outcome == .failed)
    }

    @Test func aBrokerThatCorruptsAPayloadIsFoundOut() throws {
        let scenario = Self.small("broker: { config: { crosswind.defect.corrupt.payload: true } }")
        let (results, _) = try Self.results([], expecting: 1, scenario: scenario)
        let verdict = try #require(results.cells.first?.verdict)
        #expect(verdict.properties.first { $0.property == "payload-integrity" }?.outcome == .failed)
    }

    @Test func aBrokerThatLosesAcknowledgedRecordsIsFoundOut() throws {
        let scenario = Self.small("broker: { config: { crosswind.defect.lose.every: 20 } }", idempotent: false)
        let (results, _) = try Self.results([], expecting: 1, scenario: scenario)
        let verdict = try #require(results.cells.first?.verdict)
        #expect((verdict.measures.lost ?? 0) > 0)
        #expect(verdict.properties.first { $0.property == "no-loss" }?.outcome == .failed)
    }

    @Test func aPropertyThatTheClientRefusesIsTheUsersMistake() throws {
        let scenario = """
            name: refused
            claim: A test of the harness.
            producer: { client: librdkafka, config: { no.such.property: 1 } }
            workload: { records: 10, rate: 100/s, size: 100B }
            """
        try CrosswindProgram.withTemporaryDirectory { directory in
            try scenario.write(toFile: directory + "/s.yaml", atomically: true, encoding: .utf8)
            let result = try CrosswindProgram.run(["run", "--output", directory + "/run", directory + "/s.yaml"])
            #expect(result.exitCode == 64)
            #expect((result.output + result.errors).contains("no.such.property"))
        }
    }

    @Test func cellsRunInParallel() throws {
        let scenario = """
            name: parallel
            claim: A test of the harness.
            repeat: 4
            producer: { client: librdkafka }
            workload: { records: 500, rate: 250/s, size: 100B }
            """
        let (results, _) = try Self.results(["--jobs", "4"], expecting: 0, scenario: scenario)
        #expect(results.cells.count == 4)
        // Each cell sends for two seconds; one after the other would be eight.
        #expect(results.endedUs - results.startedUs < 7_000_000)
    }

    @Test func aRateIsJudgedOverTheRepeats() throws {
        func scenario(_ check: String) -> String {
            """
            name: rated
            claim: A test of the harness.
            repeat: 2
            producer: { client: librdkafka }
            workload: { records: 200, rate: 1000/s, size: 100B }
            expect: [{ \(check), at_least: 2, of: 2 }]
            """
        }
        let (_, held) = try Self.results([], expecting: 0, scenario: scenario("survives: true"))
        #expect(held.contains("in 2 of 2, at least 2"))
        let (_, broken) = try Self.results([], expecting: 1, scenario: scenario("duplicates: \"> 0\""))
        #expect(broken.contains("in 0 of 2, at least 2"))
    }
}
