import CaptureSynthesis
import EvidenceModel
import Foundation
import KafkaWire

@testable import WireObserver

/// A capture built by a closure.
func syntheticCapture(_ body: (SyntheticCapture) throws -> Void) rethrows -> [UInt8] {
    var bytes: [UInt8] = []
    let capture = SyntheticCapture { bytes += $0 }
    try body(capture)
    capture.finish()
    return bytes
}

func syntheticConnection(
    _ capture: SyntheticCapture, port: UInt16 = 40_000, brokerPort: UInt16 = 9092, node: UInt32 = 1,
    clientISN: UInt32 = 1000, segmentSize: Int = 1460
) -> SyntheticConnection {
    SyntheticConnection(
        capture, client: .init(0xC612_0001, port), broker: .init(0xC612_0001 + node << 8, brokerPort),
        clientISN: clientISN, segmentSize: segmentSize)
}

/// The analysis of one capture in memory.
func analyse(_ bytes: [UInt8], side: WireEvidence.Side? = nil) throws -> WireAnalysis {
    try bytes.withUnsafeBytes { try WireAnalysis(bytes: $0, side: side) }
}

/// Bytes as a file that lives as long as the test's process.
func temporaryFile(_ bytes: [UInt8], _ name: String = "capture.pcapng") throws -> String {
    let directory = FileManager.default.temporaryDirectory.path + "/crosswind-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let path = directory + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
}

extension SyntheticConnection {
    /// A request with one batch and its answer, none of it lost.
    mutating func exchange(
        _ batch: SyntheticKafka.Batch, correlationID: Int32, version: Int16 = 9, acks: Int16 = -1,
        errorCode: Int16 = 0, baseOffset: Int64 = 0, logAppendTimeMs: Int64 = -1, answered: Bool = true
    ) throws {
        send(
            try SyntheticKafka.request([batch], correlationID: correlationID, version: version, acks: acks),
            fromClient: true)
        guard answered else { return }
        var answer = SyntheticKafka.Answer()
        answer.topic = batch.topic
        answer.topicID = batch.topicID
        answer.partition = batch.partition
        answer.errorCode = errorCode
        answer.baseOffset = errorCode == 0 ? baseOffset : -1
        answer.logAppendTimeMs = logAppendTimeMs
        send(
            try SyntheticKafka.response([answer], correlationID: correlationID, version: version), fromClient: false)
        acknowledge(fromClient: true)
    }
}

func batch(
    _ sequence: Int32, count: Int = 1, partition: Int32 = 0, producerID: Int64 = 1000, epoch: Int16 = 0,
    content: UInt8 = 0
) -> SyntheticKafka.Batch {
    var batch = SyntheticKafka.Batch()
    batch.baseSequence = sequence
    batch.partition = partition
    batch.producerID = producerID
    batch.epoch = epoch
    batch.timestampMs += Int64(sequence)
    batch.values = (0..<count).map { [UInt8(truncatingIfNeeded: Int(sequence) + $0), content] }
    return batch
}
