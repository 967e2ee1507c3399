import EvidenceModel
import PacketWire
import ScenarioModel
import Testing

@testable import LinkEmulator

@Suite struct BadInputTests {
    @Test func everyRuleDropsOrForwardsAndCounts() throws {
        let rig = try CoreRig([Faults.message(.request, "Produce", .all, do: ["drop"])])
        func fate(_ bytes: [UInt8], from port: Int = 0) -> Int {
            rig.send(bytes, from: port, at: 1)
            return rig.due(1).count
        }
        #expect(fate([]) == 0)
        #expect(fate([0x45, 0, 0]) == 0)
        #expect(fate([0x60] + [UInt8](repeating: 0, count: 47)) == 0)
        var fragment = Packets.tcp()
        fragment[6] = 0x20
        #expect(fate(fragment) == 1)
        var udp = Packets.tcp()
        udp[9] = 17
        #expect(fate(udp) == 1)
        var short = Packets.tcp()
        short[32] = 0xF0
        #expect(fate(short) == 1)
        var elsewhere = Packets.tcp()
        elsewhere[16] = 10
        #expect(fate(elsewhere) == 0)
        #expect(fate(Packets.tcp(up: false)) == 0, "a packet to its own sender")
        #expect(fate(Packets.tcp(data: [UInt8](repeating: 0, count: 1461))) == 0)
        let counters = rig.core.counters
        #expect(counters.malformed == 2 && counters.ipv6 == 1 && counters.fragments == 1 && counters.nonTCP == 1)
        #expect(counters.malformedTCP == 1 && counters.unroutable == 2 && counters.oversize == 1)
        #expect(rig.isBalanced)
    }

    @Test func everyPrefixAndEveryChangedByteIsSurvived() throws {
        let rig = try CoreRig([
            Faults.message(.request, "Produce", .all, do: ["drop", "reset"]),
            Faults.timeline(["loss": "10%", "duplicate": "10%", "delay": "1ms", "jitter": "1ms"], id: "fault-1"),
        ])
        let whole = Packets.tcp(sequence: 1, flags: [.syn, .ack], data: Packets.request(correlation: 1))
        for length in 0...whole.count { rig.send(Array(whole[..<length]), from: 0, at: Int64(length)) }
        for index in whole.indices {
            for bit in 0..<8 {
                var bytes = whole
                bytes[index] ^= 1 << UInt8(bit)
                rig.send(bytes, from: bit % 2, at: 1000)
            }
        }
        _ = rig.due()
        #expect(rig.isBalanced)
    }

    @Test func aFullArenaDropsAndLogs() throws {
        let rig = try CoreRig([Faults.timeline(["delay": "1s"])], packetLimit: 4)
        for index in 0..<6 { rig.send(Packets.tcp(sequence: UInt32(index)), from: 0, at: 1) }
        #expect(rig.core.counters.overflow == 2)
        let lost = try rig.log().filter { $0.fault == "link" }
        #expect(lost.count == 2)
        #expect(lost.allSatisfy { $0.reason == "overflow" && $0.fate == "drop" })
        #expect(rig.due().count == 4)
        #expect(rig.isBalanced)
    }
}
