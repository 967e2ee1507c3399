import EvidenceModel

@testable import Verdicts

/// A hand-written history in which all is well: 400 records over two partitions at 200/s, in batches of ten, with both
/// captures, a whole log and a link that did nothing. Tests break one thing at a time.
struct Fixture {
    var record: CellRecord

    static let startUs: Int64 = 1_800_000_000_000_000
    static let connection = "198.18.0.1:40000>198.18.1.1:9092"
    static let recordsPerBatch = 10

    init(records: Int = 400, idempotent: Bool = true, expecting: [CellDescription.Expectation] = []) {
        let cell = CellDescription(
            scenario: "fixture", claim: "all is well", file: "fixture.yaml", id: "fixture-0", parameters: [:], seed: 1,
            producer: .init(client: "librdkafka", config: ["enable.idempotence": String(idempotent)]),
            broker: .init(kind: "embedded", release: "4.3", topics: [.init(name: "orders", partitions: 2)]),
            workload: .init(records: records, rateRecordsPerS: 200, sizeBytes: 64), faults: [],
            expectations: expecting, recoveryTimeMs: 500)
        record = CellRecord(
            cell: cell, history: Self.history(records),
            client: ClientAccount(client: "librdkafka 2.0.2", finished: true),
            log: LogAccount(complete: true), faultLog: [], wire: Self.captures())
        record.client.records = Array(repeating: .init(), count: records)
        let perPartition = records / 2
        for first in stride(from: 0, to: perPartition, by: Self.recordsPerBatch) {
            for partition in 0..<Int32(2) { addBatch(firstOfPartition: first, partition, idempotent: idempotent) }
        }
        record.log?.batches.sort { ($0.partition, $0.baseOffset) < ($1.partition, $1.baseOffset) }
        record.log?.endOffsets = ["orders-0": Int64(perPartition), "orders-1": Int64(perPartition)]
    }

    private static func history(_ records: Int) -> [HistoryEvent] {
        let endUs = startUs + Int64(records) * 5000 + 100_000
        return [
            HistoryEvent(timeUs: startUs, kind: .timeZero),
            HistoryEvent(timeUs: endUs, kind: .driverDone),
            HistoryEvent(timeUs: endUs, kind: .driverExited, values: ["exit_code": 0]),
            HistoryEvent(timeUs: endUs, kind: .captureEnded, subject: "client.pcapng", values: ["dropped_packets": 0]),
            HistoryEvent(
                timeUs: endUs, kind: .captureEnded, subject: "broker-1.pcapng", values: ["dropped_packets": 0]),
            HistoryEvent(timeUs: endUs, kind: .deviceCounters, subject: "tun0", values: ["rx_dropped_packets": 0]),
            HistoryEvent(
                timeUs: endUs, kind: .linkEnded, values: ["lateness_p99_us": 90, "fault_log_lost_entries": 0]),
            HistoryEvent(timeUs: endUs, kind: .cellEnded),
        ]
    }

    private static func captures() -> WireEvidence {
        WireEvidence(captures: [
            .init(file: "client.pcapng", side: .client), .init(file: "broker-1.pcapng", side: .broker),
        ])
    }

    private mutating func addBatch(firstOfPartition first: Int, _ partition: Int32, idempotent: Bool) {
        let ids = (first..<first + Self.recordsPerBatch).map { Int64($0 * 2 + Int(partition)) }
        let sentUs = Self.startUs + (ids.last ?? 0) * 5000
        let sequence = idempotent ? Int32(first) : -1
        let batch = WireEvidence.Batch(
            id: "orders-\(partition)/seq \(sequence)/\(first)", topic: "orders", partition: partition,
            producerID: idempotent ? 1000 : -1, producerEpoch: idempotent ? 0 : -1, baseSequence: sequence,
            lastSequence: idempotent ? Int32(first + Self.recordsPerBatch - 1) : -1,
            recordCount: Int32(Self.recordsPerBatch), payloadHash: "\(partition)/\(first)", baseOffset: Int64(first),
            attempts: [Self.attempt(sentUs: sentUs, offset: Int64(first), correlationID: Int32(ids[0]))])
        record.wire?.batches.append(batch)
        record.log?.batches.append(Self.logBatch(batch, offset: Int64(first), ids: ids))
        for (i, id) in ids.enumerated() {
            record.client.records[Int(id)].sentUs = Self.startUs + id * 5000
            record.client.records[Int(id)].outcome = .acknowledged
            record.client.records[Int(id)].reportedUs = sentUs + 5000
            record.client.records[Int(id)].partition = partition
            record.client.records[Int(id)].offset = Int64(first + i)
        }
    }

    static func attempt(
        sentUs: Int64, offset: Int64?, correlationID: Int32, code: Int16? = 0, fate: WireEvidence.Fate = .acknowledged
    ) -> WireEvidence.Attempt {
        WireEvidence.Attempt(
            connection: connection, node: 1, correlationID: correlationID, apiVersion: 7, acks: -1,
            requestLeftClientUs: sentUs, requestReachedBrokerUs: sentUs + 1000, ackLeftBrokerUs: sentUs + 2000,
            ackReachedClientUs: fate == .ackLost ? nil : sentUs + 3000, errorCode: code, baseOffset: offset, fate: fate)
    }

