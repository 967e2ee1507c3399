import EvidenceModel
import PacketWire
import ScenarioModel
import Testing

@testable import LinkEmulator

/// What boxes on the way do to connections: forget them, swallow new ones, lose their SYNs.
@Suite struct MiddleboxTests {
    private let second: Int64 = 1_000_000_000

    @Test func aNATForgetsConnectionsThatWereIdleForLonger() throws {
        let rig = try CoreRig([Faults.timeline(["forget-idle": "5s"])])
        let talk = Conversation(rig)
        talk.now += 5 * second - 1000
        #expect(talk.send(up: true, [1]).count == 1, "exactly as long is not longer")
        talk.now += 5 * second
        #expect(talk.send(up: true, [1]).isEmpty)
        #expect(talk.send(up: false, [1]).isEmpty, "it stays forgotten, both ways")
        #expect(talk.send(up: true, [1]).isEmpty)
        let new = Conversation(rig, port: 40_001, at: talk.now)
        #expect(new.send(up: true, [1]).count == 1)
        let log = try rig.log()
        #expect(log.map(\.reason) == ["forget-idle", "forget-idle", "forget-idle"])
        #expect(log.map(\.fate) == ["drop", "drop", "drop"])
        #expect(rig.isBalanced)
    }

    @Test func aNATMayTellWhoeverSends() throws {
        let rig = try CoreRig([Faults.timeline(["forget-idle": "{after: 1s, then: reset}"])])
        let talk = Conversation(rig)
        talk.now += 2 * second
        let next = talk.nextDown
        let out = talk.send(up: true, [1, 2])
        #expect(out.map(\.port) == [0], "the sender alone")
        let parts = try Packets.parts(try #require(out.first).bytes)
        #expect(parts.flags == [.rst])
        #expect(parts.sequence == next, "the number that the client waits for")
        #expect(parts.valid)
        #expect(talk.send(up: true, flags: [.rst]).isEmpty, "a reset is not answered")
        #expect(rig.isBalanced)
    }

    @Test func blackholeNewLosesConnectionsFromTheirFirstPacketOn() throws {
        let rig = try CoreRig([Faults.timeline(["blackhole": "new"], at: .seconds(1), for: .seconds(1))])
        let old = Conversation(rig)
        old.now = second + 100
        #expect(old.send(up: true, [1]).count == 1)
        rig.send(Packets.tcp(sequence: 9, flags: [.syn], port: 40_001), from: 0, at: second + 5000)
        #expect(rig.due(second + 5000).isEmpty)
        rig.send(Packets.tcp(sequence: 9, flags: [.syn], port: 40_001), from: 0, at: 2 * second)
        #expect(rig.due(2 * second).count == 1, "TCP's next try comes after the phase")
        #expect(try rig.log().map(\.reason) == ["blackhole"])
    }

    @Test(arguments: [
        ("drop", [0, 1, 2, 3, 4, 5]), ("{drop: true, nth: 2}", [1]), ("{drop: true, every: 3}", [2, 5]),
    ])
    func synsAreLostByNumber(value: String, expected: [Int]) throws {
        let rig = try CoreRig([Faults.timeline(["syn": value])])
        var lost: [Int] = []
        for index in 0..<6 {
            let now = Int64(index + 1) * 1000
            rig.send(Packets.tcp(sequence: 9, flags: [.syn], port: UInt16(40_000 + index)), from: 0, at: now)
            if rig.due(now).isEmpty { lost.append(index) }
            // What answers a SYN, and what follows, is no SYN of a client.
            rig.send(
                Packets.tcp(up: false, sequence: 5, flags: [.syn, .ack], port: UInt16(40_000 + index)), from: 1, at: now
            )
            #expect(rig.due(now).count == 1)
        }
        #expect(lost == expected)
        #expect(try rig.log().allSatisfy { $0.fate == "drop" && $0.reason == "syn" })
        #expect(rig.isBalanced)
    }

    @Test func aSynIsHeld() throws {
        let rig = try CoreRig([Faults.timeline(["syn": "3s"])])
        rig.send(Packets.tcp(sequence: 9, flags: [.syn]), from: 0, at: 1000)
        #expect(rig.due().map(\.at) == [3 * second + 1000])
        let entry = try #require(try rig.log().first)
        #expect(entry.fate == "delay" && entry.reason == "syn" && entry.delayUs == 3_000_000)
    }

    @Test(arguments: [
        ("forget-idle", "0s"), ("forget-idle", "{then: reset}"), ("forget-idle", "{after: 1s, then: close}"),
        ("blackhole", "old"), ("syn", "reset"), ("syn", "{drop: true, delay: 1s}"), ("syn", "{nth: 1}"),
        ("syn", "{drop: true, nth: 1, every: 2}"), ("syn", "{drop: true, nth: 0}"), ("slot", "0ms"),
        ("slot", "{from: 5ms, to: 1ms}"), ("slot", "{packets: 3}"), ("loss", "{p13: 80%, p14: 30%}"),
        ("loss", "{p13: 1%, p: 2%}"), ("loss", "{p13: 1%, p31: 90%, p32: 20%}"), ("overhead", "2KB"), ("ecn", "maybe"),
    ])
    func nonsenseIsRefused(word: String, value: String) throws {
        let keyword = try #require(LinkVocabulary.keywords.first { $0.name == word && $0.role != .action })
        #expect(throws: (any Error).self) { try keyword.validate(Faults.value(value)) }
    }
}
