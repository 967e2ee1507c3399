import EvidenceModel

/// A made-up record of a cell, as large as asked for and with a trouble of choice: input for tests and benchmarks of
/// reports, where a real run would take minutes. All of it follows from its arguments.
public struct SyntheticCell {
    /// What goes wrong.
    public enum Trouble: String, CaseIterable, Sendable {
        /// Nothing.
        case none
        /// Lost acks, and a broker that recognises what is sent again.
        case deduplicated
        /// Lost acks without sequences: records twice in the log.
        case duplicates
        /// A batch is given up, the next ones are answered 45, the client raises its epoch.
        case sequenceErrors
        /// Acknowledged records that the log does not hold.
        case loss
        /// Both directions dark for a second: retransmissions, late acks, records given up.
        case partition
    }

    /// Cell id.
    public var id: String
    /// Number of records.
    public var records: Int
    /// Offered rate.
    public var ratePerS: Int
    /// What goes wrong.
    public var trouble: Trouble
    /// Matrix parameters.
    public var parameters: [String: String]
    /// Scenario name.
    public var scenario: String

    fileprivate static let partitions = 3
    private static let batchSize = 20
    fileprivate static let zeroUs: Int64 = 1_800_000_000_000_000

    /// A cell that is made by `record()`.
    public init(
        id: String = "cell", scenario: String = "synthetic", records: Int = 3000, ratePerS: Int = 1000,
        trouble: Trouble = .none, parameters: [String: String] = [:]
    ) {
        self.id = id
        self.scenario = scenario
        self.records = records
        self.ratePerS = ratePerS
        self.trouble = trouble
        self.parameters = parameters
    }

    private var hasSequences: Bool { trouble != .duplicates }

    /// The record.
    public func record() -> CellRecord {
        var state = State(cell: self)
        let perPartition = records / Self.partitions
        for first in stride(from: 0, to: perPartition, by: Self.batchSize) {
            for partition in 0..<Self.partitions {
                state.addBatch(
                    partition: Int32(partition), first: first, count: min(Self.batchSize, perPartition - first))
            }
        }
        return state.finish()
    }

