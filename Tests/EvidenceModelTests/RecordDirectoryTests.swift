import EvidenceModel
import Foundation
import Testing

/// A directory that is gone after the test.
private func withDirectory(_ body: (RecordDirectory) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "crosswind-record-" + UUID().uuidString
    let directory = RecordDirectory(path: path)
    try directory.create()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(directory)
}

private let cell = CellDescription(
    scenario: "s", claim: "c", file: "s.yaml", id: "s-0", parameters: ["producer.client": "librdkafka"], seed: .max,
    producer: .init(client: "librdkafka", config: ["acks": "all"]),
    broker: .init(kind: "embedded", topics: [.init(name: "or\"ders", partitions: 2)]),
    workload: .init(records: 4, rateRecordsPerS: nil, sizeBytes: 32), faults: [], expectations: [],
    recoveryTimeMs: 1000)

private let log = LogAccount(
    batches: [
        LogBatch(
            topic: "or\"ders\\\n\u{7f}é", partition: 0, baseOffset: 0, producerID: .max, producerEpoch: 0,
            baseSequence: 7, recordIDs: [0, -1, .max], valueHashes: ["00ff00ff00ff00ff", "", "1"]),
        LogBatch(
            topic: "t", partition: 1, baseOffset: 9, producerID: -1, producerEpoch: -1, baseSequence: -1,
            recordIDs: [], valueHashes: []),
    ], endOffsets: ["t-1": 9, "or\"ders-0": 3], complete: true)

private func read(_ bytes: [UInt8]) -> (account: LogAccount, malformedLines: Int, endsInMidLine: Bool) {
    bytes.withUnsafeBufferPointer { LogAccount.read($0) }
}

@Test func everyFileOfARecordComesBackAsItWasWritten() throws {
    try withDirectory { directory in
        var capture = WireEvidence.Capture(file: "client.pcapng", side: .client)
        capture.answers = ["0": 3, "45": 1]
        let wire = WireEvidence(captures: [capture])
        try directory.write(cell)
        try directory.write(wire)
        try directory.write(log)
        let history = #"{"time_us":5,"event":"time-zero"}"# + "\n" + #"{"time_us":6,"event":"cell-en"#
        try directory.write(Data(history.utf8), to: .history)
        let record = try directory.record(client: ClientAccount(client: "x"))
        #expect(record.cell == cell)
        #expect(record.wire == wire)
        #expect(record.log == log)
        #expect(record.history.map(\.kind) == [.timeZero])
        #expect(record.unreadable == ["history.jsonl ends in the middle of a line"])
    }
}

@Test func anEmptyDirectoryHasNoRecordAndSaysWhichFileIsMissing() throws {
    try withDirectory { directory in
        try #expect(directory.log() == nil)
        try #expect(directory.wire() == nil)
        try #expect(directory.history().elements.isEmpty)
        let error = #expect(throws: RecordError.self) { try directory.record(client: ClientAccount()) }
        #expect(error?.description.contains("cell.json does not exist") == true)
    }
}

@Test func damagedWireEvidenceIsADoubtAndNotAnEnd() throws {
    try withDirectory { directory in
        try directory.write(cell)
        try directory.write(Data("{\"captures\":[".utf8), to: .wire)
        let record = try directory.record(client: ClientAccount())
        #expect(record.wire == nil)
        #expect(record.unreadable.first?.contains("wire.json is not a valid WireEvidence") == true)
    }
}

@Test func aLogCutAtAnyByteIsNeverComplete() {
    let whole = log.jsonLines()
    #expect(read(whole).account == log)
    for length in 0..<whole.count - 1 {
        let (account, malformed, _) = read(Array(whole.prefix(length)))
        #expect(!account.complete)
        #expect(malformed == 0)
        #expect(account.batches.count <= 2)
    }
}

@Test func aDamagedLineIsCountedAndTheOthersAreRead() {
    let good = #"{"topic":"t","partition":0,"base_offset":0,"record_ids":[1],"value_hashes":["a"],"new":{"x":[1,{}]}}"#
    let bad = [
        "nonsense", "{", #"{"topic":"t"}"#, good + "x", #"{"topic":"t","partition":99999999999}"#,
        #"{"topic":"t","partition":0,"base_offset":0,"record_ids":[1],"value_hashes":[]}"#, "[[[[", "\u{0}",
    ]
    let text = ([good] + bad + [good, #"{"complete":true}"#]).joined(separator: "\n") + "\n"
    let (account, malformed, endsInMidLine) = read(Array(text.utf8))
    #expect(account.batches.count == 2)
    #expect(malformed == bad.count)
    #expect(!endsInMidLine)
    #expect(!account.complete, "a log with damaged lines is not complete, whatever its last line says")
}

@Test func faultLogLinesAreReadAsCodableWroteThem() throws {
    let entries = [
        FaultLogEntry(
            timeUs: 1_795_550_981_063_000, fault: "fault-0", fate: "drop", reason: "loss", node: 2,
            direction: .brokerToClient, packetIndex: .max, delayUs: -3, connection: "a>b", sequence: .max,
            lengthBytes: 1500, message: .init(api: "Produce", kind: "response", correlationID: -1)),
        FaultLogEntry(
            timeUs: 1, fault: "f", fate: "delay", reason: "delay", node: 0, direction: .clientToBroker, packetIndex: 0,
            lengthBytes: 0),
    ]
    try withDirectory { directory in
        let text = try entries.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) + "\n" }.joined()
        try directory.write(Data((text + "{}\n" + #"{"time_us":1.5,"fault":"f"}"# + "\n").utf8), to: .faultLog)
        let lines = try directory.faultLog()
        #expect(lines.elements == entries)
        #expect(lines.malformedLines == 2)
    }
}
