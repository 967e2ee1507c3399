import EvidenceModel
import PacketWire
import ScenarioModel
import Testing

@testable import LinkEmulator

@Suite struct ImpairmentTests {
    /// Sends `count` packets up, one each millisecond, and returns what came out.
    private func run(
        _ faults: [FaultSpec], count: Int = 10_000, seed: UInt64 = 1, gapNs: Int64 = 1_000_000
    ) throws -> (out: [CoreRig.Out], rig: CoreRig) {
        let rig = try CoreRig(faults, seed: seed)
        var out: [CoreRig.Out] = []
        for index in 0..<count {
            let now = Int64(index) * gapNs
            rig.send(Packets.tcp(sequence: UInt32(index)), from: 0, at: now)
            out += rig.due(now)
        }
        out += rig.due()
        #expect(rig.isBalanced)
        return (out, rig)
    }

    @Test func withoutFaultsEveryPacketPassesAtOnce() throws {
        let (out, rig) = try run([], count: 100)
        #expect(out.count == 100)
        #expect(out.indices.allSatisfy { out[$0].at == Int64($0) * 1_000_000 && out[$0].port == 1 })
        #expect(try rig.log().isEmpty)
    }

    @Test(arguments: [("0.1%", 0.001), ("1%", 0.01), ("5%", 0.05), ("30%", 0.3)])
    func lossIsInsideTheBinomialInterval(_ text: String, _ probability: Double) throws {
        let count = 200_000
        let (out, rig) = try run([Faults.timeline(["loss": text])], count: count, gapNs: 1000)
        let lost = Double(count - out.count)
        let deviation = 2.576 * (Double(count) * probability * (1 - probability)).squareRoot()
        #expect(abs(lost - Double(count) * probability) <= deviation, "lost \(lost)")
        #expect(rig.core.report().packetsDropped == UInt64(lost))
    }

    @Test func lossOfEverythingAndOfNothing() throws {
        #expect(try run([Faults.timeline(["loss": "100%"])], count: 100).out.isEmpty)
        #expect(try run([Faults.timeline(["loss": "0%"])], count: 100).out.count == 100)
    }

    @Test func partitionIsOneWay() throws {
        let rig = try CoreRig([Faults.timeline(["partition": "true"], direction: .brokerToClient)])
        rig.send(Packets.tcp(up: true), from: 0, at: 0)
        rig.send(Packets.tcp(up: false), from: 1, at: 0)
        #expect(rig.due().map(\.port) == [1])
        let entry = try #require(try rig.log().first)
        #expect(entry.fate == "drop" && entry.reason == "partition" && entry.direction == .brokerToClient)
        #expect(entry.connection == "198.18.1.1:9092>198.18.0.1:40000")
    }

    @Test func faultsActOnTheirNodeAlone() throws {
        let rig = try CoreRig([Faults.timeline(["partition": "true"], node: 2)], nodes: 3)
        for node in 1...3 { rig.send(Packets.tcp(node: UInt8(node)), from: 0, at: 0) }
        #expect(rig.due().map(\.port) == [1, 3])
    }

    @Test func delayHoldsEachPacketExactly() throws {
        let (out, rig) = try run([Faults.timeline(["delay": "80ms"])], count: 100)
        #expect(out.indices.allSatisfy { out[$0].at == Int64($0) * 1_000_000 + 80_000_000 })
        let log = try rig.log()
        #expect(log.count == 100)
        #expect(log.allSatisfy { $0.fate == "delay" && $0.reason == "delay" && $0.delayUs == 80_000 })
    }

    @Test func delaysOfFaultsAddUp() throws {
        let faults = [
            Faults.timeline(["delay": "10ms"]), Faults.timeline(["delay": "5ms"], id: "fault-1"),
        ]
        #expect(try run(faults, count: 1).out[0].at == 15_000_000)
    }

    @Test(arguments: ["uniform", "normal", "pareto"], ["0%", "25%", "90%"])
    func jitterHasItsMeanAndSpread(_ distribution: String, _ correlation: String) throws {
        let fault = Faults.timeline([
            "delay": "500ms", "jitter": "10ms", "distribution": distribution, "correlation": correlation,
        ])
        let (_, rig) = try run([fault], count: 40_000)
        let held = try rig.log().map { Double($0.delayUs ?? 0) / 1000 }
        let mean = held.reduce(0, +) / Double(held.count)
        let variance = held.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(held.count)
        let wanted = distribution == "uniform" ? 10 / 3.0.squareRoot() : 10
        // Correlated numbers tell less each; the tail of pareto has a variance of its own.
        let slack = correlation == "90%" ? 0.9 : 0.3
        #expect(abs(mean - 500) < slack, "mean \(mean)")
        #expect(abs(variance.squareRoot() - wanted) < (distribution == "pareto" ? 2.5 : slack), "sd \(variance)")
        let neighbours = zip(held, held.dropFirst()).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
        let found = neighbours / Double(held.count) / variance
        let configured = correlation == "0%" ? 0.0 : correlation == "25%" ? 0.25 : 0.9
        #expect(abs(found - configured) < (distribution == "pareto" ? 0.2 : 0.05), "correlation \(found)")
    }

