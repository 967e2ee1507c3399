import Foundation
import ScenarioModel
import Testing

@testable import Cells

/// How large the ring of a cell's captures is.
@Suite struct RingTests {
    private func ring(_ workload: String, client: String = "librdkafka") throws -> Int32 {
        let command = client == "command" ? ", command: [true]" : ""
        let path = "\(NSTemporaryDirectory())ring-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let text = """
            name: ring
            claim: c
            broker: { kind: embedded, release: "4.3", topics: [{ name: orders, partitions: 1 }] }
            producer: { client: \(client)\(command) }
            workload: \(workload)
            expect:
              - survives: true
            """
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let scenario = try #require(try ScenarioLibrary.load([path], seed: 0).first)
        return CellCaptures.ringBytes(scenario.cells[0])
    }

    @Test func itHoldsWhatTheCellSendsWithinLimits() throws {
        #expect(try ring("{ records: 100, rate: 100/s, size: 200B }") == 4 << 20)
        #expect(try ring("{ records: 50000, rate: 4000/s, size: 200B }") == 50000 * 300)
        #expect(try ring("{ records: 1000000, rate: 4000/s, size: 100KiB }") == 64 << 20)
        #expect(try ring("{ records: 100, rate: unlimited, size: 200B }") == 64 << 20, "it bursts")
        #expect(try ring("{ records: 100, rate: 100/s, size: 200B }", client: "command") == 64 << 20, "it is not ours")
    }
}
