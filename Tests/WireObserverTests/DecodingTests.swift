import CaptureSynthesis
import EvidenceModel
import KafkaWire
import Testing

@testable import WireObserver

struct DecodingTests {
    @Test(arguments: 0...13 as ClosedRange<Int16>, [1460, 50, 7, 1])
    func everyVersionOfProduceInSegmentsOfAnySize(_ version: Int16, _ segmentSize: Int) throws {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture, segmentSize: segmentSize)
            connection.open()
            for number: Int32 in 0..<4 {
                try connection.exchange(
                    batch(number * 3, count: 3), correlationID: number, version: version,
                    errorCode: number == 2 ? 6 : 0, baseOffset: Int64(number) * 3)
            }
        }
        let evidence = try analyse(bytes, side: .client).evidence()
        let capture = try #require(evidence.captures.first)
        #expect(capture.produceRequests == 4)
        #expect(capture.answers == ["0": 3, "6": 1])
        #expect(capture.undecodableFrames == 0)
        #expect(evidence.batches.map(\.recordCount) == [3, 3, 3, 3])
        #expect(evidence.batches.map(\.baseSequence) == [0, 3, 6, 9])
        #expect(evidence.batches.map(\.lastSequence) == [2, 5, 8, 11])
        #expect(evidence.batches.map(\.baseOffset) == [0, 3, nil, 9])
        #expect(evidence.batches.allSatisfy { $0.topic == (version == 13 ? "AAAAAAAAAAEAAAAAAAAAAg" : "orders") })
    }

    @Test func topicIDsAreNamedByALaterMetadataAnswer() throws {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            try connection.exchange(batch(0), correlationID: 1, version: 13)
            let header = RequestHeader(apiKey: .metadata, apiVersion: 12, correlationID: 2)
            connection.send(
                try SyntheticKafka.frame(header) { try MetadataRequest().write(to: &$0, version: 12) },
                fromClient: true)
            var answer = MetadataResponse()
            answer.topics = [MetadataResponse.Topic(name: "payments", topicID: KafkaUUID(high: 1, low: 2))]
            var writer = ByteWriter()
            ResponseHeader.write(to: &writer, correlationID: 2, apiKey: .metadata, apiVersion: 12)
            try answer.write(to: &writer, version: 12)
            connection.send(
                withUnsafeBytes(of: UInt32(writer.count).bigEndian) { Array($0) } + writer.bytes, fromClient: false)
            try connection.exchange(batch(1), correlationID: 3, version: 13)
        }
        let evidence = try analyse(bytes).evidence()
        #expect(evidence.batches.map(\.topic) == ["payments", "payments"])
        #expect(evidence.findings.isEmpty)
    }

    @Test func aBrokerAnswersPartitionsInAnyOrder() throws {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            connection.send(
                try SyntheticKafka.request([batch(0, partition: 0), batch(0, partition: 1)], correlationID: 1),
                fromClient: true)
            var first = SyntheticKafka.Answer()
            first.partition = 1
            first.baseOffset = 50
            var second = SyntheticKafka.Answer()
            second.errorCode = 6
            connection.send(try SyntheticKafka.response([first, second], correlationID: 1), fromClient: false)
        }
        let batches = try analyse(bytes).evidence().batches
        #expect(batches.map(\.partition) == [0, 1])
        #expect(batches.map { $0.attempts.first?.errorCode } == [6, 0])
        #expect(batches.map(\.baseOffset) == [nil, 50])
    }

    @Test func aCaptureMayBeginInTheMiddleOfARequestOnAnyPort() throws {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture, port: 50_000, brokerPort: 19_092)
            // The rest of a request and of a response of which the beginning was not captured.
            connection.send([UInt8](repeating: 0x2e, count: 5000), fromClient: true)
            connection.send([0, 0, 0, 1, 9, 9], fromClient: false)
            for number: Int32 in 0..<3 { try connection.exchange(batch(number), correlationID: number + 70) }
        }
        let capture = try #require(try analyse(bytes).captures.first)
        #expect(capture.produceRequests == 3)
        #expect(capture.answers == ["0": 3])
    }

    @Test func theClientIsFoundByWhatItSaysWhereThePortsMislead() throws {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture, port: 8000, brokerPort: 40_000)
            for number: Int32 in 0..<3 { try connection.exchange(batch(number), correlationID: number) }
        }
        let evidence = try analyse(bytes).evidence()
        #expect(evidence.captures.first?.answers == ["0": 3])
        #expect(evidence.batches.first?.attempts.first?.connection == "198.18.0.1:8000>198.18.1.1:40000")
    }

    @Test func bytesThatTheCaptureMissedInsideRecordsCostNothing() throws {
        var large = batch(0, count: 60)
        large.values = large.values.map { $0 + [UInt8](repeating: 0x61, count: 200) }
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            connection.send(try SyntheticKafka.request([large], correlationID: 1), fromClient: true, except: [3, 5])
            connection.send(try SyntheticKafka.response([.init()], correlationID: 1), fromClient: false)
            try connection.exchange(batch(60), correlationID: 2, baseOffset: 60)
        }
        let evidence = try analyse(bytes).evidence()
        #expect(evidence.captures.first?.produceRequests == 2)
        #expect(evidence.captures.first?.answers == ["0": 2])
        #expect(evidence.captures.first?.gaps == 2)
        #expect(evidence.findings.map(\.kind) == ["capture_gap"])
        #expect(evidence.batches.first?.recordCount == 60)
    }

    @Test func aLostHeaderCostsItsRequestOnly() throws {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            for number: Int32 in 0..<4 {
                connection.send(
                    try SyntheticKafka.request([batch(number)], correlationID: number), fromClient: true,
                    except: number == 1 ? [0] : [])
                connection.send(try SyntheticKafka.response([.init()], correlationID: number), fromClient: false)
                capture.timeNs += 10_000_000
            }
        }
        let evidence = try analyse(bytes).evidence()
        #expect(evidence.captures.first?.produceRequests == 3)
        #expect(evidence.captures.first?.answers == ["0": 3])
        #expect(evidence.findings.map(\.kind).contains("unmatched_responses"))
        #expect(evidence.batches.allSatisfy { $0.attempts.first?.fate == .acknowledged })
    }

    @Test func unknownApisAndVersionsAreCountedAndPassedOver() throws {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            for (api, version): (Int16, Int16) in [(120, 0), (0, 14), (1, 17)] {
                let header = RequestHeader(
                    apiKey: APIKey(rawValue: api), apiVersion: version, correlationID: Int32(api))
                connection.send(
                    try SyntheticKafka.frame(header) { $0.write(raw: [UInt8](repeating: 7, count: 300)) },
                    fromClient: true)
            }
            try connection.exchange(batch(0), correlationID: 9)
        }
        let evidence = try analyse(bytes).evidence()
        #expect(evidence.captures.first?.answers == ["0": 1])
        #expect(evidence.findings.filter { $0.kind == "unknown_api" }.count == 1)
    }

    @Test func tlsAndOtherProtocolsAreLeftAlone() throws {
        let bytes = syntheticCapture { capture in
            for (port, hello): (UInt16, [UInt8]) in [
                (9093, [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3]), (80, Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)),
            ] {
                var connection = syntheticConnection(capture, brokerPort: port)
                connection.open()
                connection.send(hello, fromClient: true)
                connection.send([UInt8](repeating: 1, count: 100), fromClient: false)
            }
        }
        let evidence = try analyse(bytes).evidence()
        #expect(evidence.captures.first?.connections == 2)
        #expect(evidence.captures.first?.undecodableFrames == 0)
        #expect(evidence.findings.map(\.kind) == ["opaque_traffic"])
        #expect(evidence.findings.first?.detail.contains("9093") == true)
    }

    @Test func tokensOfTheOldSASLExchangeAreSkipped() throws {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            let header = RequestHeader(apiKey: .saslHandshake, apiVersion: 0, correlationID: 1)
            connection.send(
                try SyntheticKafka.frame(header) { $0.write(raw: [0, 5] + Array("PLAIN".utf8)) }, fromClient: true)
            connection.send([0, 0, 0, 10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], fromClient: false)
            connection.send([0, 0, 0, 12] + Array("\0user\0secret".utf8), fromClient: true)
            connection.send([0, 0, 0, 0], fromClient: false)
            try connection.exchange(batch(0), correlationID: 2)
        }
        #expect(try analyse(bytes).captures.first?.answers == ["0": 1])
    }

    @Test func recordsChecksumIsThatOfTheRecordsAlone() {
        for length in [0, 1, 63, 64, 1000, 70_000] {
            let records = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            var builder = RecordBatchBuilder([], baseTimestamp: 5, producerID: 7, producerEpoch: 1, baseSequence: 9)
            builder.records = records
            let bytes = builder.build()
            bytes.withUnsafeBytes { raw in
                let header = RecordBatchHeader(raw)
                let checked = UnsafeRawBufferPointer(rebasing: raw[21..<61])
                let expected = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[61...]))
                let derived = RecordsChecksum.records(
                    batch: header?.crc ?? 0, header: checked, factor: RecordsChecksum.factor(length))
                #expect(derived == expected)
            }
        }
    }
}
