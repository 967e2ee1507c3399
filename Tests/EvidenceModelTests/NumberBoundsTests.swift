import EvidenceModel
import Foundation
import Testing

/// Numbers in a record that no run can have written: each of these made a reader trap, or ask for memory without end.
@Suite struct NumberBoundsTests {
    private static let cell = CellDescription(
        scenario: "s", claim: "c", file: "s.yaml", id: "s-0", parameters: [:], seed: .max,
        producer: .init(client: "librdkafka", config: [:]),
        broker: .init(kind: "embedded", topics: [.init(name: "t", partitions: 2)]),
        workload: .init(records: 4, rateRecordsPerS: 2.5, sizeBytes: 32), faults: [], expectations: [],
        recoveryTimeMs: 1000)

    /// Reads a record in which one file has this text.
    private func read(_ text: String, as file: RecordDirectory.File) throws -> CellRecord {
        let path = NSTemporaryDirectory() + "crosswind-bounds-" + UUID().uuidString
        let directory = RecordDirectory(path: path)
        try directory.create()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try directory.write(Self.cell)
        try directory.write(Data(text.utf8), to: file)
        return try directory.record(client: ClientAccount())
    }

    private func cellText(_ change: (inout CellDescription) -> Void) throws -> String {
        var cell = Self.cell
        change(&cell)
        return String(decoding: try JSONEncoder().encode(cell), as: UTF8.self)
    }

    @Test func whatIsInBoundsIsRead() throws {
        #expect(try read(try cellText { _ in }, as: .cell).cell == Self.cell)
        let history = #"{"time_us":9223372036854775,"event":"time-zero","values":{"fault":-1}}"# + "\n"
        #expect(try read(history, as: .history).unreadable.isEmpty)
    }

    @Test func aCellThatNoMachineCouldHoldIsRefused() throws {
        let changes: [(inout CellDescription) -> Void] = [
            { $0.workload.records = 1 << 39 }, { $0.workload.records = .max }, { $0.workload.records = -1 },
            { $0.workload.rateRecordsPerS = .leastNonzeroMagnitude }, { $0.workload.rateRecordsPerS = 0 },
            { $0.workload.rateRecordsPerS = -5 }, { $0.workload.sizeBytes = 1 << 40 }, { $0.broker.nodes = 1 << 39 },
            { $0.broker.topics[0].partitions = 1 << 39 }, { $0.recoveryTimeMs = 1e300 },
        ]
        for change in changes {
            let text = try cellText(change)
            #expect(throws: RecordError.self, "\(text)") { try read(text, as: .cell) }
        }
    }

    @Test(arguments: [
        (RecordDirectory.File.history, #"{"time_us":9223372036854775807,"event":"time-zero"}"#),
        (.history, #"{"time_us":1,"event":"capture-ended","values":{"dropped_packets":9223372036854775807}}"#),
        (
            .faultLog,
            #"{"time_us":9223372036854775807,"fault":"fault-0","fate":"drop","reason":"loss","node":1,"#
                + #""direction":"clientToBroker","packet_index":0,"length_bytes":40}"#
        ),
        (
            .faultLog,
            #"{"time_us":5,"fault":"fault-0","fate":"delay","reason":"delay","node":1,"delay_us":9223372036854775807,"#
                + #""direction":"clientToBroker","packet_index":18446744073709551615,"length_bytes":40}"#
        ),
        (
            .log,
            #"{"topic":"t","partition":0,"base_offset":9223372036854775807,"producer_id":-1,"producer_epoch":-1,"#
                + #""base_sequence":-1,"record_ids":[0],"value_hashes":["1"]}"#
        ),
    ])
    func aLineBeyondTheBoundsIsADoubt(file: RecordDirectory.File, line: String) throws {
        let record = try read(line + "\n", as: file)
        #expect(record.unreadable.count == 1)
        #expect(record.unreadable.first?.hasPrefix(file.rawValue) == true)
    }

    @Test func wireEvidenceBeyondTheBoundsIsADoubt() throws {
        var capture = WireEvidence.Capture(file: "client.pcapng", side: .client)
        capture.firstPacketUs = .max
        let text = String(decoding: try JSONEncoder().encode(WireEvidence(captures: [capture])), as: UTF8.self)
        let record = try read(text, as: .wire)
        #expect(record.wire == nil)
        #expect(record.unreadable.first?.contains("first_packet_us 9223372036854775807 is out of bounds") == true)
        let exponent = text.replacingOccurrences(of: "9223372036854775807", with: "1e300")
        #expect(try read(exponent, as: .wire).unreadable.count == 1)
        // What stands in quotes is no number, whatever it looks like.
        let quoted = text.replacingOccurrences(of: "client.pcapng", with: #"a\\\"9223372036854775807"#)
            .replacingOccurrences(of: ":9223372036854775807", with: ":5")
        #expect(try read(quoted, as: .wire).unreadable.isEmpty)
    }
}