    /// The record while it grows.
    fileprivate struct State {
        let cell: SyntheticCell
        var client = ClientAccount(client: "librdkafka 2.0.2", finished: true, errorNames: ["MSG_TIMED_OUT"])
        var log = LogAccount(complete: true)
        var batches: [WireEvidence.Batch] = []
        var faultLog: [FaultLogEntry] = []
        var ends = [Int64](repeating: 0, count: SyntheticCell.partitions)
        var epoch: Int16 = 0
        var epochStart: [Int] = Array(repeating: 0, count: SyntheticCell.partitions)
        var noise: UInt64 = 88_172_645_463_325_252

        init(cell: SyntheticCell) {
            self.cell = cell
            client.records = Array(repeating: .init(), count: cell.records)
        }

        mutating func random(_ bound: Int64) -> Int64 {
            noise ^= noise << 13
            noise ^= noise >> 7
            noise ^= noise << 17
            return Int64(noise % UInt64(bound))
        }

        private var connection: String { "198.18.0.1:40000>198.18.1.1:9092" }

        private func isDark(_ timeUs: Int64) -> Bool {
            cell.trouble == .partition && (1_000_000..<2_000_000).contains(timeUs - zeroUs)
        }

        private func isHit(_ number: Int, _ timeUs: Int64) -> Bool {
            number % 12 == 7 && (800_000..<1_800_000).contains(timeUs - zeroUs)
        }

        mutating func addBatch(partition: Int32, first: Int, count: Int) {
            let ids = (first..<first + count).map { Int64($0 * SyntheticCell.partitions) + Int64(partition) }
            let sentUs = ids.map { zeroUs + $0 * 1_000_000 / Int64(cell.ratePerS) }
            let leftUs = (sentUs.last ?? zeroUs) + 300 + random(200)
            let number = batches.count
            let hit = isHit(number, leftUs)
            let place = Int(partition)
            if cell.trouble == .sequenceErrors, number == 40 {
                epoch = 1
                for p in epochStart.indices { epochStart[p] = first }
            }
            let sequence = cell.hasSequences ? Int32(first - min(epochStart[place], first)) : -1
            var batch = WireEvidence.Batch(
                id: "orders-\(partition)/1000.\(epoch)/\(cell.hasSequences ? "seq \(sequence)" : "#\(number)")",
                topic: "orders", partition: partition, producerID: cell.hasSequences ? 1000 : -1,
                producerEpoch: cell.hasSequences ? epoch : -1, baseSequence: sequence,
                lastSequence: cell.hasSequences ? sequence + Int32(count) - 1 : -1, recordCount: Int32(count),
                payloadHash: String(number, radix: 16))
            let fate = Fate(cell.trouble, number: number, hit: hit, dark: isDark(leftUs))
            var reportUs = leftUs + 1500 + random(900)
            var offset = ends[place]
            batch.attempts.append(attempt(leftUs, number, fate, offset))
            if fate == .lateAck || fate == .duplicated || fate == .darkened {
                let againUs = fate == .darkened ? max(leftUs + 900_000, zeroUs + 2_050_000) : leftUs + 400_000
                if fate == .duplicated { append(batch, ids, &offset) }
                var again = attempt(againUs, number + 100_000, .fine, fate == .duplicated ? ends[place] : offset)
                again.deduplicated = fate == .lateAck
                again.connection = "198.18.0.1:40002>198.18.1.1:9092"
                again.requestRetransmissions = fate == .darkened ? 3 : 0
                batch.deduplicated = again.deduplicated
                batch.attempts.append(again)
                reportUs = againUs + 1500
                if fate != .darkened { logDrop(leftUs, number) }
            }
            batch.baseOffset = batch.attempts.last?.baseOffset
            batches.append(batch)
            if fate != .refused, fate != .forgotten { append(batch, ids, &offset) }
            report(ids, sentUs, reportUs, partition, offset - Int64(count), fate)
        }

        private func attempt(
            _ leftUs: Int64, _ number: Int, _ fate: Fate, _ offset: Int64
        ) -> WireEvidence.Attempt {
            let lost = fate == .lateAck || fate == .duplicated
            let dark = fate == .darkened
            return WireEvidence.Attempt(
                connection: connection, node: 1, correlationID: Int32(number), apiVersion: 7, acks: -1,
                requestLeftClientUs: leftUs, requestReachedBrokerUs: dark ? nil : leftUs + 400,
                ackLeftBrokerUs: dark ? nil : leftUs + 600, ackReachedClientUs: dark || lost ? nil : leftUs + 1000,
                errorCode: dark ? nil : fate == .refused ? 45 : 0, baseOffset: dark || fate == .refused ? nil : offset,
                fate: dark ? .requestLost : lost ? .ackLost : fate == .refused ? .refused : .acknowledged,
                requestRetransmissions: dark ? 2 : 0)
        }

        private mutating func append(_ batch: WireEvidence.Batch, _ ids: [Int64], _ offset: inout Int64) {
            let place = Int(batch.partition)
            log.batches.append(
                LogBatch(
                    topic: batch.topic, partition: batch.partition, baseOffset: ends[place],
                    producerID: batch.producerID, producerEpoch: batch.producerEpoch,
                    baseSequence: batch.baseSequence, recordIDs: ids,
                    valueHashes: ids.map { String(RecordPayload.expectedHash(id: UInt64($0), size: 64), radix: 16) }))
            ends[place] += Int64(ids.count)
            offset = ends[place]
        }

        private mutating func report(
            _ ids: [Int64], _ sentUs: [Int64], _ reportUs: Int64, _ partition: Int32, _ base: Int64, _ fate: Fate
        ) {
            for (i, id) in ids.enumerated() {
                var report = ClientAccount.Record()
                report.sentUs = sentUs[i]
                report.reportedUs = reportUs + Int64(i)
                report.partition = partition
                report.outcome = fate == .refused ? .notPersisted : .acknowledged
                report.offset = fate == .refused ? -1 : base + Int64(i)
                report.error = fate == .refused ? 0 : -1
                client.records[Int(id)] = report
            }
        }

        private mutating func logDrop(_ leftUs: Int64, _ number: Int) {
            let direction = Direction.brokerToClient
            faultLog.append(
                FaultLogEntry(
                    timeUs: leftUs + 700, fault: "fault-0", fate: "drop", reason: "message", node: 1,
                    direction: direction, packetIndex: UInt64(number), connection: "198.18.1.1:9092>198.18.0.1:40000",
                    lengthBytes: 90,
                    message: .init(api: "Produce", kind: "response", correlationID: Int32(number))))
        }
    }

