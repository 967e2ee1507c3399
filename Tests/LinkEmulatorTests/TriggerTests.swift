import EvidenceModel
import PacketWire
import ScenarioModel
import Testing

@testable import LinkEmulator

private func data(_ out: [CoreRig.Out]) throws -> [UInt8] {
    try out.flatMap { packet -> [UInt8] in
        let parts = try Packets.parts(packet.bytes)
        #expect(parts.valid, "checksums are right")
        return parts.data
    }
}

@Suite struct TriggerTests {
    @Test func dropsTheNthResponseAndItsRetransmissionsOnly() throws {
        let rig = try CoreRig([Faults.message(.response, "Produce", .nth([2]), do: ["drop"])])
        let talk = Conversation(rig)
        for correlation in Int32(1)...3 { talk.send(up: true, Packets.request(correlation: correlation)) }
        let first = Packets.response(correlation: 1)
        #expect(try data(talk.send(up: false, first)) == first)
        let lostAt = talk.nextDown
        let second = Packets.response(correlation: 2)
        let bare = talk.send(up: false, second)
        #expect(bare.count == 1)
        #expect(try data(bare).isEmpty, "only the acknowledgement passes")
        let third = Packets.response(correlation: 3)
        #expect(try data(talk.send(up: false, third)) == third)
        for _ in 0..<3 { #expect(try data(talk.send(up: false, second, sequence: lostAt)).isEmpty) }
        let log = try rig.log()
        #expect(log.map(\.fate) == ["drop", "drop", "drop", "drop"])
        #expect(log.map(\.reason) == ["message", "retransmission", "retransmission", "retransmission"])
        #expect(log[0].message == .init(api: "Produce", kind: "response", correlationID: 2))
        #expect(log[0].sequence == lostAt)
        #expect(rig.core.counters.triggers == 1)
        #expect(rig.isBalanced)
    }

    @Test(arguments: [1, 2, 3, 5, 7, 11, 24, 31, 72, 200])
    func cutsTheMessageOutHoweverItIsSegmented(_ size: Int) throws {
        let messages = (1...3).map { Packets.response(correlation: Int32($0)) }
        let rig = try CoreRig([Faults.message(.response, "Produce", .nth([2]), do: ["drop"])])
        let talk = Conversation(rig)
        for correlation in Int32(1)...3 {
            talk.send(up: true, Packets.request(correlation: correlation), segment: size)
        }
        let base = talk.nextDown
        let out = talk.send(up: false, messages.flatMap { $0 }, segment: size)
        var received = [UInt8?](repeating: nil, count: messages.joined().count)
        for packet in out {
            let parts = try Packets.parts(packet.bytes)
            #expect(parts.valid)
            for (index, byte) in parts.data.enumerated() { received[Int(parts.sequence - base) + index] = byte }
        }
        let length = messages[0].count
        #expect(received[..<length].compactMap { $0 } == messages[0])
        #expect(received[(2 * length)...].compactMap { $0 } == messages[2])
        // What was sent before the header was complete has passed; the message as a whole never does.
        let passed = received[length..<(2 * length)].compactMap { $0 }.count
        #expect(passed < 8)
        #expect(passed == 0 || size < 8 || length % size != 0)
        #expect(rig.core.counters.triggers == 1)
        #expect(rig.isBalanced)
    }

    @Test func countsMessagesNotSegmentsOrRetransmissions() throws {
        let rig = try CoreRig([Faults.message(.request, "Produce", .nth([3]), do: ["drop"])])
        let talk = Conversation(rig)
        let start = talk.nextUp
        let two = Packets.request(correlation: 1) + Packets.request(correlation: 2)
        talk.send(up: true, two)
        for _ in 0..<5 { talk.send(up: true, two, sequence: start) }
        #expect(rig.core.counters.requests == 2)
        #expect(rig.core.counters.triggers == 0)
        // A retransmission that carries new bytes behind old ones.
        let third = Packets.request(correlation: 3)
        let out = talk.send(up: true, two + third, sequence: start)
        #expect(try data(out) == two, "old bytes pass, the third request does not")
        #expect(try rig.log().map(\.message?.correlationID) == [3])
    }

    @Test func otherApisDoNotCount() throws {
        let rig = try CoreRig([Faults.message(.response, "Produce", .nth([1]), do: ["drop"])])
        let talk = Conversation(rig)
        talk.send(up: true, Packets.request(api: 3, correlation: 1) + Packets.request(api: 18, correlation: 2))
        let answers = Packets.response(correlation: 1) + Packets.response(correlation: 2)
        #expect(try data(talk.send(up: false, answers)) == answers)
        #expect(rig.core.counters.responses == 2)
        #expect(try rig.log().isEmpty)
    }

    @Test func everyAndAllAndLists() throws {
        func dropped(_ selection: MessageMatch.Selection) throws -> [Int32] {
            let rig = try CoreRig([Faults.message(.request, "Produce", selection, do: ["delay:1ms"])])
            let talk = Conversation(rig)
            for correlation in Int32(1)...9 { talk.send(up: true, Packets.request(correlation: correlation)) }
            return try rig.log().compactMap(\.message?.correlationID)
        }
        #expect(try dropped(.all) == Array(1...9))
        #expect(try dropped(.every(3)) == [3, 6, 9])
        #expect(try dropped(.nth([2, 5])) == [2, 5])
    }

    @Test func delayHoldsTheMessageAndItsRetransmissions() throws {
        let rig = try CoreRig([Faults.message(.response, "Produce", .nth([1]), do: ["delay:500ms"])])
        let talk = Conversation(rig)
        talk.send(up: true, Packets.request(correlation: 1))
        let start = talk.nextDown
        let answer = Packets.response(correlation: 1)
        #expect(try data(talk.send(up: false, answer)).isEmpty)
        let matchedAt = talk.now
        #expect(try data(talk.send(up: false, answer, sequence: start)).isEmpty, "sent again: still held")
        let late = rig.due(matchedAt + 500_000_000)
        #expect(late.map(\.at) == [matchedAt + 500_000_000])
        #expect(try data(late) == answer)
        talk.now = matchedAt + 600_000_000
        #expect(try data(talk.send(up: false, answer, sequence: start)) == answer, "sent again later: passes")
        let log = try rig.log()
        #expect(log.map(\.fate) == ["delay", "drop"])
        #expect(log[0].delayUs == 500_000)
        #expect(rig.isBalanced)
    }

    @Test func dropAndResetSendsResetsThatBothEndsAccept() throws {
        let rig = try CoreRig([Faults.message(.response, "Produce", .nth([2]), do: ["drop", "reset"])])
        let talk = Conversation(rig)
        talk.send(up: true, Packets.request(correlation: 1) + Packets.request(correlation: 2))
        let first = Packets.response(correlation: 1)
        let out = talk.send(up: false, first + Packets.response(correlation: 2))
        #expect(try data(out) == first)
        let resets = try out.compactMap { packet -> (Int, UInt32)? in
            let parts = try Packets.parts(packet.bytes)
            return parts.flags.contains(.rst) ? (packet.port, parts.sequence) : nil
        }
        #expect(resets.count == 2)
        #expect(resets.first { $0.0 == 0 }?.1 == 5001 + UInt32(first.count), "what the client waits for next")
        #expect(resets.first { $0.0 == 1 }?.1 == talk.nextUp, "what the broker waits for next")
        #expect(try rig.log().map(\.fate) == ["drop", "reset"])
        // Whatever is still sent is swallowed and answered by a reset with exactly the expected number.
        let late = talk.send(up: true, Packets.request(correlation: 3))
        #expect(late.map(\.port) == [0])
        #expect(try Packets.parts(late[0].bytes).sequence == talk.nextDown)
        #expect(try Packets.parts(late[0].bytes).flags == [.rst])
        #expect(rig.core.counters.resets == 1)
        #expect(rig.isBalanced)
    }

    /// Many answers in one packet: those behind the one that is dropped would arrive beyond a hole.
    @Test func nothingBehindADroppedMessageArrivesBeforeItsReset() throws {
        let rig = try CoreRig([Faults.message(.response, "Produce", .nth([2]), do: ["drop", "reset"])])
        let talk = Conversation(rig)
        talk.send(up: true, (1...4).flatMap { Packets.request(correlation: $0) })
        let answers = (1...4).map { Packets.response(correlation: $0) }
        let out = talk.send(up: false, answers.flatMap { $0 })
        #expect(try data(out.filter { $0.port == 0 }) == answers[0])
        let log = try rig.log()
        #expect(log.map(\.fate) == ["drop", "drop", "reset"])
        #expect(log.map(\.reason) == ["message", "reset", "message"])
        #expect(rig.core.counters.resets == 1)
        #expect(rig.isBalanced)
    }

    @Test func resetAloneComesAfterTheMessage() throws {
        let rig = try CoreRig([Faults.message(.request, "Produce", .nth([1]), do: ["reset:client"])])
        let talk = Conversation(rig)
        let request = Packets.request(correlation: 1, body: 100)
        let out = talk.send(up: true, request, segment: 40)
        #expect(try data(out.filter { $0.port == 1 }) == request, "the broker gets the whole message first")
        #expect(try out.filter { $0.port == 0 }.map { try Packets.parts($0.bytes).flags.contains(.rst) } == [true])
        #expect(try out.filter { $0.port == 1 }.allSatisfy { try !Packets.parts($0.bytes).flags.contains(.rst) })
    }

    @Test func aNewConnectionOnTheSamePortsStartsAnew() throws {
        let rig = try CoreRig([Faults.message(.response, "Produce", .nth([1]), do: ["drop", "reset"])])
        let talk = Conversation(rig)
        talk.send(up: true, Packets.request(correlation: 1))
        talk.send(up: false, Packets.response(correlation: 1))
        #expect(rig.core.counters.resets == 1)
        let again = Conversation(rig)
        again.now = talk.now
        let request = Packets.request(correlation: 1)
        #expect(try data(again.send(up: true, request)) == request)
        let answer = Packets.response(correlation: 1)
        #expect(try data(again.send(up: false, answer)) == answer)
        #expect(rig.core.counters.connections == 2)
    }

    @Test func resetsWaitBehindPacketsThatAreStillOnTheirWay() throws {
        let rig = try CoreRig([
            Faults.message(.response, "Produce", .nth([2]), do: ["drop", "reset"]),
            Faults.timeline(["delay": "10ms"], id: "fault-1"),
        ])
        let talk = Conversation(rig)
        talk.send(up: true, Packets.request(correlation: 1) + Packets.request(correlation: 2))
        let first = Packets.response(correlation: 1)
        talk.send(up: false, first)
        talk.send(up: false, Packets.response(correlation: 2))
        let out = rig.due().filter { $0.port == 0 }
        #expect(try Packets.parts(try #require(out.last).bytes).flags.contains(.rst))
        #expect(try Packets.parts(try #require(out.last).bytes).sequence == 5001 + UInt32(first.count))
    }

    @Test func resetOnATimelineConcernsEveryOpenConnection() throws {
        let rig = try CoreRig([Faults.timeline([:], at: .seconds(1), do: ["reset"])])
        let one = Conversation(rig, port: 40_000)
        let two = Conversation(rig, port: 40_001)
        one.send(up: true, Packets.request(correlation: 1))
        two.send(up: true, Packets.request(correlation: 1))
        let out = rig.due(1_000_000_000)
        #expect(try out.filter { try Packets.parts($0.bytes).flags.contains(.rst) }.count == 4)
        #expect(try rig.log().map(\.reason) == ["timeline", "timeline"])
    }

    @Test func whatIsNotKafkaIsLeftAlone() throws {
        let rig = try CoreRig([Faults.message(.request, "Produce", .all, do: ["drop"])])
        let talk = Conversation(rig)
        let garbage = [UInt8](repeating: 0xFF, count: 100)
        #expect(try data(talk.send(up: true, garbage)) == garbage)
        let request = Packets.request(correlation: 1)
        #expect(try data(talk.send(up: true, request)) == request)
        #expect(rig.core.counters.opaqueConnections == 1)
    }

    @Test func packetsWithoutAKnownBeginningAreForwarded() throws {
        let rig = try CoreRig([Faults.message(.request, "Produce", .all, do: ["drop"])])
        rig.send(Packets.tcp(sequence: 77, data: Packets.request(correlation: 1)), from: 0, at: 1)
        #expect(rig.due(1).count == 1)
        #expect(rig.core.counters.opaqueConnections == 1)
    }

    @Test func sequenceNumbersMayWrap() throws {
        let rig = try CoreRig([Faults.message(.request, "Produce", .nth([2]), do: ["drop"])])
        let first = Packets.request(correlation: 1)
        let second = Packets.request(correlation: 2)
        let start = UInt32.max - 20
        rig.send(Packets.tcp(sequence: start, flags: [.syn]), from: 0, at: 1)
        rig.send(Packets.tcp(sequence: start + 1, data: first), from: 0, at: 2)
        _ = rig.due(2)
        rig.send(Packets.tcp(sequence: start &+ 1 &+ UInt32(first.count), data: second + first), from: 0, at: 3)
        #expect(try data(rig.due(3)) == first)
        #expect(try rig.log().count == 1)
    }
}
