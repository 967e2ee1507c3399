import EvidenceModel
import Foundation
import PacketWire
import ScenarioModel
import Testing

@testable import LinkEmulator

@Suite struct MoreImpairmentTests {
    /// Indices of the packets that were lost.
    private func lost(_ settings: KeyValuePairs<String, String>, count: Int, gapNs: Int64 = 1000) throws -> [Int] {
        let rig = try CoreRig([Faults.timeline(settings)])
        for index in 0..<count {
            rig.send(Packets.tcp(sequence: UInt32(index)), from: 0, at: Int64(index) * gapNs)
            _ = rig.due(Int64(index) * gapNs)
        }
        #expect(rig.isBalanced)
        return try rig.log().filter { $0.fate == "drop" }.map { Int($0.packetIndex) }
    }

    @Test func burstLossHasTheRatesOfItsChain() throws {
        let count = 100_000
        let lost = try lost(["loss": "{p: 1%, r: 20%}"], count: count)
        let stationary = 0.01 / 0.21
        #expect(abs(Double(lost.count) / Double(count) - stationary) < 0.006)
        var bursts = 0
        for (index, packet) in lost.enumerated() where index == 0 || lost[index - 1] != packet - 1 { bursts += 1 }
        #expect(abs(Double(lost.count) / Double(bursts) - 5) < 0.5, "bursts of 1/r packets")
        let gentle = try self.lost(["loss": "{p: 1%, r: 20%, 1-h: 50%, 1-k: 1%}"], count: count)
        let wanted = stationary * 0.5 + (1 - stationary) * 0.01
        #expect(abs(Double(gentle.count) / Double(count) - wanted) < 0.006)
    }

    @Test func correlatedLossKeepsItsRateAndComesInRuns() throws {
        let count = 100_000
        let lost = try lost(["loss": "5%", "correlation": "80%"], count: count)
        #expect(abs(Double(lost.count) / Double(count) - 0.05) < 0.01)
        let pairs = zip(lost, lost.dropFirst()).filter { $1 == $0 + 1 }.count
        #expect(Double(pairs) / Double(lost.count) > 0.3)
    }

    @Test func everyNthAndListedPackets() throws {
        #expect(try lost(["loss": "{every: 4}"], count: 12) == [3, 7, 11])
        #expect(try lost(["loss": "{packets: [7, 1, 3]}"], count: 12) == [0, 2, 6])
    }

    @Test(arguments: ["{p: 1}", "{every: 0}", "{packets: []}", "{p: 1%, q: 2%}", "{r: 1%}", "120%", "fast"])
    func lossRefusesNonsense(_ text: String) throws {
        let keyword = try #require(LinkVocabulary.keywords.first { $0.name == "loss" })
        if text == "{p: 1}" {
            #expect(throws: Never.self) { try keyword.validate(Faults.value(text)) }
        } else {
            #expect(throws: (any Error).self) { try keyword.validate(Faults.value(text)) }
        }
    }

    @Test func corruptFlipsOneBitThatAChecksumFinds() throws {
        let rig = try CoreRig([Faults.timeline(["corrupt": "100%"])])
        let original = Packets.tcp(data: [UInt8](repeating: 5, count: 100))
        for index in 0..<300 { rig.send(original, from: 0, at: Int64(index)) }
        for packet in rig.due() {
            let changed = zip(packet.bytes, original).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
            #expect(changed == 1)
            #expect(packet.bytes[0] == original[0], "the version is what makes it a packet of IPv4")
            let isAccepted = packet.bytes.withUnsafeBytes { bytes -> Bool in
                guard let view = try? IPv4Packet(bytes), view.hasValidHeaderChecksum,
                    let segment = try? TCPSegment(view.payload)
                else { return false }
                return segment.hasValidChecksum(in: view)
            }
            #expect(!isAccepted)
        }
        #expect(try rig.log().allSatisfy { $0.fate == "corrupt" })
    }

    @Test func mtuLosesLongPacketsOnly() throws {
        let rig = try CoreRig([Faults.timeline(["mtu": "100B"])])
        rig.send(Packets.tcp(data: [UInt8](repeating: 0, count: 60)), from: 0, at: 1)
        rig.send(Packets.tcp(data: [UInt8](repeating: 0, count: 61)), from: 0, at: 2)
        #expect(rig.due().count == 1)
        #expect(try rig.log().map(\.reason) == ["mtu"])
    }

    @Test func flapGoesDownAndUp() throws {
        let lost = try lost(["flap": "{down: 2ms, up: 3ms}"], count: 12, gapNs: 1_000_000)
        #expect(lost == [0, 1, 5, 6, 10, 11])
    }

    @Test func codelKeepsTheQueueNearItsTarget() throws {
        func waits(_ discipline: String) throws -> (lost: Int, last: [Int64]) {
            let rig = try CoreRig(
                [Faults.timeline(["rate": "12Mbit/s", "queue": "1000", "discipline": discipline])])
            // 1,500 bytes take 1 ms; they come every 0.9 ms for 10 s: a standing queue.
            let packet = Packets.tcp(data: [UInt8](repeating: 0, count: 1460))
            for index in 0..<11_000 {
                rig.send(packet, from: 0, at: Int64(index) * 900_000)
                _ = rig.due(Int64(index) * 900_000)
            }
            let log = try rig.log()
            return (
                log.filter { $0.fate == "drop" }.count,
                log.filter { $0.fate == "queue" }.suffix(1000).compactMap(\.delayUs)
            )
        }
        let tail = try waits("drop-tail")
        let codel = try waits("codel")
        #expect(tail.last.min() ?? 0 > 800_000)
        #expect(codel.last.max() ?? 0 < 300_000)
        #expect(codel.lost > tail.lost)
    }

    @Test func traceGivesItsOpportunities() throws {
        let path = NSTemporaryDirectory() + "trace-\(UUID().uuidString)"
        try "1\n1\n5\n10\n".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let rig = try CoreRig([Faults.timeline(["trace": path])])
        let packet = Packets.tcp(data: [UInt8](repeating: 0, count: 1460))
        for _ in 0..<6 { rig.send(packet, from: 0, at: 0) }
        #expect(rig.due().map { $0.at / 1_000_000 } == [1, 1, 5, 10, 11, 11])
        rig.send(Packets.tcp(), from: 0, at: 26_000_000)
        rig.send(Packets.tcp(), from: 0, at: 26_000_000)
        #expect(rig.due().map { $0.at / 1_000_000 } == [30, 30], "small packets share an opportunity")
        #expect(throws: ScenarioError.self) { try TraceRate.read(Faults.value("/nowhere")) }
        try "5\n3\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: ScenarioError.self) { try TraceRate.read(Faults.value(path)) }
    }

    @Test func everyWordHasASummaryAndNoWordIsThereTwiceInARole() {
        let words = LinkVocabulary.keywords
        #expect(words.allSatisfy { !$0.summary.isEmpty })
        #expect(Set(words.map { "\($0.role) \($0.name)" }).count == words.count)
        #expect(words.filter { $0.role != .modifier }.allSatisfy { !$0.effects.isEmpty })
    }
}