    /// What becomes of a batch.
    fileprivate enum Fate {
        case fine, lateAck, duplicated, refused, forgotten, darkened

        init(_ trouble: Trouble, number: Int, hit: Bool, dark: Bool) {
            switch trouble {
            case .none: self = .fine
            case .deduplicated: self = hit ? .lateAck : .fine
            case .duplicates: self = hit ? .duplicated : .fine
            case .sequenceErrors: self = (30..<40).contains(number) ? .refused : .fine
            case .loss: self = hit ? .forgotten : .fine
            case .partition: self = dark ? .darkened : .fine
            }
        }
    }
}

extension SyntheticCell.State {
    private var zeroUs: Int64 { SyntheticCell.zeroUs }

    /// The whole record, its log in order.
    fileprivate consuming func finish() -> CellRecord {
        log.batches.sort { ($0.partition, $0.baseOffset) < ($1.partition, $1.baseOffset) }
        for (p, end) in ends.enumerated() { log.endOffsets["orders-\(p)"] = end }
        var wire = WireEvidence(
            captures: [.init(file: "client.pcapng", side: .client), .init(file: "broker-1.pcapng", side: .broker)],
            batches: batches)
        var faults: [CellDescription.Fault] = []
        let endUs = (client.records.map(\.reportedUs).max() ?? zeroUs) + 50_000
        var history = [HistoryEvent(timeUs: zeroUs, kind: .timeZero)]
        switch cell.trouble {
        case .none, .sequenceErrors: break
        case .deduplicated, .duplicates, .loss:
            faults = [
                .init(id: "fault-0", summary: "drop every 12th Produce response and reset", effects: ["drop"])
            ]
            if cell.trouble == .loss { faults = [] }
        case .partition:
            faults = [
                .init(
                    id: "fault-0", summary: "partition, both directions, at 1s for 1s", effects: ["partition"],
                    atMs: 1000, forMs: 1000)
            ]
            history.append(HistoryEvent(timeUs: zeroUs + 1_000_000, kind: .faultBegan, subject: "fault-0"))
            history.append(HistoryEvent(timeUs: zeroUs + 2_000_000, kind: .faultEnded, subject: "fault-0"))
            for i in 0..<400 {
                faultLog.append(
                    FaultLogEntry(
                        timeUs: zeroUs + 1_000_000 + Int64(i) * 2500, fault: "fault-0", fate: "drop",
                        reason: "partition", node: 1, direction: .clientToBroker, packetIndex: UInt64(i),
                        lengthBytes: 1500))
            }
        }
        if cell.trouble == .sequenceErrors {
            wire.findings = [
                .init(
                    kind: "epoch_bump", timeUs: zeroUs + 800_000, batch: nil,
                    detail: "the client goes on with epoch 1 after 45 for orders-0")
            ]
        }
        history += Self.ending(endUs)
        return CellRecord(
            cell: CellDescription(
                scenario: cell.scenario, claim: "A made-up run: \(cell.trouble.rawValue).",
                file: "Scenarios/\(cell.scenario).yaml", id: cell.id, parameters: cell.parameters, seed: 42,
                producer: .init(client: "librdkafka", config: [:]),
                broker: .init(
                    kind: "embedded", topics: [.init(name: "orders", partitions: SyntheticCell.partitions)]),
                workload: .init(records: cell.records / 3 * 3, rateRecordsPerS: Double(cell.ratePerS), sizeBytes: 64),
                faults: faults, expectations: [], recoveryTimeMs: 3000),
            history: history, client: client, log: log, faultLog: faultLog, wire: wire)
    }

    private static func ending(_ endUs: Int64) -> [HistoryEvent] {
        [
            HistoryEvent(timeUs: endUs, kind: .driverDone),
            HistoryEvent(timeUs: endUs, kind: .driverExited, values: ["exit_code": 0]),
            HistoryEvent(timeUs: endUs, kind: .captureEnded, subject: "client.pcapng", values: ["dropped_packets": 0]),
            HistoryEvent(
                timeUs: endUs, kind: .captureEnded, subject: "broker-1.pcapng", values: ["dropped_packets": 0]),
            HistoryEvent(timeUs: endUs, kind: .linkEnded, values: ["lateness_p99_us": 90]),
            HistoryEvent(timeUs: endUs, kind: .cellEnded),
        ]
    }
}
