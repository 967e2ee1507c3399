import CaptureSynthesis
import EvidenceModel
import Foundation
import KafkaWire
import PacketWire
import Testing

@testable import WireObserver

/// The observer over traffic that goes on.
struct WatchTests {
    private static let secondNs: Int64 = 1_000_000_000

    /// Shows packets to a session and looks each second of their time; returns what was told, with when.
    private func watch(
        _ session: WatchSession, _ packets: [FilePacket], looksAfter seconds: Int64 = 0
    ) -> [(kind: String, toldNs: Int64)] {
        var told: [(String, Int64)] = []
        var nextNs = packets.first?.timeNs ?? 0
        func look(_ nowNs: Int64) { told += session.findings(nowNs: nowNs).map { ($0.kind, nowNs) } }
        for packet in packets {
            packet.bytes.withUnsafeBytes {
                session.observe(
                    CapturedPacket(
                        timeNs: packet.timeNs, bytes: $0, originalLength: packet.bytes.count, linkType: .raw))
            }
            if packet.timeNs >= nextNs {
                look(packet.timeNs)
                nextNs = packet.timeNs + Self.secondNs
            }
        }
        for second in 0..<seconds { look(session.lastPacketNs + second * Self.secondNs) }
        return told.map { (kind: $0.0, toldNs: $0.1) }
    }

    @Test func aFindingIsToldOnceAndSoon() throws {
        let packets = try FilePacket.all(
            of: syntheticCapture { capture in
                var connection = syntheticConnection(capture)
                connection.open()
                for number: Int32 in 0..<40 {
                    capture.timeNs += Self.secondNs
                    try connection.exchange(
                        batch(number), correlationID: number, errorCode: number == 10 ? 45 : 0,
                        baseOffset: Int64(number))
                }
            })
        let session = WatchSession(name: "lo")
        let told = watch(session, packets, looksAfter: 60).filter { $0.kind == "sequence_error" }
        #expect(told.count == 1)
        let sentNs = packets[0].timeNs + 11 * Self.secondNs
        #expect(told.allSatisfy { $0.toldNs - sentNs <= 2 * Self.secondNs })
        #expect(session.counters.sequenceErrors == 1)
    }

    /// A batch whose answer was lost is not told as lost before its client had the time to send it again.
    @Test(arguments: [true, false])
    func whatARetryMendsIsNotTold(_ isRetried: Bool) throws {
        let packets = try FilePacket.all(
            of: syntheticCapture { capture in
                var first = syntheticConnection(capture)
                first.open()
                try first.exchange(batch(0), correlationID: 1, answered: false)
                capture.timeNs += 2 * Self.secondNs
                first.reset(fromClient: true)
                capture.timeNs += 20 * Self.secondNs
                guard isRetried else { return }
                var second = syntheticConnection(capture, port: 40_001, clientISN: 9000)
                second.open()
                try second.exchange(batch(0), correlationID: 1)
            })
        let told = watch(WatchSession(name: "lo"), packets, looksAfter: 90).filter { $0.kind == "outcome_unknown" }
        #expect(told.count == (isRetried ? 0 : 1))
        #expect(told.allSatisfy { $0.toldNs - packets[0].timeNs >= 35 * Self.secondNs })
    }

    /// Connections come and go for half an hour of the packets' time: what is kept does not grow.
    @Test func memoryDoesNotGrowWithTime() throws {
        var options = WatchSession.Options()
        options.mostAttempts = 8192
        let session = WatchSession(name: "lo", options: options)
        var kept: [Int] = []
        var timeNs: Int64 = 1_795_550_000_000_000_000
        for round in 0..<60 {
            let packets = try FilePacket.all(
                of: syntheticCapture { capture in
                    capture.timeNs = timeNs
                    for port: UInt16 in 0..<200 {
                        var connection = syntheticConnection(
                            capture, port: 20_000 + port, clientISN: UInt32(round * 1000 + Int(port)))
                        connection.open()
                        for number: Int32 in 0..<3 {
                            try connection.exchange(
                                batch(Int32(round * 3) + number, producerID: Int64(port)), correlationID: number,
                                baseOffset: Int64(round))
                        }
                        connection.finish(fromClient: true)
                        connection.finish(fromClient: false)
                    }
                    timeNs = capture.timeNs + 30 * Self.secondNs
                })
            _ = watch(session, packets, looksAfter: 1)
            #expect(session.openConnections <= 400)
            kept.append(session.keptAttempts)
        }
        // The window is a minute, in pieces of 4096 attempts; 600 come in each half.
        #expect(kept.max() ?? 0 <= 3 * 4096)
        #expect(session.observer.log.connections.count <= 16_384 + 200)
        #expect(session.counters.requests == 60 * 600)
        #expect(session.counters.retries == 0)
    }

    @Test func aStatusCountsByProducer() throws {
        let packets = try FilePacket.all(
            of: syntheticCapture { capture in
                var connection = syntheticConnection(capture)
                connection.open()
                for number: Int32 in 0..<10 {
                    try connection.exchange(
                        batch(number, count: 2, producerID: number < 7 ? 1 : 2), correlationID: number,
                        errorCode: number == 9 ? 7 : 0, logAppendTimeMs: number == 3 ? 5 : -1)
                }
            })
        let session = WatchSession(name: "lo")
        _ = watch(session, packets)
        let status = session.status(sinceNs: packets[0].timeNs)
        #expect(status.producers.map(\.producerID) == [1, 2])
        #expect(status.producers.map(\.records) == [14, 6])
        #expect(status.producers.map(\.errors) == [0, 1])
        #expect(status.producers.map(\.deduplicated) == [1, 0])
        #expect(status.total.batches == 10)
        #expect(status.total.p99Ns > 0)
    }

    @Test func packetsAroundAFindingStay() throws {
        let directory = FileManager.default.temporaryDirectory.path + "/crosswind-watch-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let packets = try FilePacket.all(
            of: syntheticCapture { capture in
                let connection = syntheticConnection(capture)
                for _ in 0..<600 {
                    connection.acknowledge(fromClient: true)
                    capture.timeNs += Self.secondNs
                }
            })
        var ring = try RotatingCapture(
            directory: directory, device: "lo", linkType: .raw, keepNs: 20 * Self.secondNs, mostBytes: 1 << 20)
        let beganNs = packets[0].timeNs
        var most = 0
        for packet in packets {
            try packet.bytes.withUnsafeBytes {
                try ring.write(
                    CapturedPacket(
                        timeNs: packet.timeNs, bytes: $0, originalLength: packet.bytes.count, linkType: .raw))
            }
            if packet.timeNs - beganNs >= 300 * Self.secondNs, packet.timeNs - beganNs < 301 * Self.secondNs {
                ring.noteFinding(atNs: packet.timeNs)
            }
            try ring.settle(nowNs: packet.timeNs)
            most = max(most, try FileManager.default.contentsOfDirectory(atPath: directory).count)
        }
        try ring.finish()
        let files = try FileManager.default.contentsOfDirectory(atPath: directory)
        #expect(files.sorted() == ring.keptFiles.map { String($0.dropFirst(directory.count + 1)) })
        #expect(most <= 11)
        var times: [Int64] = []
        for file in ring.keptFiles {
            try CaptureReplay.forEachPacket(of: file) { times.append(($0.timeNs - beganNs) / Self.secondNs) }
        }
        let first = try #require(times.first)
        let last = try #require(times.last)
        #expect(first >= 270 && first <= 280)
        #expect(last >= 319 && last <= 330)
        #expect(times == Array(first...last))
    }
}
