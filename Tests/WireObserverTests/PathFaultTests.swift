import CaptureSynthesis
import EvidenceModel
import KafkaWire
import PacketWire
import Testing

@testable import WireObserver

/// What a capture shows of the path below Kafka: one history for each finding.
struct PathFaultTests {
    private func findings(_ body: (SyntheticCapture, inout SyntheticConnection) throws -> Void) throws
        -> [WireEvidence.Finding]
    {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            try body(capture, &connection)
        }
        return try analyse(bytes, side: .client).evidence().findings
    }

    private func syn(_ capture: SyntheticCapture, _ connection: SyntheticConnection) {
        capture.segment(
            from: connection.client, to: connection.broker, flags: SyntheticCapture.Flag.synchronise, sequence: 1000,
            acknowledgement: 0)
    }

    @Test func synsWithoutAnAnswer() throws {
        let found = try findings { capture, connection in
            for second: Int64 in [1, 2, 4] {
                syn(capture, connection)
                capture.timeNs += second * 1_000_000_000
            }
            syn(capture, connection)
        }
        #expect(found.map(\.kind) == ["connect_unanswered"])
        #expect(found.first?.detail.hasPrefix("4 SYNs of 1 connection to 198.18.1.1:9092 over up to 7.0 s") == true)
    }

    @Test func synsThatAreRefused() throws {
        let found = try findings { capture, connection in
            syn(capture, connection)
            connection.reset(fromClient: false)
        }
        #expect(found.map(\.kind) == ["connect_refused"])
    }

    @Test func aListenerThatClosesAtOnce() throws {
        let capture = try syntheticCapture { capture in
            for port: UInt16 in [40_000, 40_001, 40_002] {
                var connection = syntheticConnection(capture, port: port)
                connection.open()
                try connection.exchange(batch(Int32(port)), correlationID: 1, answered: false)
                connection.finish(fromClient: false)
                connection.finish(fromClient: true)
            }
        }
        let found = try analyse(capture, side: .client).evidence().findings.filter { $0.kind == "closed_at_once" }
        #expect(found.count == 1)
        let bytes = try SyntheticKafka.request([batch(40_000)], correlationID: 1).count
        #expect(
            found.first?.detail.hasPrefix(
                "3 connections to 198.18.1.1:9092: closed by the broker after \(bytes) bytes, at most")
                == true)
    }

    @Test(arguments: [5, 40] as [Int64])
    func aConnectionThatWasForgottenWhileItWasIdle(_ seconds: Int64) throws {
        let found = try findings { capture, connection in
            connection.open()
            try connection.exchange(batch(0), correlationID: 1)
            capture.timeNs += seconds * 1_000_000_000
            let request = try SyntheticKafka.request([batch(1)], correlationID: 2)
            for segment in connection.segments(request, fromClient: true) {
                for _ in 0..<4 {
                    connection.place(segment, fromClient: true)
                    capture.timeNs += 400_000_000
                }
            }
        }
        let dropped = found.filter { $0.kind == "idle_connection_dropped" }
        #expect(dropped.count == (seconds >= 10 ? 1 : 0))
        #expect(dropped.allSatisfy { $0.detail.contains("after up to 40.0 s of silence 4 segments got no answer") })
    }

    @Test func aTLSAlertAsTheAnswer() throws {
        let found = try findings { _, connection in
            connection.open()
            try connection.exchange(batch(0), correlationID: 1, answered: false)
            connection.send([0x15, 3, 3, 0, 2, 2, 80], fromClient: false)
        }
        #expect(found.contains { $0.kind == "tls_alert" })
    }

    @Test(arguments: [1, 9] as [Int64])
    func requestsThatTCPAcknowledgesAndKafkaAnswersLate(_ seconds: Int64) throws {
        let found = try findings { capture, connection in
            connection.open()
            for number: Int32 in 0..<3 {
                try connection.exchange(batch(number), correlationID: number, answered: false)
                connection.acknowledge(fromClient: false)
            }
            capture.timeNs += seconds * 1_000_000_000
            for number: Int32 in 0..<3 {
                connection.send(try SyntheticKafka.response([.init()], correlationID: number), fromClient: false)
            }
        }
        #expect(found.map(\.kind) == (seconds > 5 ? ["broker_silent"] : []))
        #expect(found.first.map { $0.detail.contains("3 batches") && $0.detail.contains("9.0 s") } ?? true)
    }

    @Test(arguments: [-1, 1000] as [Int64])
    func aBatchWithoutAProducerIDSentAgainMayBeThereTwice(_ producerID: Int64) throws {
        let bytes = try syntheticCapture { capture in
            var first = syntheticConnection(capture)
            first.open()
            try first.exchange(batch(0, producerID: producerID), correlationID: 1, answered: false)
            first.reset(fromClient: true)
            var second = syntheticConnection(capture, port: 40_001, clientISN: 7000)
            second.open()
            try second.exchange(batch(0, producerID: producerID), correlationID: 1)
        }
        let found = try analyse(bytes, side: .client).evidence().findings.filter { $0.kind == "may_be_twice" }
        #expect(found.count == (producerID < 0 ? 1 : 0))
    }

    @Test func aConnectionThatIsNotKafkaIsNamed() throws {
        let found = try findings { _, connection in
            connection.open()
            connection.send(Array("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".utf8), fromClient: true)
        }
        #expect(found.map(\.kind) == ["not_kafka"])
        #expect(found.first?.detail.contains("'GET /metrics HTTP/1.1'") == true)
    }

    @Test(arguments: [1, 2], [true, false])
    func aProxyHeaderIsPassedOver(_ version: Int, _ inOneSegment: Bool) throws {
        let header: [UInt8] =
            version == 1
            ? Array("PROXY TCP4 203.0.113.7 203.0.113.8 51000 9092\r\n".utf8)
            : [
                13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10, 0x21, 0x11, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1,
                0, 2,
            ]
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            if inOneSegment {
                connection.send(header + (try SyntheticKafka.request([batch(0)], correlationID: 1)), fromClient: true)
                connection.send(try SyntheticKafka.response([.init()], correlationID: 1), fromClient: false)
            } else {
                connection.send(header, fromClient: true)
                try connection.exchange(batch(0), correlationID: 1)
            }
        }
        let evidence = try analyse(bytes, side: .client).evidence()
        #expect(evidence.captures.first?.answers == ["0": 1])
        #expect(evidence.findings.map(\.kind) == ["proxy_protocol"])
        #expect(evidence.findings.first?.detail.contains("version \(version)") == true)
    }
}
