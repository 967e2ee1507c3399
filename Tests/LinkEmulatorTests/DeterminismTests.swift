import EvidenceModel
import Foundation
import ScenarioModel
import Testing

@testable import LinkEmulator

@Suite struct DeterminismTests {
    private func log(_ faults: [FaultSpec], seed: UInt64, nodes: Int = 2) throws -> String {
        let rig = try CoreRig(faults, nodes: nodes, seed: seed)
        for index in 0..<3000 {
            let now = Int64(index) * 100_000
            let node = UInt8(index % nodes + 1)
            let up = index % 3 != 0
            rig.send(
                Packets.tcp(up: up, node: node, sequence: UInt32(index), data: [1, 2, 3]), from: up ? 0 : Int(node),
                at: now)
            _ = rig.due(now)
        }
        #expect(rig.isBalanced)
        return rig.logText()
    }

    private let everything = [
        Faults.timeline([
            "delay": "5ms", "jitter": "2ms", "correlation": "30%", "loss": "5%", "duplicate": "2%", "reorder": "10%",
            "rate": "100Mbit/s",
        ])
    ]

    @Test func sameSeedAndPacketsGiveTheSameLogByteForByte() throws {
        let first = try log(everything, seed: 42)
        #expect(first.count > 100_000)
        #expect(try log(everything, seed: 42) == first)
        #expect(try log(everything, seed: 43) != first)
    }

    @Test func addingAFaultLeavesTheDrawsOfOthersUnchanged() throws {
        let alone = try log(everything, seed: 7)
        let together = try log(
            everything + [Faults.timeline(["loss": "50%", "jitter": "1ms", "delay": "1ms"], id: "fault-1")], seed: 7)
        func ofFirst(_ text: String) -> [Substring] { text.split(separator: "\n").filter { $0.contains("fault-0") } }
        #expect(ofFirst(together) == ofFirst(alone))
    }

    @Test func aFaultInFrontLeavesTheDrawsOfThoseBehindUnchanged() throws {
        func behind(_ id: String) -> FaultSpec {
            Faults.timeline(["delay": "5ms", "jitter": "2ms", "loss": "5%"], id: id)
        }
        let alone = Set(try log([behind("fault-0")], seed: 5).split(separator: "\n").map(String.init))
        let together = try log([Faults.timeline(["loss": "30%"]), behind("fault-1")], seed: 5)
        let kept = together.split(separator: "\n").filter { $0.contains("fault-1") }
            .map { $0.replacingOccurrences(of: "fault-1", with: "fault-0") }
        #expect(kept.count > 1000)
        #expect(kept.allSatisfy(alone.contains))
    }

    @Test func twoFaultsThatReadTheSameDrawApart() throws {
        let twins = [Faults.timeline(["loss": "50%"]), Faults.timeline(["loss": "50%"], id: "fault-1")]
        let lines = try log(twins, seed: 5).split(separator: "\n")
        let second = lines.count { $0.contains("fault-1") }
        // The same draws would let the second lose nothing of what the first left.
        #expect((600...900).contains(second))
    }

    /// A fault in front that loses packets must not shift what a fault behind it decides for the packets that remain.
    @Test func losingPacketsEarlierDoesNotShiftCorrelatedDraws() throws {
        let behind = Faults.timeline(
            ["delay": "5ms", "jitter": "2ms", "correlation": "80%"], id: "fault-9")
        let alone = try log([behind], seed: 3)
        let together = try log([Faults.timeline(["loss": "30%"]), behind], seed: 3)
        let all = Set(alone.split(separator: "\n"))
        let kept = together.split(separator: "\n").filter { $0.contains("fault-9") }
        #expect(kept.count < all.count * 8 / 10)
        #expect(kept.allSatisfy(all.contains))
    }

    @Test func nodesAndDirectionsDrawOnTheirOwn() throws {
        let text = try log([Faults.timeline(["loss": "50%"])], seed: 11)
        var lost: [String: Set<Int>] = [:]
        for line in text.split(separator: "\n") {
            let node = line.contains(#""node":1"#) ? "1" : "2"
            let direction = line.contains("clientToBroker") ? "up" : "down"
            let index = line.firstRange(of: #""packet_index":"#).map { line[$0.upperBound...] } ?? ""
            lost[node + direction, default: []].insert(Int(index.prefix { $0.isNumber }) ?? -1)
        }
        #expect(lost.count == 4)
        #expect(Set(lost.values.map { $0.filter { $0 < 400 } }).count == 4)
    }
}