    static func logBatch(_ batch: WireEvidence.Batch, offset: Int64, ids: [Int64]) -> LogBatch {
        LogBatch(
            topic: batch.topic, partition: batch.partition, baseOffset: offset, producerID: batch.producerID,
            producerEpoch: batch.producerEpoch, baseSequence: batch.baseSequence, recordIDs: ids,
            valueHashes: ids.map { hash($0) })
    }

    static func hash(_ id: Int64) -> String {
        String(RecordPayload.expectedHash(id: UInt64(id), size: 64), radix: 16)
    }

    var verdict: Verdict { Judge.judge(record) }

    func property(_ name: String) -> PropertyResult {
        verdict.properties.first { $0.property == name }
            ?? PropertyResult(property: name, outcome: .inconclusive, detail: "there is no such property")
    }
}

// MARK: - Ways to break it

extension Fixture {
    /// The answer to wire batch `b` is lost by a configured fault, and the client sends the batch again one second
    /// later. A broker without sequences appends it a second time; with sequences it recognises the duplicate.
    mutating func loseAck(of b: Int) {
        guard var batch = record.wire?.batches[b], let offset = batch.baseOffset else { return }
        let idempotent = batch.producerID >= 0
        let sentUs = batch.attempts[0].requestLeftClientUs ?? 0
        let correlationID = batch.attempts[0].correlationID
        batch.attempts[0] = Self.attempt(sentUs: sentUs, offset: offset, correlationID: correlationID, fate: .ackLost)
        let secondOffset = idempotent ? offset : record.log?.endOffsets["orders-\(batch.partition)"] ?? 0
        var second = Self.attempt(sentUs: sentUs + 1_000_000, offset: secondOffset, correlationID: 9000 + correlationID)
        second.deduplicated = idempotent
        batch.deduplicated = idempotent
        batch.attempts.append(second)
        record.wire?.batches[b] = batch
        if !idempotent {
            let ids = record.log?.batches.first { $0.partition == batch.partition && $0.baseOffset == offset }?
                .recordIDs
            record.log?.batches.append(Self.logBatch(batch, offset: secondOffset, ids: ids ?? []))
            record.log?.endOffsets["orders-\(batch.partition)"] = secondOffset + Int64(batch.recordCount)
            for (i, id) in (ids ?? []).enumerated() { record.client.records[Int(id)].offset = secondOffset + Int64(i) }
        }
        let parts = Self.connection.split(separator: ">")
        record.cell.faults = [.init(id: "fault-0", summary: "drop a Produce response", effects: ["drop"])]
        record.faultLog.append(
            FaultLogEntry(
                timeUs: sentUs + 2000, fault: "fault-0", fate: "drop", reason: "message", node: 1,
                direction: .brokerToClient, packetIndex: 7, connection: "\(parts[1])>\(parts[0])", lengthBytes: 90,
                message: .init(api: "Produce", kind: "response", correlationID: correlationID)))
    }

    /// Takes a log batch out, as if the broker had forgotten it; the offsets stay as they are.
    mutating func forgetLogBatch(_ b: Int) { record.log?.batches.remove(at: b) }

    /// Changes the events of one kind.
    mutating func change(_ kind: HistoryEvent.Kind, _ change: (inout HistoryEvent) -> Void) {
        for i in record.history.indices where record.history[i].kind == kind { change(&record.history[i]) }
    }

    /// A timeline fault of an effect, from `fromMs` to `toMs`, which the fault log shows.
    mutating func addPhase(_ effect: String, fromMs: Int64, toMs: Int64?) {
        let id = "fault-\(record.cell.faults.count)"
        record.cell.faults.append(
            .init(id: id, summary: "\(effect) at \(fromMs)ms", effects: [effect], atMs: Double(fromMs)))
        let fromUs = Self.startUs + fromMs * 1000
        record.history.append(HistoryEvent(timeUs: fromUs, kind: .faultBegan, subject: id))
        if let toMs {
            record.history.append(HistoryEvent(timeUs: Self.startUs + toMs * 1000, kind: .faultEnded, subject: id))
        }
        record.history.sort { $0.timeUs < $1.timeUs }
        record.faultLog.append(
            FaultLogEntry(
                timeUs: fromUs + 1, fault: id, fate: effect == "loss" ? "drop" : effect, reason: effect, node: 1,
                direction: .clientToBroker, packetIndex: 3, lengthBytes: 1500))
    }

    /// Moves the reports of every record that was acknowledged in a stretch of the run to its end.
    mutating func holdReports(fromMs: Int64, toMs: Int64) {
        let range = Self.startUs + fromMs * 1000..<Self.startUs + toMs * 1000
        for i in record.client.records.indices where range.contains(record.client.records[i].reportedUs) {
            record.client.records[i].reportedUs = range.upperBound
        }
    }
}

func expectation(_ measure: String, _ comparison: String, _ value: Double) -> CellDescription.Expectation {
    .init(measure: measure, comparison: comparison, value: value, line: 9, text: "\(measure): \(comparison) \(value)")
}

let survives = CellDescription.Expectation(
    measure: "survives", comparison: "==", value: 1, line: 7, text: "survives: true")
let breaks = CellDescription.Expectation(
    measure: "survives", comparison: "==", value: 0, line: 8, text: "survives: false")
