import CaptureSynthesis
import EvidenceModel
import KafkaWire
import PacketWire
import Testing

@testable import WireObserver

/// What a capture shows of TCP's own limits: windows, order, buffers.
struct FlowTests {
    private static let millisecondNs: Int64 = 1_000_000

    /// A connection that sends one long request, whose segments `body` places.
    private func findings(
        length: Int = 2_000_000,
        _ body: (SyntheticCapture, SyntheticConnection, [SyntheticConnection.Segment]) throws -> Void
    ) throws -> [WireEvidence.Finding] {
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            var batch = SyntheticKafka.Batch()
            batch.values = [[UInt8](repeating: 7, count: length)]
            let request = try SyntheticKafka.request([batch], correlationID: 1)
            try body(capture, connection, connection.segments(request, fromClient: true))
        }
        return try analyse(bytes, side: .client).evidence().findings
    }

    private func acknowledge(
        _ capture: SyntheticCapture, _ connection: SyntheticConnection, _ segment: SyntheticConnection.Segment,
        window: UInt16 = 0xffff
    ) {
        capture.segment(
            from: connection.broker, to: connection.client, flags: SyntheticCapture.Flag.acknowledge,
            sequence: connection.brokerNext, acknowledgement: segment.sequence &+ UInt32(segment.payload.count),
            window: window)
    }

    /// Flights of so many segments, each acknowledged as a whole after 20 ms.
    private func flights(
        _ size: (Int) -> Int, _ capture: SyntheticCapture, _ connection: SyntheticConnection,
        _ segments: [SyntheticConnection.Segment], pauseNs: Int64 = 0
    ) {
        var next = 0
        var flight = 0
        while next < segments.count {
            let last = min(next + size(flight), segments.count) - 1
            for segment in segments[next...last] { connection.place(segment, fromClient: true) }
            capture.timeNs += 20 * Self.millisecondNs
            acknowledge(capture, connection, segments[last])
            capture.timeNs += pauseNs
            next = last + 1
            flight += 1
        }
    }

    @Test func aReceiverThatDoesNotRead() throws {
        let found = try findings { capture, connection, segments in
            connection.place(segments[0], fromClient: true)
            acknowledge(capture, connection, segments[0], window: 0)
            capture.timeNs += 300 * Self.millisecondNs
            acknowledge(capture, connection, segments[0], window: 4096)
            connection.place(segments[1], fromClient: true)
            acknowledge(capture, connection, segments[1], window: 0)
            capture.timeNs += 1200 * Self.millisecondNs
            acknowledge(capture, connection, segments[1])
        }.filter { $0.kind == "zero_window" }
        #expect(
            found.map { $0.detail.prefix(101) }
                == [
                    "198.18.1.1:9092 announced a window of 0 to 198.18.0.1 2 times, 1.5 s together, the longest 1.2 s: the "
                ].map { $0.prefix(101) })
    }

    @Test func duplicateAcknowledgementsOfALoss() throws {
        let found = try findings { capture, connection, segments in
            connection.place(segments[0], fromClient: true)
            acknowledge(capture, connection, segments[0])
            for segment in segments[1...5] { connection.place(segment, fromClient: true) }
            for _ in 0..<4 { acknowledge(capture, connection, segments[0]) }
            connection.place(segments[1], fromClient: true)
            acknowledge(capture, connection, segments[5])
        }
        #expect(found.map(\.kind).filter { $0 == "duplicate_acks" || $0 == "reordering" } == ["duplicate_acks"])
        let detail = found.first { $0.kind == "duplicate_acks" }?.detail ?? ""
        #expect(detail.contains("sent 4 duplicate acknowledgements to 198.18.0.1, in 1 run of three and more; 1 of 7"))
    }

    /// A hole that is filled by a packet with an earlier number was overtaken; one with a later number was sent again.
    @Test(arguments: [true, false])
    func packetsInAnotherOrder(_ isOvertaken: Bool) throws {
        let found = try findings { capture, connection, segments in
            func add(_ index: Int, number: UInt16) {
                capture.add(
                    SyntheticCapture.packet(
                        from: connection.client, to: connection.broker,
                        flags: SyntheticCapture.Flag.acknowledge, sequence: segments[index].sequence,
                        acknowledgement: connection.brokerNext, payload: segments[index].payload,
                        identification: number))
            }
            add(0, number: 100)
            add(2, number: 102)
            add(3, number: 103)
            add(1, number: isOvertaken ? 101 : 104)
            acknowledge(capture, connection, segments[3])
        }.filter { $0.kind == "reordering" }
        #expect(found.count == (isOvertaken ? 1 : 0))
        #expect(
            found.allSatisfy {
                $0.detail.hasPrefix("1 of 4 segments with data from 198.18.0.1 to 198.18.1.1:9092 came behind")
                    && $0.detail.contains("by up to 4380 bytes and 0.002 ms")
            })
    }

    @Test func aWindowThatIsFullInEachRoundTrip() throws {
        let found = try findings { flights({ _ in 44 }, $0, $1, $2) }
        let limits = found.filter { $0.kind.hasSuffix("_limit") }
        #expect(limits.map(\.kind) == ["receiver_window_limit"])
        #expect(limits.first?.detail.contains("65535 bytes in 20.0 ms, at most 3.3 MB/s") == true)
    }

    @Test func aSendersBufferIsACeilingBelowTheWindow() throws {
        let found = try findings { flights({ _ in 12 }, $0, $1, $2) }
        let limits = found.filter { $0.kind.hasSuffix("_limit") }
        #expect(limits.map(\.kind) == ["sender_buffer_limit"])
        #expect(limits.first?.detail.contains("about 17520 bytes in flight") == true)
        #expect(limits.first?.detail.contains("at most 875 kB/s") == true)
    }

    /// Slow start goes on to the window; an application that sends now and then does not wait for acknowledgements.
    @Test func whatGrowsOrPausesHasNoCeiling() throws {
        let growing = try findings { flights({ min(2 << ($0 / 6), 40) }, $0, $1, $2) }
        #expect(!growing.contains { $0.kind.hasSuffix("_limit") })
        let pausing = try findings {
            flights({ _ in 12 }, $0, $1, $2, pauseNs: 5 * Self.millisecondNs)
        }
        #expect(!pausing.contains { $0.kind.hasSuffix("_limit") })
    }
}
