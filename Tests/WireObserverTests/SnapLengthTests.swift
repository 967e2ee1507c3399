import CaptureSynthesis
import EvidenceModel
import KafkaWire
import PacketWire
import Testing

@testable import WireObserver

/// What a snap length cut off is unknown, never absent.
struct SnapLengthTests {
    /// Requests with a batch for each of three partitions, each captured to so many bytes.
    private func cut(_ length: Int) throws -> WireAnalysis {
        let whole = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            let header = RequestHeader(apiKey: .initProducerId, apiVersion: 4, correlationID: 90, clientID: "synthetic")
            connection.send(
                try SyntheticKafka.frame(header) { try InitProducerIdRequest().write(to: &$0, version: 4) },
                fromClient: true)
            var granted = InitProducerIdResponse()
            granted.producerID = 1000
            granted.producerEpoch = 0
            var writer = ByteWriter()
            ResponseHeader.write(to: &writer, correlationID: 90, apiKey: .initProducerId, apiVersion: 4)
            try granted.write(to: &writer, version: 4)
            connection.send(
                withUnsafeBytes(of: UInt32(writer.count).bigEndian) { Array($0) } + writer.bytes, fromClient: false)
            for number: Int32 in 0..<20 {
                // The order of the partitions turns, so that each is cut off now and then.
                let batches = (0..<3).map { batch(number * 2, count: 2, partition: (Int32($0) + number) % 3) }
                connection.send(try SyntheticKafka.request(batches, correlationID: number), fromClient: true)
                connection.send(
                    try SyntheticKafka.response(
                        batches.map { batch in
                            var answer = SyntheticKafka.Answer()
                            answer.partition = batch.partition
                            answer.baseOffset = Int64(number) * 2
                            return answer
                        }, correlationID: number), fromClient: false)
                capture.timeNs += 10_000_000
            }
        }
        return try analyse(FilePacket.pcapng(try FilePacket.all(of: whole), snapLength: length), side: .client)
    }

    @Test func aWholeCaptureHasEverything() throws {
        let analysis = try cut(.max)
        #expect(analysis.evidence().findings.isEmpty)
        #expect(analysis.summary().contains("120 of 120 records"))
    }

    @Test(arguments: [190, 260])
    func batchesThatWereCutOffLeaveNoGap(_ length: Int) throws {
        let analysis = try cut(length)
        let evidence = analysis.evidence()
        #expect(evidence.findings.map(\.kind) == ["capture_cut"])
        #expect(evidence.findings.first?.detail.contains("counts are lower bounds") == true)
        #expect(evidence.captures.first?.produceRequests == 20)
        #expect(evidence.batches.reduce(0) { $0 + Int($1.recordCount) } < 120)
        #expect(analysis.summary().contains("acked     at least "))
        #expect(!analysis.summary().contains("not idempotent"))
    }

    @Test func aProducerIDThatWasCutOffIsNull() throws {
        let analysis = try cut(130)
        var text: [UInt8] = []
        analysis.writeJSON { text += $0 }
        #expect(String(decoding: text, as: UTF8.self).contains("\"producer_id\":null"))
        #expect(!String(decoding: text, as: UTF8.self).contains("\"producer_id\":-1"))
        #expect(analysis.summary().contains("idempotent (a broker gave it a producer id"))
        let times = analysis.evidence().batches.flatMap(\.attempts).compactMap(\.requestLeftClientUs)
        #expect(times.count == 20)
        #expect(times.allSatisfy { $0 > 1_795_000_000_000_000 })
    }

    /// A request whose end the capture lost has the time of what was seen of it.
    @Test func anAttemptWithoutItsLastByteHasATime() throws {
        var large = batch(0, count: 40)
        large.values = large.values.map { $0 + [UInt8](repeating: 0x61, count: 100) }
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            connection.send(try SyntheticKafka.request([large], correlationID: 1), fromClient: true, except: [2])
            try connection.exchange(batch(40), correlationID: 2)
        }
        let batches = try analyse(bytes, side: .client).evidence().batches
        #expect(batches.map(\.baseSequence) == [0, 40])
        #expect(batches.allSatisfy { $0.attempts[0].requestLeftClientUs ?? 0 > 1_795_000_000_000_000 })
    }

    /// Headers alone show no request, and do not show that there was none.
    @Test func headersAloneSayNothingOfRequests() throws {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            try connection.exchange(batch(0), correlationID: 1)
        }
        let analysis = try analyse(FilePacket.pcapng(try FilePacket.all(of: bytes), snapLength: 40))
        #expect(
            analysis.summary().contains(
                "No Produce request was seen. 2 packets were cut: whether there were any is not known; capture with -s 0."
            ))
    }
}
