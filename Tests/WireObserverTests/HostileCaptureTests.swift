import CaptureSynthesis
import EvidenceModel
import KafkaWire
import PacketWire
import Testing

@testable import WireObserver

/// Bytes that nobody sends: each of these trapped once, or could.
struct HostileCaptureTests {
    /// Fuzzing, input 2: a gap between two requests took the entries of the request before it.
    @Test func aGapBetweenRequestsLeavesTheCompletedOne() throws {
        var scanner = RequestScanner(topics: TopicTable())
        let request = try SyntheticKafka.request([batch(0), batch(0, partition: 1)], correlationID: 1)
        request.withUnsafeBytes { scanner.feed($0, timeNs: 1) }
        scanner.missing(100, timeNs: 2)
        #expect(scanner.completed.count == 1)
        #expect(scanner.entries.count == 2)
    }

    /// Fuzzing: times near the ends of their range overflowed when they were subtracted.
    @Test func timesFarOutOfRange() throws {
        var bytes: [UInt8] = []
        let capture = SyntheticCapture { bytes += $0 }
        var connection = syntheticConnection(capture)
        for time: Int64 in [.max - 5000, .min + 5, 0, .max - 9000] {
            capture.timeNs = time
            connection.open()
            try connection.exchange(batch(0), correlationID: 1)
            connection.reset(fromClient: true)
        }
        capture.finish()
        _ = try analyse(bytes).summary()
    }

    @Test func everyPrefixOfARequestIsSafeAndAskedForMore() throws {
        for version: Int16 in [0, 2, 3, 9, 13] {
            let request = try SyntheticKafka.request([batch(0)], correlationID: 1, version: version)
            for length in 0..<request.count {
                var scanner = RequestScanner(topics: TopicTable())
                Array(request.prefix(length)).withUnsafeBytes { scanner.feed($0, timeNs: 1) }
                #expect(scanner.completed.isEmpty)
                scanner.missing(request.count - length, timeNs: 1)
                #expect(scanner.completed.count <= 1)
            }
        }
    }

    @Test func theSameBytesOneByOneAndAtOnce() throws {
        var stream: [UInt8] = []
        for number: Int32 in 0..<5 {
            stream += try SyntheticKafka.request(
                [batch(number, count: 3), batch(number, partition: 1)], correlationID: number,
                version: [0, 3, 8, 9, 13][Int(number)])
        }
        var whole = RequestScanner(topics: TopicTable())
        stream.withUnsafeBytes { whole.feed($0, timeNs: 1) }
        var single = RequestScanner(topics: TopicTable())
        for byte in stream { [byte].withUnsafeBytes { single.feed($0, timeNs: 1) } }
        #expect(whole.completed.count == 5)
        #expect(whole.entries.count == 10)
        #expect(single.completed.map(\.end) == whole.completed.map(\.end))
        #expect(single.entries.map(\.payload) == whole.entries.map(\.payload))
        #expect(single.entries.map(\.recordCount) == whole.entries.map(\.recordCount))
        #expect(single.entries.map(\.topic) == whole.entries.map(\.topic))
    }

    @Test func aClaimedHugeFrameTakesNoMemory() {
        var scanner = ResponseScanner()
        let head: [UInt8] = [0x1f, 0xff, 0xff, 0xff, 0, 0, 0, 1]
        head.withUnsafeBytes { scanner.feed($0, timeNs: 1) { _, _ in .keep } }
        let chunk = [UInt8](repeating: 0, count: 1 << 20)
        for _ in 0..<64 { chunk.withUnsafeBytes { scanner.feed($0, timeNs: 1) { _, _ in .keep } } }
        #expect(scanner.completed.isEmpty)
        #expect(scanner.keptBytes <= 8 << 20)
    }

    @Test func aFloodOfConnectionsIsBounded() throws {
        let observer = CaptureObserver(file: "x", side: .client, topics: TopicTable())
        for number in 0..<UInt32(3 * ConnectionTable.maximumConnections) {
            let bytes = SyntheticCapture.packet(
                from: .init(number, 40_000), to: .init(0xC612_0101, 9092), flags: SyntheticCapture.Flag.synchronise,
                sequence: number, acknowledgement: 0, payload: [])
            bytes.withUnsafeBytes {
                observer.observe(
                    CapturedPacket(timeNs: Int64(number), bytes: $0, originalLength: $0.count, linkType: .raw))
            }
        }
        #expect(observer.counts.connections == 3 * ConnectionTable.maximumConnections)
        #expect(observer.table.count <= ConnectionTable.maximumConnections)
        #expect(observer.log.connections.isEmpty)
    }

    @Test func aLiveObserverKeepsOnlyTheLatestAttempts() throws {
        let observer = CaptureObserver(file: "x", side: .client, topics: TopicTable(), retention: .recent(4096))
        let bytes = try syntheticCapture { capture in
            var connection = syntheticConnection(capture)
            connection.open()
            for number: Int32 in 0..<20_000 {
                try connection.exchange(
                    batch(number), correlationID: number, errorCode: number % 1000 == 0 ? 7 : 0)
                if number % 100 == 0 { try connection.exchange(batch(number), correlationID: number) }
            }
        }
        var parser = CaptureParser()
        var offset = 0
        try bytes.withUnsafeBytes { raw in
            while case .packet(let packet) = try parser.next(in: raw, at: &offset) { observer.observe(packet) }
        }
        #expect(observer.log.attempts.count <= 16_384)
        #expect(observer.log.live.requests == 20_200)
        #expect(observer.log.live.retries == 200)
        #expect(observer.log.live.acknowledged == 20_180)
        #expect(observer.log.live.acknowledgedRecords == 20_180)
        #expect(observer.log.live.errors == 20)
    }
}
