import EvidenceModel
import PacketWire
import ScenarioModel
import Testing

@testable import LinkEmulator

@Suite struct ConnectionFaultTests {
    private func flags(_ out: [CoreRig.Out]) throws -> [TCPSegment.Flags] {
        try out.map { try Packets.parts($0.bytes).flags }
    }

    @Test func refuseAnswersNewConnectionsAndLeavesOldOnes() throws {
        let rig = try CoreRig([Faults.timeline(["refuse": "true"], at: .seconds(1), for: .seconds(1))])
        let old = Conversation(rig)
        old.now = 1_500_000_000
        #expect(old.send(up: true, Packets.request(correlation: 1)).map(\.port) == [1])
        rig.send(Packets.tcp(sequence: 900, flags: [.syn], port: 40_002), from: 0, at: 1_500_100_000)
        let out = rig.due(1_500_100_000)
        #expect(out.map(\.port) == [0])
        #expect(try flags(out) == [[.rst, .ack]])
        let acknowledged = try out[0].bytes.withUnsafeBytes {
            try TCPSegment(try IPv4Packet($0).payload).acknowledgement
        }
        #expect(acknowledged == 901, "what a host without that port answers")
        let entry = try #require(try rig.log().last)
        #expect(entry.fate == "refuse" && entry.reason == "refuse")
        rig.send(Packets.tcp(sequence: 900, flags: [.syn], port: 40_002), from: 0, at: 2_500_000_000)
        #expect(rig.due(2_500_000_000).map(\.port) == [1])
        #expect(rig.isBalanced)
    }

    @Test func blackholeLosesConnectionsOlderThanThePhase() throws {
        let rig = try CoreRig([Faults.timeline(["blackhole": "existing"], at: .seconds(1))])
        let old = Conversation(rig)
        rig.core.advance(to: 1_000_000_000)
        old.now = 1_100_000_000
        #expect(old.send(up: true, [1]).isEmpty)
        #expect(old.send(up: false, [1]).isEmpty)
        let new = Conversation(rig, port: 40_001, at: 1_200_000_000)
        #expect(new.send(up: true, [1]).count == 1)
        #expect(try rig.log().map(\.reason) == ["blackhole", "blackhole"])
    }

    @Test func resetOfOneSideLetsTheOtherLearnFromIt() throws {
        let rig = try CoreRig([Faults.timeline([:], at: .seconds(1), do: ["reset:broker"])])
        let talk = Conversation(rig)
        let resets = rig.due(1_000_000_000)
        #expect(resets.map(\.port) == [1])
        #expect(try flags(resets)[0].contains(.rst))
        talk.now = 1_100_000_000
        #expect(talk.send(up: true, [1]).map(\.port) == [1], "the client still sends to the broker")
        #expect(talk.send(up: false, flags: [.rst]).map(\.port) == [0], "which answers that it knows no connection")
    }

    @Test func halfOpenNeverTellsTheOtherSide() throws {
        let rig = try CoreRig([Faults.timeline([:], at: .seconds(1), do: ["half-open:broker"])])
        let talk = Conversation(rig)
        #expect(rig.due(1_000_000_000).map(\.port) == [1])
        talk.now = 1_100_000_000
        #expect(talk.send(up: true, [1]).isEmpty)
        #expect(talk.send(up: false, flags: [.rst]).isEmpty)
        #expect(try rig.log().map(\.fate) == ["half-open", "drop", "drop"])
        #expect(rig.isBalanced)
    }

    @Test func aMessageCutsItsNodeOffForATime() throws {
        let rig = try CoreRig([Faults.message(.request, "Produce", .nth([1]), do: ["partition:2s"])], nodes: 2)
        let talk = Conversation(rig)
        #expect(talk.send(up: true, Packets.request(correlation: 1)).count == 1, "the message itself passes")
        #expect(talk.send(up: false, [1]).isEmpty)
        rig.send(Packets.tcp(node: 2), from: 0, at: talk.now)
        #expect(rig.due(talk.now).map(\.port) == [2], "other nodes are not cut off")
        talk.now += 2_000_000_000
        #expect(talk.send(up: false, [1]).count == 1)
        let log = try rig.log()
        #expect(log.map(\.fate) == ["partition", "drop"])
        #expect(log.map(\.reason) == ["message", "partition"])
    }

    @Test func aMessageStartsAPhase() throws {
        let rig = try CoreRig([
            Faults.message(
                .response, "Produce", .nth([1]), do: ["phase:{for: 1s, loss: 100%, direction: clientToBroker}"])
        ])
        let talk = Conversation(rig)
        #expect(talk.send(up: true, Packets.request(correlation: 1)).count == 1)
        #expect(talk.send(up: false, Packets.response(correlation: 1)).count == 1)
        #expect(talk.send(up: true, [1]).isEmpty)
        #expect(talk.send(up: false, [1]).count == 1)
        talk.now += 1_000_000_000
        #expect(talk.send(up: true, [1]).count == 1)
        let log = try rig.log()
        #expect(log.map(\.fate) == ["phase", "drop"])
        #expect(rig.phases.map(\.began) == [true, false])
        #expect(rig.triggered == [0])
    }

    @Test func aFullTableEvictsWithoutLosingRules() throws {
        let rig = try CoreRig([Faults.message(.request, "Produce", .all, do: ["drop"])])
        for index in 0..<(ConnectionTable.capacity + 500) {
            let port = UInt16(1000 + index)
            rig.send(Packets.tcp(sequence: 1, flags: [.syn], port: port), from: 0, at: Int64(index * 2))
            rig.send(
                Packets.tcp(sequence: 2, data: Packets.request(correlation: 1), port: port), from: 0,
                at: Int64(index * 2 + 1))
            _ = rig.due(Int64(index * 2 + 1))
        }
        #expect(rig.core.counters.evictedConnections == 500)
        #expect(rig.core.messages.rules.count == ConnectionTable.capacity)
        #expect(rig.core.counters.triggers == UInt64(ConnectionTable.capacity + 500))
        #expect(rig.isBalanced)
    }

    /// One connection after another, as a client makes them that is reset again and again, needs no memory for each.
    @Test func connectionsThatEndedMakeRoomBeforeTheTableIsFull() throws {
        let rig = try CoreRig([Faults.message(.request, "Produce", .every(1000), do: ["drop"])])
        let second: Int64 = 1_000_000_000
        for index in 0..<2000 {
            let port = UInt16(1000 + index)
            let now = Int64(index) * second
            rig.send(Packets.tcp(sequence: 1, flags: [.syn], port: port), from: 0, at: now)
            rig.send(Packets.tcp(sequence: 2, flags: [.rst, .ack], port: port), from: 0, at: now + 1)
            _ = rig.due(now + 1)
        }
        #expect(rig.core.connections.count < 60)
        #expect(rig.core.counters.evictedConnections == 0)
        #expect(rig.core.counters.connections == 2000)
    }
}
