import PacketWire
import Testing

@testable import Diagnosis

/// What packets say about the path, on connections made by hand.
@Suite struct PathWatchTests {
    /// A TCP segment between a client at port 40000 and a server at 9092.
    private func packet(
        _ seconds: Double, up: Bool, seq: UInt32, ack: UInt32 = 0, flags: UInt8 = 0x10, payload: Int = 0,
        port: UInt16 = 40_000, first: UInt8 = 0
    ) -> (timeNs: Int64, bytes: [UInt8]) {
        func word(_ value: UInt32) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * $0)) }
        }
        func half(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)] }
        let client: [UInt8] = [10, 0, 0, 1]
        let server: [UInt8] = [10, 0, 0, 2]
        var bytes: [UInt8] = [0x45, 0] + half(UInt16(40 + payload)) + [0, 0, 0, 0, 64, 6, 0, 0]
        bytes += up ? client + server : server + client
        bytes += up ? half(port) + half(9092) : half(9092) + half(port)
        bytes += word(seq) + word(ack) + [0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0]
        if payload > 0 { bytes += [first] + [UInt8](repeating: 3, count: payload - 1) }
        return (Int64(seconds * 1e9), bytes)
    }

    private func facts(_ packets: [(timeNs: Int64, bytes: [UInt8])]) -> PathFacts {
        var watch = PathWatch()
        for packet in packets {
            packet.bytes.withUnsafeBytes {
                watch.take(
                    CapturedPacket(timeNs: packet.timeNs, bytes: $0, originalLength: $0.count, linkType: .raw))
            }
        }
        return watch.facts
    }

    @Test func synWithoutAnAnswer() {
        let facts = facts([0, 1, 3].map { packet($0, up: true, seq: 9, flags: 0x02) })
        #expect(facts.synUnanswered.count == 1)
        #expect(facts.refused.isEmpty)
    }

    @Test func synAnsweredWithAReset() {
        let facts = facts([
            packet(0, up: true, seq: 9, flags: 0x02), packet(0.001, up: false, seq: 0, ack: 10, flags: 0x14),
        ])
        #expect(facts.refused.count == 1)
        #expect(facts.synUnanswered.isEmpty)
    }

    private func handshake(_ port: UInt16 = 40_000, at s: Double = 0) -> [(timeNs: Int64, bytes: [UInt8])] {
        [
            packet(s, up: true, seq: 9, flags: 0x02, port: port),
            packet(s + 0.01, up: false, seq: 99, ack: 10, flags: 0x12, port: port),
        ]
    }

    @Test func acknowledgedAtOnceAndNotAnswered() {
        let paused = facts(
            handshake() + [
                packet(1, up: true, seq: 10, ack: 100, payload: 50), packet(1.01, up: false, seq: 100, ack: 60),
                packet(8, up: false, seq: 100, ack: 60, payload: 20),
            ])
        #expect(paused.paused.count == 1)
    }

    /// An acknowledgement that comes with the end of an outage says nothing about the process.
    @Test func acknowledgedLateIsNoPause() {
        let late = facts(
            handshake() + [
                packet(1, up: true, seq: 10, ack: 100, payload: 50), packet(4, up: false, seq: 100, ack: 60),
                packet(7, up: false, seq: 100, ack: 60, payload: 20),
            ])
        #expect(late.paused.isEmpty)
    }

    @Test func idleAndThenSilent() {
        let talk =
            handshake() + [
                packet(1, up: true, seq: 10, ack: 100, payload: 50),
                packet(1.01, up: false, seq: 100, ack: 60, payload: 20),
            ]
        let silent = facts(talk + [40, 40.3, 40.9].map { packet($0, up: true, seq: 60, ack: 120, payload: 50) })
        #expect(silent.idleSilence.count == 1)
        let answered = facts(
            talk + [
                packet(40, up: true, seq: 60, ack: 120, payload: 50), packet(40.01, up: false, seq: 120, ack: 110),
            ])
        #expect(answered.idleSilence.isEmpty)
    }

    @Test func closedAtOnceEachTime() {
        let closed = (0..<3).flatMap { number -> [(timeNs: Int64, bytes: [UInt8])] in
            let port = UInt16(40_000 + number)
            let at = Double(number)
            return handshake(port, at: at) + [
                packet(at + 0.02, up: true, seq: 10, ack: 100, payload: 50, port: port),
                packet(at + 0.025, up: false, seq: 100, ack: 60, payload: 9, port: port),
                packet(at + 0.03, up: false, seq: 109, ack: 60, flags: 0x11, port: port),
            ]
        }
        #expect(facts(closed).closedAtOnce.count == 3)
        #expect(facts(closed).closedUnanswered.isEmpty)
        #expect(facts(closed.filter { $0.bytes.count != 49 }).closedUnanswered.count == 3)
        #expect(facts(Array(closed.prefix(5))).closedAtOnce.isEmpty, "once may be anything")
    }

    @Test func tlsThatIsNotAnswered() {
        let facts = facts(
            handshake() + [
                packet(0.02, up: true, seq: 10, ack: 100, payload: 50, first: 0x16),
                packet(0.03, up: false, seq: 100, ack: 60, flags: 0x14),
            ])
        #expect(facts.tlsRefused.count == 1)
    }

    @Test func aQueueFillsAndAWayThatIsLongDoesNot() {
        func acknowledged(after delay: (Int) -> Double) -> PathFacts {
            var packets: [(timeNs: Int64, bytes: [UInt8])] = []
            for number in 0..<60 {
                let at = Double(number) * 0.1
                let sequence = UInt32(10 + number * 1000)
                packets.append(packet(at, up: true, seq: sequence, payload: 1000))
                packets.append(packet(at + delay(number), up: false, seq: 1, ack: sequence + 1000))
            }
            return facts(packets.sorted { $0.timeNs < $1.timeNs })
        }
        #expect(acknowledged { 0.03 + Double($0) * 0.02 }.queued.count == 1)
        #expect(acknowledged { _ in 0.4 }.queued.isEmpty, "a long way")
        #expect(acknowledged { $0 < 3 ? 0.03 : 0.4 }.queued.isEmpty, "a way that became longer")
    }

    @Test func lossIsManyPlacesAndSeconds() {
        let sent = (0..<40).map { packet(Double($0) * 0.2, up: true, seq: UInt32(10 + $0 * 50), payload: 50) }
        func again(_ seconds: [Double]) -> [(timeNs: Int64, bytes: [UInt8])] {
            seconds.enumerated().map { packet($0.element, up: true, seq: UInt32(10 + $0.offset * 100), payload: 50) }
        }
        let merged = { (extra: [(timeNs: Int64, bytes: [UInt8])]) in (sent + extra).sorted { $0.timeNs < $1.timeNs } }
        #expect(facts(merged(again([1, 2.1, 3.1, 4.1, 5.1, 6.1]))).resentOften.count == 1)
        #expect(facts(merged(again([3, 3.1, 3.2, 3.3, 3.4, 3.5]))).resentOften.isEmpty, "an outage is one stretch")
        #expect(facts(sent).resentOften.isEmpty)
    }
}
