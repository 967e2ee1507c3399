import EvidenceModel
import Foundation
import KafkaWire
import RawClient

/// Reads a broker's log back, to the end of every partition, by a way that no fault touches.
struct LogReadBack: Sendable {
    /// The broker to ask.
    let broker: any BrokerUnderTest
    /// The topics to read.
    let topics: [String]

    /// Reads.
    ///
    /// - Throws: ``HarnessError`` when no node answers or a partition cannot be read to its end.
    func read() async throws -> LogAccount {
        let start = broker.logStart
        return try await fromAnyNode { Self.account(try $0.read(topics: topics, from: start)) }
    }

    /// Where the partitions end now.
    ///
    /// - Throws: ``HarnessError`` when no node answers.
    func ends() async throws -> [String: [Int32: Int64]] {
        try await fromAnyNode { try $0.endOffsets(topics: topics) }
    }

    private func fromAnyNode<Value: Sendable>(
        _ body: @escaping @Sendable (LogReader) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            // Blocking reads belong on a thread of their own, not on the pool.
            Thread { continuation.resume(with: Result { try fromAnyNodeBlocking(body) }) }.start()
        }
    }

    private func fromAnyNodeBlocking<Value>(_ body: (LogReader) throws -> Value) throws -> Value {
        var failures: [String] = []
        for address in broker.bootstrap.split(separator: ",") {
            let parts = address.split(separator: ":")
            guard parts.count == 2, let port = Int(parts[1]) else { continue }
            let broker = broker
            let reader = LogReader(host: String(parts[0]), port: port) { host, port in
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
            remedy: "a node that was killed must be started again before the end of the cell")
    }

    private static func account(_ log: ReadLog) -> LogAccount {
        var account = LogAccount(complete: log.isComplete && log.batches.allSatisfy(\.isOpened))
        account.batches.reserveCapacity(log.batches.count)
        for batch in log.batches where !batch.header.isControl {
            let empty: [UInt8] = []
            account.batches.append(
                LogBatch(
                    topic: batch.topic, partition: batch.partition, baseOffset: batch.header.baseOffset,
                    producerID: batch.header.producerID, producerEpoch: batch.header.producerEpoch,
                    baseSequence: batch.header.baseSequence,
                    recordIDs: batch.records.map { record in
                        RecordPayload.id(of: record.value ?? empty).flatMap { Int64(exactly: $0) } ?? -1
                    },
                    valueHashes: batch.records.map { String(RecordPayload.hash($0.value ?? empty), radix: 16) }))
        }
        for (topic, partitions) in log.endOffsets {
            for (partition, offset) in partitions { account.endOffsets["\(topic)-\(partition)"] = offset }
        }
        return account
    }
}
