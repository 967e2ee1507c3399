import EvidenceModel
import FoundationEssentials
import Glibc
import KafkaWire
import RawClient
import RunRecord
import SystemCalls

/// Reads a broker's log back, to the end of every partition, by a way that no fault touches.
package struct LogReadBack: Sendable {
    /// The broker to ask.
    let broker: any BrokerUnderTest
    /// The topics to read.
    let topics: [String]
    /// What the program under test numbers its records with; nil when a driver writes values by convention.
    var run: String?
    /// How to log in.
    var login: LogReader.Login?

    /// Reads with `broker`'s own ways and login.
    package init(broker: any BrokerUnderTest, topics: [String], run: String? = nil, login: LogReader.Login? = nil) {
        self.broker = broker
        self.topics = topics
        self.run = run
        self.login = login
    }

    /// How long a high watermark may stay behind its leader's log: a dead follower keeps it until its session ends
    /// (`broker.session.timeout.ms`, 9 s) and the in-sync set shrinks. What lies above it then is read past it.
    package static let watermarkPatience = Duration.seconds(15)

    /// Waits until consumers are given everything that the leaders hold.
    ///
    /// - Returns: the partitions whose high watermark is still behind at `deadline`.
    /// - Throws: ``HarnessError`` when no node answers, `CancellationError`.
    package func waitForWatermarks(until deadline: ContinuousClock.Instant) async throws -> [WatermarkLag] {
        while true {
            let lags = try await fromAnyNode { try $0.watermarkLags(topics: topics) }
            if lags.isEmpty || ContinuousClock.now >= deadline { return lags }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Reads.
    ///
    /// - Throws: ``HarnessError`` when no node answers or a partition cannot be read to its end.
    package func read() async throws -> LogAccount {
        let start = broker.logStart
        return try await fromAnyNode { account(try $0.read(topics: topics, from: start)) }
    }

    /// Where the partitions end now.
    ///
    /// - Throws: ``HarnessError`` when no node answers.
    package func ends() async throws -> [String: [Int32: Int64]] {
        try await fromAnyNode { try $0.endOffsets(topics: topics) }
    }

    /// Reads as consumers with these Fetch versions do, and compares what they get with the log.
    ///
    /// - Throws: ``HarnessError`` when no node answers.
    package func fetch(versions: [Int], comparingWith log: LogAccount) async throws -> [FetchedLog] {
        var stored: [Place: String] = [:]
        for batch in log.batches {
            for (index, hash) in batch.valueHashes.enumerated() {
                stored[Place(batch.topic, batch.partition, batch.baseOffset + Int64(index))] = hash
            }
        }
        var results: [FetchedLog] = []
        for version in versions {
            let start = broker.logStart
            let fetch = try await fromAnyNode {
                try $0.fetch(topics: topics, version: Int16(version), from: start)
            }
            var result = FetchedLog(version: version, errorCode: Int(fetch.error.rawValue), detail: fetch.detail)
            for batch in fetch.batches {
                for record in batch.records {
                    let hash = String(RecordPayload.hash(record.value ?? []), radix: 16)
                    if stored[Place(batch.topic, batch.partition, record.offset)] == hash { result.records += 1 }
                }
            }
            results.append(result)
        }
        return results
    }

    private struct Place: Hashable {
        let topic: String
        let partition: Int32
        let offset: Int64

        init(_ topic: String, _ partition: Int32, _ offset: Int64) {
            self.topic = topic
            self.partition = partition
            self.offset = offset
        }
    }

    private func fromAnyNode<Value: Sendable>(
        _ body: @escaping @Sendable (LogReader) throws -> Value
    ) async throws -> Value {
        try await WorkerThread.run { try self.fromAnyNodeBlocking(body) }
    }

    private func fromAnyNodeBlocking<Value>(_ body: (LogReader) throws -> Value) throws -> Value {
        var failures: [String] = []
        for address in broker.bootstrap.split(separator: ",") {
            guard let place = HostPort(address) else { continue }
            let broker = broker
            let reader = LogReader(host: place.host, port: Int(place.port), login: login) { host, port in
                try broker.connectWithoutFaults(host: host, port: UInt16(clamping: port))
            }
            do {
                return try body(reader)
            } catch {
                failures.append("\(address): \(error)")
            }
        }
        throw HarnessError(
            operation: "read back", subject: "the broker's log", reason: failures.joined(separator: "; "),
            remedy: "where a fault kills a node, let it end (for:) before the end of the cell; where a node ended by "
                + "itself, its log in the cell's directory says why")
    }

    private func account(_ log: ReadLog) -> LogAccount {
        let numbers = numbers(log)
        var account = LogAccount(
            complete: log.isComplete && log.unreadOffsets.isEmpty && log.batches.allSatisfy(\.isOpened),
            isNumbered: numbers != nil)
        for (topic, partitions) in log.unreadOffsets {
            for (partition, count) in partitions { account.unread["\(topic)-\(partition)"] = count }
        }
        account.batches.reserveCapacity(log.batches.count)
        for (index, batch) in log.batches.enumerated() where !batch.header.isControl {
            let empty: [UInt8] = []
            account.batches.append(
                LogBatch(
                    topic: batch.topic, partition: batch.partition, baseOffset: batch.header.baseOffset,
                    producerID: batch.header.producerID, producerEpoch: batch.header.producerEpoch,
                    baseSequence: batch.header.baseSequence,
                    recordIDs: numbers?[index]
                        ?? batch.records.map { record in
                            RecordPayload.id(of: record.value ?? empty).flatMap { Int64(exactly: $0) } ?? -1
                        },
                    valueHashes: batch.records.map { String(RecordPayload.hash($0.value ?? empty), radix: 16) }))
        }
        for (topic, partitions) in log.endOffsets {
            for (partition, offset) in partitions { account.endOffsets["\(topic)-\(partition)"] = offset }
        }
        return account
    }

    /// The numbers in the records' headers, batch by batch; nil when no record of this run has one.
    private func numbers(_ log: ReadLog) -> [[Int64]]? {
        guard let run else { return nil }
        let numbers = log.batches.map { batch in
            batch.records.map { $0.header.flatMap { RecordNumber.number(of: $0, run: run) } ?? -1 }
        }
        return numbers.contains { $0.contains { $0 >= 0 } } ? numbers : nil
    }
}

/// What a consumer with one Fetch version got.
package struct FetchedLog: Sendable {
    /// The version.
    package let version: Int
    /// Records that are as the log holds them, at the offset where it holds them.
    package var records = 0
    /// The first error answered, 0 for none.
    package let errorCode: Int
    /// Words for people.
    package let detail: String
}
