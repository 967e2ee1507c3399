import EvidenceModel
import ScenarioModel
import Testing

@testable import LinkEmulator

/// The ways of a network: faults that act from before the first packet to the end.
@Suite struct NetworkTests {
    private func way(_ settings: KeyValuePairs<String, String>) -> FaultSpec {
        var way = Faults.timeline(settings, id: "network-0")
        way.trigger = .network
        return way
    }

    @Test func aWayActsFromTheFirstPacketAndAFaultAddsToIt() throws {
        let rig = try CoreRig(
            [way(["delay": "10ms"]), Faults.timeline(["delay": "5ms"], at: .milliseconds(20))], startTimeline: false)
        rig.send(Packets.tcp(), from: 0, at: 1_000_000)
        #expect(rig.due().map(\.at) == [11_000_000], "before time zero")
        rig.core.phases.setTimeZero(20_000_000)
        rig.send(Packets.tcp(sequence: 2), from: 0, at: 30_000_000)
        rig.send(Packets.tcp(sequence: 3), from: 0, at: 50_000_000)
        #expect(rig.due().map(\.at) == [40_000_000, 65_000_000])
        #expect(try rig.log().map(\.fault) == ["network-0", "network-0", "network-0", "fault-0"])
    }

    @Test func jitterInOrderLetsNoPacketOvertake() throws {
        func times(_ settings: KeyValuePairs<String, String>) throws -> [(sequence: [UInt8], at: Int64)] {
            let rig = try CoreRig([way(settings)])
            for index in 0..<2000 {
                rig.send(Packets.tcp(sequence: UInt32(index)), from: 0, at: Int64(index) * 100_000)
            }
            return rig.due().map { (Array($0.bytes[24..<28]), $0.at) }
        }
        func isSorted(_ list: [(sequence: [UInt8], at: Int64)]) -> Bool {
            zip(list, list.dropFirst()).allSatisfy { $0.sequence.lexicographicallyPrecedes($1.sequence) }
        }
        let free = try times(["delay": "10ms", "jitter": "3ms"])
        let ordered = try times(["delay": "10ms", "jitter": "3ms", "in-order": "true"])
        #expect(!isSorted(free))
        #expect(isSorted(ordered))
        #expect(ordered.count == 2000)
        // At 0.1 ms between packets the latest ones hold up those behind them.
        let held = ordered.enumerated().map { Double($1.at - Int64($0) * 100_000) / 1e6 }
        let mean = held.reduce(0, +) / 2000
        #expect(held.allSatisfy { $0 <= 13.0 && $0 >= 7.0 } && mean > 11 && mean < 13)
    }

    @Test func theNetworkChangesNoDrawOfAFault() throws {
        func lost(_ faults: [FaultSpec]) throws -> [UInt64] {
            let rig = try CoreRig(faults)
            for index in 0..<500 { rig.send(Packets.tcp(sequence: UInt32(index)), from: 0, at: Int64(index)) }
            return try rig.log().filter { $0.fate == "drop" && $0.fault == "fault-0" }.map(\.packetIndex)
        }
        var always = Faults.timeline(["loss": "10%"])
        always.trigger = .named(.always)
        let alone = try lost([always])
        #expect(!alone.isEmpty)
        let both = try lost([way(["loss": "10%"]), always])
        #expect(Set(both).isSubset(of: alone), "the same draws, of the packets that are left")
    }
}
