// Writes a capture of invented Produce traffic for the benchmark of `crosswind inspect`:
//
//     capture-generator OUT PACKETS BATCH_BYTES [VERSION]
//
// Four connections take turns; each request is one batch of BATCH_BYTES in packets of MTU size, answered once, the answer
// acknowledging the request. The same arguments make the same file.

import CaptureSynthesis
import Glibc

let arguments = CommandLine.arguments
guard arguments.count >= 4, let packetCount = Int(arguments[2]), let batchBytes = Int(arguments[3]) else {
    print("usage: capture-generator OUT PACKETS BATCH_BYTES [VERSION]")
    exit(64)
}
let version = arguments.count > 4 ? Int16(arguments[4]) ?? 7 : 7
guard let file = fopen(arguments[1], "w") else {
    perror(arguments[1])
    exit(1)
}
let capture = SyntheticCapture { bytes in _ = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) } }
let broker = SyntheticCapture.Endpoint(0xC612_0101, 9092)
var connections = (0..<4).map { number in
    SyntheticConnection(
        capture, client: .init(0xC612_0001, UInt16(40_000 + number)), broker: broker,
        clientISN: UInt32(0xffff_0000) &+ UInt32(number), brokerISN: 7)
}
for number in connections.indices { connections[number].open() }

var batch = SyntheticKafka.Batch()
let valueBytes = min(batchBytes, 1000)
let recordsPerBatch = max(batchBytes / valueBytes, 1)
var state: UInt64 = 1
batch.values = (0..<recordsPerBatch).map { _ in
    (0..<valueBytes).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
}
var sent: Int32 = 0
while capture.packets < packetCount {
    for number in connections.indices {
        batch.partition = Int32(number)
        batch.baseSequence = sent * Int32(recordsPerBatch)
        batch.timestampMs += 1
        var answer = SyntheticKafka.Answer()
        answer.partition = batch.partition
        answer.baseOffset = Int64(batch.baseSequence)
        connections[number].send(
            try SyntheticKafka.request([batch], correlationID: sent, version: version), fromClient: true)
        capture.timeNs += 200_000
        connections[number].send(
            try SyntheticKafka.response([answer], correlationID: sent, version: version), fromClient: false)
    }
    sent += 1
}
capture.finish()
fclose(file)
print("\(capture.packets) packets")
