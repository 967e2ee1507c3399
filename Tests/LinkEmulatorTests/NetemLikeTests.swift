import EvidenceModel
import PacketWire
import ScenarioModel
import Testing

@testable import LinkEmulator

/// What netem can do beside delay and loss: chains of four states, slots, overhead; and marks.
@Suite struct NetemLikeTests {
    private func lost(_ loss: String, count: Int) throws -> [Int] {
        let rig = try CoreRig([Faults.timeline(["loss": loss])])
        for index in 0..<count {
            rig.send(Packets.tcp(sequence: UInt32(index)), from: 0, at: Int64(index) * 1000)
            _ = rig.due(Int64(index) * 1000)
        }
        return try rig.log().map { Int($0.packetIndex) }
    }

    @Test func fourStatesHaveTheRatesOfTheirChain() throws {
        let count = 200_000
        func share(_ loss: String) throws -> Double { Double(try lost(loss, count: count).count) / Double(count) }
        // Lost alone: of 1 + p14 packets p14. Gilbert: p13 / (p13 + p31).
        #expect(abs(try share("{p14: 5%}") - 0.05 / 1.05) < 0.003)
        #expect(abs(try share("{p13: 2%, p31: 25%}") - 0.02 / 0.27) < 0.005)
        // All four: in proportion to 1 in the gap, p13/p31 lost in bursts, p32/p23 of these arriving between, p14 alone.
        let bursts = 0.02 / 0.25
        let whole = 1 + bursts + bursts * 0.3 / 0.5 + 0.01
        let wanted = (bursts + 0.01) / whole
        #expect(abs(try share("{p13: 2%, p31: 25%, p32: 30%, p23: 50%, p14: 1%}") - wanted) < 0.006)
    }

    @Test func packetsLeaveInSlots() throws {
        let rig = try CoreRig([Faults.timeline(["slot": "{from: 10ms, packets: 3}"])])
        for index in 0..<7 { rig.send(Packets.tcp(sequence: UInt32(index)), from: 0, at: Int64(index + 1) * 1_000_000) }
        #expect(rig.due().map { $0.at / 1_000_000 } == [11, 11, 11, 21, 21, 21, 31])
        rig.send(Packets.tcp(), from: 0, at: 50_000_000)
        #expect(rig.due().map(\.at) == [60_000_000], "after a pause the next slot is asked for anew")
        #expect(try rig.log().allSatisfy { $0.fate == "delay" && $0.reason == "slot" })
    }

    @Test func slotsAreAsFarApartAsChanceHasIt() throws {
        let rig = try CoreRig([Faults.timeline(["slot": "{from: 5ms, to: 15ms}"])])
        for index in 0..<50_000 {
            rig.send(Packets.tcp(sequence: UInt32(index)), from: 0, at: Int64(index + 1) * 1_000_000)
        }
        let times = Array(Set(rig.due().map(\.at))).sorted()
        let gaps = zip(times.dropFirst(), times).map { Double($0 - $1) / 1e6 }
        // A slot is asked for by the first packet after the last one, at most 1 ms later: 10.5 ms apart in the mean.
        #expect(abs(gaps.reduce(0, +) / Double(gaps.count) - 10.5) < 0.3)
        #expect(gaps.allSatisfy { $0 >= 5 && $0 <= 16 })
    }

    @Test func overheadTakesItsTime() throws {
        func end(_ settings: KeyValuePairs<String, String>) throws -> Int64 {
            let rig = try CoreRig([Faults.timeline(settings)])
            for index in 0..<10 { rig.send(Packets.tcp(sequence: UInt32(index)), from: 0, at: 1) }
            return try #require(rig.due().last).at
        }
        // 10 packets of 40 bytes at 1 byte/us; each 38 bytes longer on the wire.
        #expect(try end(["rate": "8Mbit/s"]) == 400_001)
        #expect(try end(["rate": "8Mbit/s", "overhead": "38B"]) == 780_001)
    }

    /// 12 Mbit/s carry a packet of 1,500 bytes in 1 ms; they come every 0.9 ms, so CoDel has to act.
    @Test func codelMarksWhatMayBeMarked() throws {
        func run(typeOfService: UInt8, _ settings: KeyValuePairs<String, String>) throws -> (
            marked: Int, dropped: Int, log: [FaultLogEntry]
        ) {
            let rig = try CoreRig([Faults.timeline(settings)])
            var packet = Packets.tcp(data: [UInt8](repeating: 0, count: 1460))
            packet[1] = typeOfService
            packet.withUnsafeMutableBytes { IPv4Mutation.updateHeaderChecksum($0) }
            var marked = 0
            func take(_ now: Int64) throws {
                for out in rig.due(now) where out.bytes[1] & 0b11 == 0b11 {
                    marked += 1
                    #expect(try Packets.parts(out.bytes).valid, "both checksums are right")
                    #expect(out.bytes[1] & 0xFC == typeOfService & 0xFC, "the rest of the field is as it was")
                }
            }
            for index in 0..<3000 {
                rig.send(packet, from: 0, at: Int64(index) * 900_000)
                try take(Int64(index) * 900_000)
            }
            try take(.max)
            let log = try rig.log()
            return (marked, log.count { $0.fate == "drop" }, log)
        }
        let settings: KeyValuePairs = ["rate": "12Mbit/s", "queue": "1000", "discipline": "codel", "ecn": "true"]
        let capable = try run(typeOfService: 0b1010_0010, settings)
        #expect(capable.marked > 5)
        #expect(capable.dropped == 0)
        #expect(capable.log.count { $0.fate == "mark" && $0.reason == "rate" } == capable.marked)
        let other = try run(typeOfService: 0b1010_0000, settings)
        #expect(other.marked == 0)
        #expect(other.dropped > 5)
        let without = try run(
            typeOfService: 0b1010_0010, ["rate": "12Mbit/s", "queue": "1000", "discipline": "codel"])
        #expect(without.marked == 0 && without.dropped > 5)
    }
}