    @Test func duplicateMakesOneCopyThatIsLostOnItsOwn() throws {
        let (out, rig) = try run([Faults.timeline(["duplicate": "50%"])], count: 10_000)
        let copies = out.count - 10_000
        #expect((4_800...5_200).contains(copies))
        #expect(rig.core.report().packetsDuplicated == UInt64(copies))
        let behind = [
            Faults.timeline(["duplicate": "100%"]), Faults.timeline(["loss": "50%"], id: "fault-1"),
        ]
        let (left, _) = try run(behind, count: 10_000)
        #expect((9_700...10_300).contains(left.count))
        let both = Dictionary(grouping: left, by: \.bytes).values.filter { $0.count == 2 }.count
        #expect((2_300...2_700).contains(both), "a copy must not share its original's draws")
    }

    /// Two faults that send packets twice make two copies: a copy is never copied again.
    @Test func copiesAreNotCopied() throws {
        let twice = [
            Faults.timeline(["duplicate": "100%"]), Faults.timeline(["duplicate": "100%"], id: "fault-1"),
        ]
        let (out, rig) = try run(twice, count: 100)
        #expect(out.count == 300)
        #expect(rig.core.report().packetsDuplicated == 200)
    }

    @Test func reorderLetsPacketsOvertake() throws {
        let (out, rig) = try run([Faults.timeline(["delay": "20ms", "reorder": "25%", "gap": "5"])], count: 1000)
        let early = out.filter { $0.at % 1_000_000 == 0 && $0.at < 1_000_000_000 }
        #expect(!early.isEmpty)
        let log = try rig.log()
        let reordered = log.filter { $0.fate == "reorder" }
        #expect((20...80).contains(reordered.count))
        #expect(reordered.allSatisfy { ($0.packetIndex + 1) % 5 == 0 })
        let sequences = try out.map { try Packets.parts($0.bytes).sequence }
        #expect(sequences != sequences.sorted())
    }

    @Test func reorderWithoutDelayHoldsPacketsBack() throws {
        let (out, rig) = try run([Faults.timeline(["reorder": "10%"])], count: 1000)
        let sequences = try out.map { try Packets.parts($0.bytes).sequence }
        #expect(sequences != sequences.sorted())
        #expect(try rig.log().allSatisfy { $0.fate == "reorder" && $0.delayUs == 10_000 })
    }

    @Test func rateSpacesPacketsAndDropsBehindAFullQueue() throws {
        // 40 bytes at 320 kbit/s take 1 ms each.
        let rig = try CoreRig([Faults.timeline(["rate": "320kbit/s", "queue": "10"])])
        for index in 0..<15 { rig.send(Packets.tcp(sequence: UInt32(index)), from: 0, at: 0) }
        let out = rig.due()
        #expect(out.map(\.at) == (1...10).map { $0 * 1_000_000 })
        let log = try rig.log()
        #expect(log.filter { $0.fate == "queue" && $0.reason == "rate" }.count == 10)
        #expect(log.filter { $0.fate == "drop" && $0.reason == "rate" }.count == 5)
        #expect(rig.isBalanced)
    }

    @Test func rateCountsBytesInItsQueue() throws {
        let rig = try CoreRig([Faults.timeline(["rate": "320kbit/s", "queue": "100B"])])
        for index in 0..<3 { rig.send(Packets.tcp(sequence: UInt32(index)), from: 0, at: 0) }
        #expect(rig.due().count == 2)
        rig.send(Packets.tcp(sequence: 3), from: 0, at: 2_000_000)
        #expect(rig.due().map(\.at) == [3_000_000])
    }

    @Test func rampsGoFromOneValueToTheOther() throws {
        let fault = Faults.timeline(["delay": "{from: 10ms, to: 110ms}"], for: .seconds(1))
        let rig = try CoreRig([fault])
        for now in [Int64(0), 500_000_000, 999_000_000] {
            rig.send(Packets.tcp(), from: 0, at: now)
        }
        #expect(rig.due().map(\.at) == [10_000_000, 560_000_000, 1_108_900_000])
        #expect(throws: (any Error).self) { try CoreRig([Faults.timeline(["delay": "{from: 1ms, to: 2ms}"])]) }
        #expect(throws: Never.self) { try CoreRig([Faults.timeline(["delay": "{from: 1ms, to: 2ms, over: 5s}"])]) }
    }
}
