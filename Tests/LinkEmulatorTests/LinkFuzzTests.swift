import Foundation
import KafkaWire
import PacketWire
import ScenarioModel
import Testing

@testable import LinkEmulator

/// Random input of which every round can be run again from its number: `CROSSWIND_FUZZ_FIRST=57 CROSSWIND_FUZZ_ROUNDS=1`.
/// A round that fails becomes a test of its own. `make fuzz-link` runs many rounds.
@Suite struct LinkFuzzTests {
    private static let first = ProcessInfo.processInfo.environment["CROSSWIND_FUZZ_FIRST"].flatMap { Int($0) } ?? 0
    private static let rounds = ProcessInfo.processInfo.environment["CROSSWIND_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 150

    /// SplitMix64: the same numbers on every machine.
    private struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            return RandomStream.mix(state)
        }
        mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
    }

    /// Requests to Produce and Metadata, one after the other, where each is, and which.
    private static func requests(
        _ count: Int, _ random: inout Random
    ) -> (stream: [UInt8], ranges: [Range<Int>], apis: [Int16]) {
        var stream: [UInt8] = []
        var ranges: [Range<Int>] = []
        var apis: [Int16] = []
        for correlation in 0..<count {
            let api: Int16 = random.below(3) == 0 ? 3 : 0
            let message = Packets.request(api: api, correlation: Int32(correlation), body: random.below(400))
            ranges.append(stream.count..<(stream.count + message.count))
            apis.append(api)
            stream += message
        }
        return (stream, ranges, apis)
    }

    /// However a stream is cut, sent again and overlapped: each message counts once, a dropped one never arrives whole,
    /// and every other byte arrives.
    @Test func segmentationNeverChangesWhatTriggers() throws {
        for round in Self.first..<(Self.first + Self.rounds) {
            var random = Random(state: UInt64(round) &* 7919 &+ 1)
            let count = 1 + random.below(12)
            let every = 1 + random.below(4)
            let rig = try CoreRig([Faults.message(.request, "Produce", .every(every), do: ["drop"])])
            let (stream, ranges, apis) = Self.requests(count, &random)
            let initial = UInt32(truncatingIfNeeded: random.next())
            rig.send(Packets.tcp(sequence: initial &- 1, flags: [.syn]), from: 0, at: 1)
            var received = [Bool](repeating: false, count: stream.count)
            var sent = 0
            var now: Int64 = 2
            while sent < stream.count {
                // New bytes, perhaps with old ones before them, or old ones alone.
                let start = random.below(4) == 0 ? random.below(sent + 1) : sent
                let end = min(stream.count, start + 1 + random.below(random.below(2) == 0 ? 20 : 600))
                sent = max(sent, end)
                now += 1
                rig.send(
                    Packets.tcp(
                        sequence: initial &+ UInt32(start), flags: [.ack], data: Array(stream[start..<end])),
                    from: 0, at: now)
                for packet in rig.due(now) where packet.port == 1 {
                    let parts = try Packets.parts(packet.bytes)
                    guard !parts.data.isEmpty else { continue }
                    #expect(parts.valid, "round \(round)")
                    let at = Int(parts.sequence &- initial)
                    #expect(parts.data == Array(stream[at..<(at + parts.data.count)]), "round \(round)")
                    for index in at..<(at + parts.data.count) { received[index] = true }
                }
            }
            let produces = apis.indices.filter { apis[$0] == 0 }
            let dropped = Set(produces.enumerated().filter { ($0.offset + 1) % every == 0 }.map(\.element))
            #expect(rig.core.counters.requests == UInt64(count), "round \(round)")
            #expect(rig.core.counters.triggers == UInt64(dropped.count), "round \(round)")
            for (index, range) in ranges.enumerated() {
                let whole = received[range].allSatisfy { $0 }
                #expect(whole != dropped.contains(index), "round \(round), message \(index)")
            }
            #expect(rig.isBalanced, "round \(round)")
        }
    }

    /// Bytes that were changed anywhere, in both directions, with every kind of trigger and impairment on.
    @Test func changedPacketsNeverTrapAndNeverLoseCount() throws {
        for round in Self.first..<(Self.first + Self.rounds) {
            var random = Random(state: UInt64(round) &* 104_729 &+ 3)
            let rig = try CoreRig(
                [
                    Faults.message(.request, "Produce", .every(3), do: ["drop", "reset"]) { $0.topic = "one" },
                    Faults.message(.response, "Produce", .all, do: ["delay:1ms"], id: "fault-1") { $0.error = 0 },
                    Faults.message(.request, "Metadata", .every(2), do: ["half-open:client"], id: "fault-2"),
                    Faults.message(.request, "Produce", .every(5), do: ["partition:1us"], id: "fault-3"),
                    Faults.timeline(
                        [
                            "loss": "{p: 10%, r: 30%}", "corrupt": "10%", "duplicate": "20%", "delay": "1us",
                            "jitter": "1us", "reorder": "10%", "rate": "1Gbit/s", "queue": "20",
                        ], id: "fault-4"),
                    Faults.timeline(["refuse": "true"], id: "fault-5", at: .microseconds(20), for: .microseconds(20)),
                ], packetLimit: 64)
            var sequences = (up: UInt32(truncatingIfNeeded: random.next()), down: UInt32(5))
            rig.send(Packets.tcp(sequence: sequences.up, flags: [.syn]), from: 0, at: 1)
            rig.send(Packets.tcp(up: false, sequence: sequences.down, flags: [.syn, .ack]), from: 1, at: 2)
            sequences.up &+= 1
            sequences.down &+= 1
            for step in 0..<60 {
                let up = random.below(2) == 0
                var data =
                    up
                    ? Packets.request(
                        api: Int16(random.below(4)), version: Int16(random.below(14)), correlation: Int32(step),
                        body: random.below(120))
                    : Packets.response(correlation: Int32(random.below(60)), body: random.below(80))
                if random.below(4) == 0 { data = Array(data.prefix(random.below(data.count + 1))) }
                var packet = Packets.tcp(
                    up: up, sequence: up ? sequences.up : sequences.down,
                    flags: TCPSegment.Flags(rawValue: random.below(8) == 0 ? UInt8(random.below(256)) : 0x18),
                    data: data)
                for _ in 0..<random.below(4) where random.below(3) == 0 {
                    packet[random.below(packet.count)] = UInt8(truncatingIfNeeded: random.next())
                }
                if random.below(6) == 0 { packet = Array(packet.prefix(random.below(packet.count + 1))) }
                if up { sequences.up &+= UInt32(data.count) } else { sequences.down &+= UInt32(data.count) }
                let now = Int64(step + 3) * 1000
                rig.send(packet, from: up ? 0 : 1, at: now)
                if random.below(3) != 0 { _ = rig.due(now) }
            }
            #expect(rig.isBalanced, "round \(round)")
            _ = rig.due()
            #expect(rig.isBalanced, "round \(round)")
            #expect(rig.core.arena.used == 0, "round \(round)")
        }
    }
}
